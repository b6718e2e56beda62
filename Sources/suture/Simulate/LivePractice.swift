import NodeService
import PartitionSimulator

/// The practice of a live run: the one that simulations have, with the same keys.
struct LivePractice {
    let offices: [String]
    let patients: Int

    /// Writes it at a running node. Returns the patients' ids.
    func write(at node: NodeProcess) async throws -> [String] {
        func put(_ verb: String, _ arguments: [String: JSONValue]) async throws {
            try await node.ask(verb, arguments, timeout: .seconds(20))
        }
        for office in offices {
            let name = JSONValue.string(office)
            let (desk, surgeon): (JSONValue, JSONValue) = (.string("desk-\(office)"), .string("surgeon-\(office)"))
            try await put("office-put", ["key": name, "name": name, "time-zone": "America/New_York"])
            try await put(
                "staff-put",
                ["key": desk, "name": .string("Front desk \(office)"), "role": "front-desk", "offices": .array([name])])
            try await put("staff-put", ["key": surgeon, "name": .string("Surgeon \(office)"), "role": "surgeon"])
            try await put(
                "queue-put",
                [
                    "key": .string("queue-\(office)"), "name": .string("Queue \(office)"), "office": name,
                    "members": .array([desk, surgeon]), "primary": desk, "backup": surgeon,
                ])
        }
        try await put("staff-put", ["key": "admin", "name": "Administrator", "role": "administrator"])
        try await put("staff-put", ["key": "oncall", "name": "On-call clinician", "role": "on-call"])
        try await put("staff-put", ["key": "partner", "name": "Referring dentist", "role": "partner"])
        let queues = JSONValue.object(Dictionary(offices.map { ($0, .string("queue-\($0)")) }) { first, _ in first })
        try await put(
            "category-put",
            [
                "key": "scheduling", "name": "Scheduling", "urgency": "routine", "review": false, "response-minutes": 1440,
                "queues": queues,
            ])
        try await put(
            "category-put",
            [
                "key": "medication", "name": "Medication", "urgency": "urgent", "review": true, "response-minutes": 60,
                "queues": queues,
            ])
        var ids: [String] = []
        for number in 0..<patients {
            let record: [String: JSONValue] = [
                "name": .string("Patient \(number) \(Canary.text)"), "born": "1980-01-01", "office": .string(offices[0]),
            ]
            ids.append(try await node.ask("patient-put", record, timeout: .seconds(20)).text("patient"))
        }
        return ids
    }
}
