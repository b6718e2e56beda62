import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

/// Three nodes with a practice, for tests of the simulator itself.
struct World {
    let group: SimulatedGroup
    let practice: SamplePractice

    init(seed: UInt64, conditions: LinkConditions = .good) throws {
        group = SimulatedGroup(seed: seed, conditions: conditions)
        let founder = try group.found("towson", office: OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"))
        practice = try SamplePractice(
            in: group, at: founder, offices: [(key: "tow", name: "Towson"), (key: "bel", name: "Bel Air")], patients: 1)
        try group.join("belair", office: practice.offices[1].id, invitedBy: founder)
        try group.join("laptop", kind: .laptop, invitedBy: founder)
        try #require(group.runUntilQuiet())
    }

    var nodes: [SimulatedNode] { group.nodes }

    @discardableResult
    func openThread(at node: SimulatedNode) throws -> ThreadID {
        let draft = ThreadDraft(
            patient: practice.patients[0], office: practice.offices[0].id, category: practice.scheduling, subject: "Subject",
            text: "Text")
        return try #require(try group.perform(.openThread(draft), at: node).thread)
    }

    /// Some work with a cut, a heal, a crash and a restart in it.
    func work() throws {
        for number in 0..<10 {
            let node = nodes[number % 3]
            if node.isRunning { try openThread(at: node) }
            group.run(for: 700)
            switch number {
            case 2: group.cut(nodes[0], nodes[1])
            case 4: group.crash(nodes[2])
            case 6: try group.restart(nodes[2])
            case 7: group.healAll()
            default: break
            }
        }
        try #require(group.runUntilQuiet())
    }
}
