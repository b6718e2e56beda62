import Causality
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

/// A small group under a checker: two offices, a third one and a laptop, and people who do random things there.
final class InvariantWorld {
    /// Stands in everything that is said and in every patient's name.
    static let canary = "canary-7c1e"

    let group: SimulatedGroup
    let checker: InvariantChecker
    let practice: SamplePractice
    private(set) var threads: [ThreadID] = []
    private var random: SeededNumbers
    private var pages: [ThreadID: VersionVector] = [:]

    init(
        seed: UInt64, conditions: LinkConditions = .good, isChecked: Bool = true, onDisk: Bool = false,
        tamper: ((SimulatedNode, [Directive]) -> [Directive])? = nil
    ) throws {
        random = SeededNumbers(seed: seed)
        group = SimulatedGroup(seed: seed, conditions: conditions)
        checker = InvariantChecker(start: group.now, canary: Self.canary)
        if let tamper {
            group.add(TamperingObserver(checker, tamper))
        } else if isChecked {
            group.add(checker)
        }
        let profile = OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York")
        let towson = try group.found("towson", office: profile, onDisk: onDisk)
        practice = try SamplePractice(
            in: group, at: towson, offices: [(key: "tow", name: "Towson"), (key: "bel", name: "Bel Air")], patients: 3)
        try group.join("belair", office: practice.offices[1].id, invitedBy: towson, onDisk: onDisk)
        try group.join("annapolis", invitedBy: towson, onDisk: onDisk)
        try group.join("laptop", kind: .laptop, invitedBy: towson, onDisk: onDisk)
        let name = PatientDetails(name: "Maria \(Self.canary)")
        try group.perform(.putPatient(practice.patients[0], name, shown: nil), at: towson)
        try #require(group.runUntilQuiet(limit: 1_800_000), "the nodes do not come to rest")
    }

    var nodes: [SimulatedNode] { group.nodes }
    var towson: SimulatedNode { nodes[0] }
    var belair: SimulatedNode { nodes[1] }

    /// Ends every fault, waits until nothing is left to do, and lets the checker look.
    func settle(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for node in nodes where !node.isRunning { try group.restart(node) }
        group.healAll()
        try #require(group.runUntilQuiet(limit: 3_600_000), "the group does not come to rest", sourceLocation: sourceLocation)
        checker.settled(group, components: group.components)
    }

    /// The same without the checker.
    func settleUnseen() throws {
        for node in nodes where !node.isRunning { try group.restart(node) }
        group.healAll()
        try #require(group.runUntilQuiet(limit: 3_600_000))
    }

    /// What the checker found of one invariant.
    func found(_ invariant: Invariant) -> [String] {
        checker.violations.filter { $0.invariant == invariant }.map(\.description)
    }

    // MARK: Work

    @discardableResult
    func openThread(at node: SimulatedNode? = nil) throws -> ThreadID {
        let draft = ThreadDraft(
            patient: practice.patients[0], office: practice.offices[0].id, category: practice.scheduling,
            subject: "Subject \(Self.canary)", text: "Text \(Self.canary)")
        let thread = try #require(try group.perform(.openThread(draft), at: node ?? towson).thread)
        threads.append(thread)
        return thread
    }

    func act(_ command: ThreadCommand, on thread: ThreadID, by staff: StaffID, at node: SimulatedNode) throws {
        try group.perform(.thread(thread, shown: nil, command), at: node, by: .staff(staff))
    }

    /// Random deeds, with time, cuts, heals, kills and restarts between them.
    func work(_ steps: Int, faults: Bool = true) throws {
        for _ in 0..<steps {
            if faults { try fault() }
            try deed()
            group.run(for: random.happens(30) ? 0 : Int64(random.below(3_000)))
        }
    }

    private func fault() throws {
        switch random.below(100) {
        case 0..<5:
            let (one, other) = (random.pick(nodes), random.pick(nodes))
            if one !== other { group.cut(one, other) }
        case 5..<8: group.healAll()
        case 8..<11:
            let node = random.pick(nodes)
            if nodes.count(where: \.isRunning) > 1 {
                if random.happens(50) { group.crash(node) } else { group.crashAfterNextCommit(node) }
            }
        case 11..<16: if let node = nodes.first(where: { !$0.isRunning }) { try group.restart(node) }
        case 16: random.pick(nodes).clockSkew = Int64(random.below(3)) * 400_000
        default: break
        }
    }

