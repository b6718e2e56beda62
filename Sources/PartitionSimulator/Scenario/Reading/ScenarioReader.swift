import OfficeNode
internal import Yams

/// Reads a scenario from a file's tree. Goes on after a mistake, so that all of them are found.
struct ScenarioReader {
    /// One entry of `events`, before the entries are put in the order of time.
    struct Entry {
        var at: Int64
        /// Nil for what is not built yet.
        var action: ScenarioAction?
        var shows: Fault?
        var mapping: ScenarioMapping
        /// Whether it is left out of the scenario because it is not built yet.
        var isNotYet: Bool
    }

    static let keys = [
        "seed", "start", "duration", "patients", "storage", "nodes", "links", "events", "workload", "swarm", "expect", "invariants",
    ]
    /// No scenario lasts longer.
    static let durationMax: Int64 = 1_000 * 86_400_000
    static let nodesMax = 100

    let mistakes: ScenarioMistakes
    var scenario = Scenario(duration: 0, nodes: [])
    /// Where replicas lie when a node does not say.
    var storage = Scenario.Storage.memory
    /// The names of all nodes, those that join later included.
    private(set) var nodeNames: [String] = []
    /// The nodes that have a disk, those that join later included.
    var disks: Set<String> = []
    /// The nodes that are relays, those that join later included.
    private(set) var relays: Set<String> = []

    init(_ mistakes: ScenarioMistakes) { self.mistakes = mistakes }

    mutating func read(_ root: Node) {
        guard let file = ScenarioMapping(root, "the file", mistakes: mistakes) else { return }
        file.allow(Self.keys)
        readHead(file)
        readNodes(file)
        if let links = file.node("links"), let patch = linkPatch(links, "links") {
            scenario.conditions = LinkConditions.good.patched(patch)
        }
        readEvents(file)
        readWorkload(file)
        readSwarm(file)
        readExpectations(file)
        readInvariants(file)
    }

    private mutating func readHead(_ file: ScenarioMapping) {
        let seed = ScenarioTerm<UInt64>(expected: "a whole number") { text in
            text.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(text) : nil
        }
        scenario.seed = file.optional("seed", seed) ?? scenario.seed
        let start = ScenarioTerm<Int64>(expected: "a moment in UTC such as 2026-03-06T16:00:00Z") { SpanText.moment($0) }
        scenario.start = file.optional("start", start) ?? scenario.start
        scenario.patients = file.optional("patients", .number(1...10_000)) ?? scenario.patients
        let duration = ScenarioTerm<Int64>(expected: "a duration from 1s to 1000d such as 2h") { text in
            SpanText.milliseconds(text).flatMap { (1_000...Self.durationMax).contains($0) ? $0 : nil }
        }
        // A mistaken duration must not make every time of the file look too late.
        scenario.duration = file.value("duration", duration) ?? Self.durationMax
        storage = file.optional("storage", .anyCase) ?? .memory
    }

    private mutating func readNodes(_ file: ScenarioMapping) {
        let expected = "a list of nodes such as [towson, belair, {name: laptop, kind: laptop}]"
        guard let node = file.node("nodes", expected: expected) else { return }
        guard let list = node.sequence, (1...Self.nodesMax).contains(list.count) else {
            mistakes.add(node.place, "nodes: expected \(expected), 1 to \(Self.nodesMax) of them, found \(node.wording)")
            return
        }
        for item in list {
            guard let node = participant(item, "nodes") else { continue }
            if nodeNames.contains(node.name) {
                mistakes.add(item.place, "nodes: expected different names, found `\(node.name)` twice")
                continue
            }
            if scenario.nodes.isEmpty && node.kind != .office {
                mistakes.add(item.place, "nodes: expected an office as the first node, found a \(node.kind.name)")
            }
            add(node)
            scenario.nodes.append(node)
        }
    }

    /// Makes a node's name known.
    mutating func add(_ node: Scenario.Participant) {
        nodeNames.append(node.name)
        if node.storage == .disk { disks.insert(node.name) }
        if node.kind == .relay { relays.insert(node.name) }
    }

    /// One node, by its name alone or with more about it.
    mutating func participant(_ node: Node, _ key: String) -> Scenario.Participant? {
        let name = newNodeName
        if node.scalar != nil {
            guard let mapping = soloMapping(node, key), let read = mapping.read(node, key, name) else { return nil }
            return Scenario.Participant(name: read, storage: storage)
        }
        guard let mapping = ScenarioMapping(node, key, mistakes: mistakes) else { return nil }
        mapping.allow(["name", "kind", "storage", "clock", "refuse-after", "holds"], in: key)
        let kind = mapping.optional("kind", .word(MemberKind.allCases.map { ($0.name, $0) })) ?? .office
        let read = Scenario.Participant(
            name: mapping.value("name", name) ?? "", kind: kind, storage: mapping.optional("storage", .anyCase) ?? storage,
            skew: mapping.optional("clock", .signedSpan) ?? 0,
            refuseAfter: mapping.optional("refuse-after", .span("a duration of at least 1h such as 14d", least: 3_600_000)),
            holds: mapping.optional("holds", .span("a duration of at least 1h such as 30d", least: 3_600_000)))
        if read.holds != nil && kind != .laptop {
            mapping.fail("holds", "expected only on a laptop, found it on a node of kind \(kind.name)")
        }
        if read.refuseAfter != nil && kind != .laptop {
            mapping.fail("refuse-after", "expected only on a laptop, found it on a node of kind \(kind.name)")
        }
        return read.name.isEmpty ? nil : read
    }

