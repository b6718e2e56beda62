public import InboxModel
public import OfficeNode
import ReplicaStore
public import Vault

/// One run of a scenario, and what came of it.
public struct ScenarioRun {
    /// The group, as the scenario left it.
    public let group: SimulatedGroup
    /// The threads, by the scenario's names for them.
    public private(set) var threads: [String: ThreadID] = [:]
    /// What nodes refused to do, by the line of the file.
    public private(set) var refusals: [Int: CommandRefusal] = [:]
    /// Whether all nodes held and showed the same at the end.
    public private(set) var isConverged = false
    /// The digests of all nodes at the end, in their order.
    public private(set) var digests: [Digest] = []
    /// The hash of everything that happened: equal in every run of the same scenario.
    public var trace: Digest { group.trace.hash }

    private let scenario: Scenario
    private let practice: SamplePractice

    /// Runs `scenario` to its end. Throws `SimulationError` where it asks for what is not there, such as a thread that was not
    /// opened or somebody unknown.
    public init(_ scenario: Scenario) throws {
        self.scenario = scenario
        group = SimulatedGroup(seed: scenario.seed)
        let offices = scenario.nodes.filter { $0.kind == .office }.map { (key: $0.name, name: $0.name) }
        let profile = OfficeProfile(key: offices[0].key, name: offices[0].name, timeZone: "America/New_York")
        let founder = try group.found(offices[0].name, office: profile)
        practice = try SamplePractice(in: group, at: founder, offices: offices, patients: 1)
        for entry in scenario.nodes where entry.name != founder.name {
            let office = practice.offices.first { $0.key == entry.name && entry.kind == .office }
            try group.join(entry.name, kind: entry.kind, office: office?.id, invitedBy: founder)
        }
        guard group.runUntilQuiet() else { throw SimulationError(.notJoined, "the nodes do not come to rest before the start") }
        group.setConditions(scenario.conditions)
        try run()
    }

    private mutating func run() throws {
        let start = group.now
        for event in scenario.events {
            group.run(until: start + event.at)
            switch event.action {
            case .partition(let parts):
                group.partition(try parts.map { try $0.map { name in try group.node(named: name) } })
            case .heal: group.healAll()
            case .crash(let name): group.crash(try group.node(named: name))
            case .restart(let name): try group.restart(try group.node(named: name))
            case .deed(let deed, let name, let thread, let actor):
                try perform(deed, at: try group.node(named: name), on: thread, by: actor, line: event.line)
            }
        }
        group.run(until: start + scenario.duration)
        digests = try group.digests()
        isConverged = group.nodes.allSatisfy { $0.isRunning && !$0.hasWork } && Set(digests).count == 1
    }

    private mutating func perform(
        _ deed: Scenario.Deed, at node: SimulatedNode, on name: String, by key: String?, line: Int
    ) throws {
        var actor = Actor.patient(practice.patients[0])
        if let key {
            guard let person = try node.reader.store.staff(key: key) else {
                throw SimulationError(.unknownName, "line \(line): there is nobody of key \(key) at node \(node.name)")
            }
            actor = .staff(person.id)
        }
        switch try group.submit(try command(deed, on: name, at: node, line: line), at: node, by: actor) {
        case .success(let outcome): if deed == .open { threads[name] = outcome.thread }
        case .failure(let refusal): refusals[line] = refusal
        }
    }

    private func command(_ deed: Scenario.Deed, on name: String, at node: SimulatedNode, line: Int) throws -> Command {
        if deed == .open {
            let office = practice.offices.first { $0.key == node.name } ?? practice.offices[0]
            return .openThread(
                ThreadDraft(
                    patient: practice.patients[0], office: office.id, category: practice.scheduling, subject: name,
                    text: "A question about \(name)."))
        }
        guard let thread = threads[name] else {
            throw SimulationError(.unknownName, "line \(line): thread \(name) was not opened before")
        }
        let command: ThreadCommand =
            switch deed {
            case .open, .claim: .claim
            case .reply: .reply(.portal, text: "An answer about \(name).", override: false)
            case .note: .note(text: "A note about \(name).")
            case .resolve: .resolve(outcome: "answered", told: .told, note: "")
            case .patientMessage: .patientMessage(.portal, text: "More about \(name).")
            }
        return .thread(thread, shown: nil, command)
    }
}