    private func deed() throws {
        guard let node = nodes.filter(\.isRunning).randomElement(using: &random) else { return }
        let text = "Said \(Self.canary)"
        if threads.isEmpty || random.happens(15) {
            let draft = ThreadDraft(
                patient: random.pick(practice.patients), office: random.pick(practice.offices).id,
                category: random.happens(50) ? practice.scheduling : practice.medication, subject: text, text: text)
            if let outcome = try submit(.openThread(draft), .system, node), let thread = outcome.thread { threads.append(thread) }
            return
        }
        let thread = random.pick(threads)
        let page = random.happens(30) ? pages[thread] : nil
        let actor = Actor.staff(random.pick(practice.people + [practice.onCall, practice.administrator]))
        let outcome = try submit(.thread(thread, shown: page, command(text)), actor, node)
        if let outcome, random.happens(40) { pages[thread] = outcome.clock }
    }

    private func submit(_ command: Command, _ actor: Actor, _ node: SimulatedNode) throws -> CommandOutcome? {
        do {
            guard case .success(let outcome) = try group.submit(command, at: node, by: actor) else { return nil }
            return outcome
        } catch let error as SimulationError where error.code == .nodeDown {
            return nil
        }
    }

    private func command(_ text: String) -> ThreadCommand {
        let owner: Owner = random.happens(50) ? .staff(random.pick(practice.people)) : .queue(random.pick(practice.offices).queue)
        return switch random.below(22) {
        case 0...3: .patientMessage(.portal, text: text)
        case 4...7: .reply(.sms, text: text, override: random.happens(50))
        case 8: .note(text: text)
        case 9...12: .claim
        case 13: .release(to: nil)
        case 14: .offer(to: owner, note: text)
        case 15: random.happens(50) ? .accept : .decline(note: text)
        case 16: .assign(to: owner, note: text)
        case 17: .resolve(outcome: "done", told: .told, note: text)
        case 18: random.happens(50) ? .reopen(note: text) : .escalate(level: 1, note: text)
        case 19: random.happens(50) ? .tag("a") : .untag("a")
        case 20: random.happens(50) ? .setPriority(.urgent) : .setCategory(practice.medication)
        default: random.happens(50) ? .markRead : .saveDraft(text: random.happens(50) ? text : nil)
        }
    }
}

/// Passes everything on to a checker, and lies about what nodes asked for.
private final class TamperingObserver: SimulationObserver {
    private let checker: InvariantChecker
    private let tamper: (SimulatedNode, [Directive]) -> [Directive]

    init(_ checker: InvariantChecker, _ tamper: @escaping (SimulatedNode, [Directive]) -> [Directive]) {
        self.checker = checker
        self.tamper = tamper
    }

    func started(_ node: SimulatedNode, in group: SimulatedGroup) { checker.started(node, in: group) }
    func stopped(_ node: SimulatedNode, _ death: Death, in group: SimulatedGroup) { checker.stopped(node, death, in: group) }
    func turned(_ node: SimulatedNode, _ directives: [Directive], in group: SimulatedGroup) {
        checker.turned(node, tamper(node, directives), in: group)
    }
    func died(_ node: SimulatedNode, before directives: [Directive], in group: SimulatedGroup) {
        checker.died(node, before: directives, in: group)
    }
    func submitted(
        _ command: Command, _ actor: Actor, at node: SimulatedNode, _ result: Result<CommandOutcome, CommandRefusal>?,
        in group: SimulatedGroup
    ) {
        checker.submitted(command, actor, at: node, result, in: group)
    }
    func sent(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, arrivals: [Int64], in group: SimulatedGroup) {
        checker.sent(frame, fate, arrivals: arrivals, in: group)
    }
    func crafted(_ head: LogHead, by author: SimulatedNode, in group: SimulatedGroup) {
        checker.crafted(head, by: author, in: group)
    }
    func happened(_ entry: TraceEntry, in group: SimulatedGroup) { checker.happened(entry, in: group) }
}

/// The tests' own stream of random numbers.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func happens(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