    /// A mapping that holds nothing, to read a scalar with.
    private func soloMapping(_ node: Node, _ key: String) -> ScenarioMapping? {
        ScenarioMapping(.mapping(.init([])), key, mistakes: mistakes)
    }

    /// Notes that the file asks for something that is not built.
    mutating func notYet(_ place: ScenarioMistake.Place, _ what: String, _ waitsFor: String?) {
        scenario.notYet.append(NotYet(line: place.line, what: what, waitsFor: waitsFor ?? "a later version"))
    }

    // MARK: Names

    /// The offices that the practice has from the start.
    var offices: [String] { scenario.nodes.filter { $0.kind == .office }.map(\.name) }

    var newNodeName: ScenarioTerm<String> {
        ScenarioTerm(expected: "a name of lower-case letters, digits and hyphens that begins with a letter") {
            Member.isValidName($0) ? $0 : nil
        }
    }
    var nodeName: ScenarioTerm<String> { .name("the name of a node", of: nodeNames) }
    var officeName: ScenarioTerm<String> { .name("the name of an office", of: offices) }
    var queueKeys: [String] { offices.map { "queue-\($0)" } }
    var personKeys: [String] { offices.flatMap { ["desk-\($0)", "surgeon-\($0)"] } + ["oncall", "admin", "partner"] }
    var person: ScenarioTerm<String> { .name("the key of a member of staff", of: personKeys) }
    var owner: ScenarioTerm<String> { .name("the key of a member of staff or of a queue", of: personKeys + queueKeys) }
    var category: ScenarioTerm<String> { .name("the key of a category", of: Scenario.categoryKeys) }

    // MARK: Events

    private mutating func readEvents(_ file: ScenarioMapping) {
        guard let node = file.node("events") else { return }
        guard let list = node.sequence else {
            file.fail("events", "expected a list of events, each as {at: 10m, isolate: towson}")
            return
        }
        let mappings = list.compactMap { ScenarioMapping($0, "an event", mistakes: mistakes) }
        readJoiners(list)
        var entries = mappings.compactMap { entry($0) }
        entries = entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        ScenarioOrder(names: scenario.nodes.map(\.name), mistakes: mistakes).check(entries)
        scenario.events = entries.compactMap { entry in
            guard !entry.isNotYet, let action = entry.action else { return nil }
            return ScenarioEvent(at: entry.at, action, shows: entry.shows, line: entry.mapping.place.line)
        }
    }

    /// Nodes that join, and clones, are known to all events, whichever comes first in the file.
    private mutating func readJoiners(_ list: Node.Sequence) {
        for item in list {
            func value(_ key: String) -> Node? { item.mapping?.first { $0.key.scalar?.string == key }?.value }
            if let join = value("join"), let node = participant(join, "join") { addNew(node, join, "join") }
            if value("clone") != nil, let copy = value("as"), let name = copy.scalar?.string, Member.isValidName(name) {
                addNew(Scenario.Participant(name: name, storage: .disk), copy, "as")
            }
        }
    }

    private mutating func addNew(_ node: Scenario.Participant, _ at: Node, _ key: String) {
        if nodeNames.contains(node.name) {
            mistakes.add(at.place, "\(key): expected a new name, found `\(node.name)`, which another node has")
        } else {
            add(node)
        }
    }

    private mutating func entry(_ mapping: ScenarioMapping) -> Entry? {
        let at = mapping.value("at", .span("a time after the start such as 10m"))
        if let at, at > scenario.duration {
            let found = "found \(SpanText.text(at))"
            mapping.fail("at", "expected a time within the duration of \(SpanText.text(scenario.duration)), \(found)")
        }
        let known = scenario.notYet.count
        let shows = mapping.optional("shows", .anyCase) as Fault?
        if let shows, let waitsFor = shows.notYet {
            notYet(mapping.place(of: "shows"), "shows: \(shows.rawValue)", waitsFor)
        }
        guard let verb = verb(of: mapping) else { return nil }
        let action = action(verb, mapping)
        let isNotYet = scenario.notYet.count > known
        if let at, let length = length(of: mapping), at <= scenario.duration, at + length > scenario.duration {
            let end = SpanText.text(at + length)
            mapping.fail(
                mapping.has("for") ? "for" : "times",
                "expected to end within the duration of \(SpanText.text(scenario.duration)), found an end after \(end)")
        }
        return Entry(at: at ?? 0, action: action, shows: shows, mapping: mapping, isNotYet: isNotYet)
    }

    /// How long the event lasts, where it says.
    private func length(of mapping: ScenarioMapping) -> Int64? {
        if let length = mapping.text("for").flatMap(SpanText.milliseconds) { return length }
        guard let every = mapping.text("every").flatMap(SpanText.milliseconds),
            let times = mapping.text("times").flatMap(Int64.init)
        else { return nil }
        let (length, overflow) = every.multipliedReportingOverflow(by: times)
        return overflow ? nil : length
    }
}
