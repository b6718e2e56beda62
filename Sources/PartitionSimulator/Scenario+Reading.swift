import OfficeNode
import Yams

extension Scenario {
    /// Reads a scenario from the text of a YAML file. Throws `SimulationError.Code.scenario` with the line and what was expected;
    /// nothing runs then.
    public init(yaml text: String) throws {
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch let error as YamlError {
            throw SimulationError(.scenario, "that is no YAML: \(error)")
        }
        guard let root else { throw SimulationError(.scenario, "the file is empty: expected seed, duration, nodes and events") }
        let file = try ScenarioMapping(root, keys: ["seed", "duration", "nodes", "links", "events"])
        seed = try file.value("seed", expected: "a whole number") { UInt64($0) }
        duration = try file.value("duration", expected: "a duration such as 2h, 40m, 10s or 200ms", parse: Self.milliseconds)
        nodes = try file.list("nodes").map(Self.participant)
        guard let first = nodes.first, first.kind == .office else {
            throw SimulationError(.scenario, "nodes: expected at least one, and the first one an office")
        }
        conditions = try file.mapping("links", keys: ["delay", "loss", "duplicate", "reorder"]).map(Self.conditions) ?? .good
        let names = Set(nodes.map(\.name))
        guard names.count == nodes.count else { throw SimulationError(.scenario, "nodes: expected different names") }
        events = try file.list("events").map { try Self.event($0, names) }.sorted { ($0.at, $0.line) < ($1.at, $1.line) }
    }

    private static func participant(_ node: Node) throws -> Participant {
        let name: String
        var kind = MemberKind.office
        if let scalar = node.scalar {
            name = scalar.string
        } else {
            let mapping = try ScenarioMapping(node, keys: ["name", "kind"])
            name = try mapping.value("name", expected: "a name") { $0 }
            if mapping.has("kind") {
                kind = try mapping.value("kind", expected: "office or laptop") { text in
                    MemberKind(name: text).flatMap { $0 == .relay ? nil : $0 }
                }
            }
        }
        guard Member.isValidName(name) else {
            throw SimulationError(.scenario, "line \(node.line): expected a name of lower-case letters, digits and hyphens")
        }
        return Participant(name: name, kind: kind)
    }

    private static func conditions(_ links: ScenarioMapping) throws -> LinkConditions {
        var conditions = LinkConditions()
        if links.has("delay") {
            conditions.delay = try links.value("delay", expected: "a range such as 20-200ms", parse: range)
        }
        func chance(_ key: String) throws -> Int {
            if !links.has(key) { return 0 }
            return try links.value(key, expected: "a share from 0% to 100%") { text in
                guard text.hasSuffix("%"), let percent = Int(text.dropLast()), (0...100).contains(percent) else { return nil }
                return percent * 10
            }
        }
        conditions.loss = try chance("loss")
        conditions.duplication = try chance("duplicate")
        conditions.reordering = try chance("reorder")
        return conditions
    }

    private static func event(_ node: Node, _ names: Set<String>) throws -> Event {
        let event = try ScenarioMapping(
            node, keys: ["at", "partition", "heal", "crash", "restart", "node", "do", "thread", "as"])
        func name(_ key: String) throws -> String {
            try event.value(key, expected: "the name of a node") { names.contains($0) ? $0 : nil }
        }
        let action: Action
        if event.has("partition") {
            let parts = try event.list("partition").map { part in
                guard let list = part.sequence else {
                    throw SimulationError(
                        .scenario, "line \(part.line): expected lists of nodes, as [[towson], [belair, laptop]]")
                }
                return list.compactMap { $0.scalar?.string }
            }
            guard parts.count > 1, parts.joined().allSatisfy(names.contains) else {
                throw SimulationError(.scenario, "line \(node.line): expected two or more lists with names of nodes")
            }
            action = .partition(parts)
        } else if event.has("heal") {
            action = try event.value("heal", expected: "all") { $0 == "all" ? .heal : nil }
        } else if event.has("crash") {
            action = .crash(try name("crash"))
        } else if event.has("restart") {
            action = .restart(try name("restart"))
        } else {
            let deeds = Deed.allCases.map(\.rawValue).joined(separator: ", ")
            let deed = try event.value("do", expected: "one of \(deeds)") { Deed(rawValue: $0) }
            let isByPatient = deed == .open || deed == .patientMessage
            action = .deed(
                deed, node: try name("node"), thread: try event.value("thread", expected: "a name for the thread") { $0 },
                actor: isByPatient ? nil : try event.value("as", expected: "the key of a member of staff") { $0 })
        }
        let time = try event.value("at", expected: "a time after the start such as 10m", parse: milliseconds)
        return Event(at: time, action: action, line: node.line)
    }

    /// The milliseconds that a text such as `2h`, `40m`, `10s` or `200ms` stands for.
    private static func milliseconds(_ text: String) -> Int64? {
        for (unit, factor) in [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)] as [(String, Int64)]
        where text.hasSuffix(unit) {
            guard let number = Int64(text.dropLast(unit.count)), number >= 0 else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow || product > 1 << 40 ? nil : product
        }
        return nil
    }

    /// The range that a text such as `20-200ms` stands for.
    private static func range(_ text: String) -> ClosedRange<Int64>? {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let high = milliseconds(String(parts[1])) else { return nil }
        let unit = parts[1].drop { $0.isNumber }
        let lower = parts[0].allSatisfy(\.isNumber) ? parts[0] + unit : parts[0]
        guard let low = milliseconds(String(lower)), low <= high else { return nil }
        return low...high
    }
}

/// One mapping of a scenario file.
struct ScenarioMapping {
    private let values: [String: Node]
    private let line: Int

    /// Throws where `node` is no mapping, or has other keys than `keys`.
    init(_ node: Node, keys: [String]) throws {
        line = node.line
        guard let mapping = node.mapping else {
            throw SimulationError(.scenario, "line \(node.line): expected settings: \(keys.joined(separator: ", "))")
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, keys.contains(name) else {
                throw SimulationError(.scenario, "line \(key.line): expected one of \(keys.joined(separator: ", "))")
            }
            values[name] = value
        }
        self.values = values
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    func value<Value>(_ key: String, expected: String, parse: (String) -> Value?) throws -> Value {
        if let text = values[key]?.scalar?.string, let value = parse(text) { return value }
        throw SimulationError(.scenario, "line \(values[key]?.line ?? line): \(key): expected \(expected)")
    }

    func list(_ key: String) throws -> [Node] {
        if let sequence = values[key]?.sequence { return Array(sequence) }
        throw SimulationError(.scenario, "line \(values[key]?.line ?? line): \(key): expected a list")
    }

    func mapping(_ key: String, keys: [String]) throws -> ScenarioMapping? {
        try values[key].map { try ScenarioMapping($0, keys: keys) }
    }
}

extension Node {
    /// The line it stands on, from 1.
    fileprivate var line: Int { mark?.line ?? 1 }
}
