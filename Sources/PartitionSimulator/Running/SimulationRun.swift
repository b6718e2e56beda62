import Causality
public import InboxModel
public import OfficeNode
import ReplicaStore
public import Vault

/// One run of a plan: the nodes come together, the story happens, and what must hold is checked.
///
/// Deterministic: the same plan gives the same trace, violations and summary (but for the seconds it took).
public final class SimulationRun {
    /// What was run.
    public let plan: Scenario
    /// The group, as the story left it.
    public let group: SimulatedGroup
    /// The outcome.
    public internal(set) var summary: RunSummary
    /// What happened; nil unless the options asked for it.
    public var record: RunRecord? { recorder?.record }
    /// The threads, by the scenario's names for them.
    public internal(set) var threads: [String: ThreadID] = [:]
    /// What nodes refused to do, by the line of the file.
    public internal(set) var refusals: [Int: CommandRefusal] = [:]
    /// The hash of everything that happened.
    public var trace: Digest { group.trace.hash }

    let options: RunOptions
    let checker: InvariantChecker
    let recorder: RunRecorder?
    var deeds: DeedCommand?
    /// Whose matter each thread is.
    let threadPatients: [String: Int]
    /// What people saw when they last looked: by who, where and at what.
    var pages: [String: VersionVector] = [:]
    /// Deeds as transactions to be cut short, and how many more are asked for.
    var scenes: [CrashScene] = []
    var scenesLeft = 0
    /// Faults that last for the whole story.
    private(set) var lasting: [Fault] = []
    /// When the last deed happened or the last fault ends by itself; nil where everything was checked since.
    var disturbedAt: Int64?
    private var nextSample: Int64 = 0
    /// What became of frames before the story began.
    private var countsBefore = FrameCounts()

    /// How long it is listened to nodes that have nothing to do, in milliseconds.
    private static let listening: Int64 = 60_000

    /// Prepares a run. Throws `SimulationError.Code.scenario` where `plan` leaves something to chance or asks for what is not built.
    public init(_ plan: Scenario, _ options: RunOptions = RunOptions()) throws {
        guard plan.isPlan else { throw SimulationError(.scenario, "the scenario leaves things to chance: draw a plan of it first") }
        self.plan = plan
        self.options = options
        threadPatients = plan.threadPatients
        // The nodes come together before the story: each has as long as joining may take.
        let lead = 60_000 + 20_000 * Int64(plan.nodes.count)
        group = SimulatedGroup(seed: plan.seed, start: plan.start - lead)
        group.remembersFrames = plan.events.contains { if case .replay = $0.action { true } else { false } }
        checker = InvariantChecker(invariants: plan.invariants, start: plan.start, canary: Canary.text)
        recorder = options.records ? RunRecorder(name: plan.name, plan: plan) : nil
        summary = RunSummary(name: plan.name, seed: plan.seed)
        summary.reproduction = options.reproduction
        lasting = Fault.lasting(plan.conditions)
    }

    /// Runs the story to its end and judges it.
    public func run() {
        let clock = ContinuousClock()
        let began = clock.now
        do {
            if let missing = plan.notYet.first { throw SimulationError(.scenario, "\(missing)") }
            try gather()
            try tell()
            try conclude()
        } catch {
            summary.undecided = "\(error)"
        }
        summarise(seconds: Double(began.duration(to: clock.now) / .seconds(1)))
    }

    // MARK: Before the story

    private func gather() throws {
        group.add(checker)
        if let recorder { group.add(recorder) }
        guard let first = plan.nodes.first else { throw SimulationError(.scenario, "a scenario needs a node") }
        let offices = plan.nodes.filter { $0.kind == .office }.map { (key: $0.name, name: $0.name) }
        let profile = OfficeProfile(key: first.name, name: first.name, timeZone: "America/New_York")
        let founder = try group.found(first.name, office: profile, onDisk: first.storage == .disk)
        let practice = try SamplePractice(in: group, at: founder, offices: offices, patients: plan.patients, mark: Canary.text)
        deeds = DeedCommand(practice)
        for node in plan.nodes.dropFirst() {
            let office = practice.offices.first { $0.key == node.name && node.kind == .office }
            try group.join(
                node.name, kind: node.kind, office: office?.id, invitedBy: founder, onDisk: node.storage == .disk)
        }
        guard group.runUntilQuiet() else { throw SimulationError(.notJoined, "the nodes do not come to rest before the start") }
        group.run(until: plan.start)
        for node in group.nodes { try group.remember(node) }
        countsBefore = group.frameCounts
        for (node, participant) in zip(group.nodes, plan.nodes) {
            node.clockSkew = participant.skew
            node.refuseAfter = participant.refuseAfter
            node.laptopScope = participant.holds.map { LaptopScope(age: $0) }
        }
        group.setConditions(plan.conditions)
        for fault in lasting { summary.coverage.add(fault, in: .together) }
        disturbedAt = plan.start
    }

    // MARK: The story

    private func tell() throws {
        let end = min(options.until ?? .max, plan.duration)
        for event in plan.events where event.at <= end {
            pass(until: plan.start + event.at)
            if isOver { return }
            try perform(event)
        }
        pass(until: plan.start + end)
    }

    /// Whether a violation was found and is enough.
    private var isOver: Bool { options.stopsAtViolation && !checker.violations.isEmpty }

    /// Lets time pass, with samples of how far apart the replicas are.
    func pass(until time: Int64) {
        while let recorder, group.now < time {
            if nextSample == 0 { nextSample = plan.start }
            let stop = min(nextSample, time)
            group.run(until: stop)
            if stop == nextSample {
                recorder.add(sample())
                nextSample += options.sampleInterval
            }
            options.progress(group.now - plan.start)
        }
        group.run(until: time)
        options.progress(group.now - plan.start)
    }

    private func sample() -> RunRecord.Sample {
        var most: [ReplicaID: UInt64] = [:]
        for node in group.nodes {
            for progress in node.store.progress { most[progress.replica] = max(most[progress.replica] ?? 0, progress.received.sequence) }
        }
        let total = most.values.reduce(0, +)
        var digests: Set<Digest> = []
        let missing = group.nodes.map { node -> Int? in
            guard node.isRunning else { return nil }
            if let digest = try? node.undisturbed({ try node.digest }) { digests.insert(digest) }
            return Int(clamping: total - node.store.progress.reduce(0) { $0 + $1.received.sequence })
        }
        return RunRecord.Sample(at: group.now - plan.start, digests: digests.count, missing: missing)
    }

    // MARK: After the story

    /// Lets the last rounds pass and checks what must hold at the end.
    private func conclude() throws {
        if options.until == nil && !isOver {
            if let disturbedAt {
                pass(until: max(group.now, disturbedAt + Int64(plan.expectations.rounds) * Expectations.round))
                checkComponents()
            }
            if !isOver { try checkExpectations() }
            if !isOver { listen() }
        }
        checker.finish(group)
    }

    /// Checks every part of the group that hangs together.
    func checkComponents() {
        disturbedAt = nil
        checker.settled(group, components: group.components)
    }

    /// Lets time pass in which nobody does anything, and checks what nodes say to each other then.
    private func listen() {
        guard plan.invariants.contains(.boundedness) else { return }
        pass(until: group.now + Self.listening)
        checker.checkTraffic(group)
    }

    private func summarise(seconds: Double) {
        let counts = group.frameCounts
        summary.frames.sent = counts.sent - countsBefore.sent
        summary.frames.delivered = counts.delivered - countsBefore.delivered
        summary.frames.lost = counts.lost - countsBefore.lost
        summary.frames.blocked = counts.blocked - countsBefore.blocked
        summary.frames.damaged = counts.damaged - countsBefore.damaged
        summary.frames.repeated = counts.duplicated - countsBefore.duplicated
        summary.frames.reordered = counts.reordered - countsBefore.reordered
        summary.violations = Array((checker.violations + expectationsMissed).sorted { $0.at < $1.at }.prefix(100))
        summary.trace = group.trace.hash.description
        summary.nodes = group.nodes.count
        summary.simulated = max(0, group.now - plan.start)
        summary.wallSeconds = seconds
        summary.acknowledged = checker.ledger.acknowledgedCount
        summary.build = Self.build
        if !summary.violations.isEmpty {
            summary.verdict = .violated
        } else {
            summary.verdict = summary.undecided == nil ? .valid : .undecided
        }
        if let recorder {
            for violation in summary.violations { recorder.add(entry(of: violation)) }
        }
    }

    private func entry(of violation: Violation) -> TraceEntry {
        let index = violation.node.flatMap { name in group.nodes.firstIndex { $0.name == name } }
        var entry = TraceEntry(at: plan.start + violation.at, kind: .violation, node: index, text: violation.description)
        entry.changeSet = violation.changeSet
        return entry
    }

    /// What the scenario expected and did not come.
    var expectationsMissed: [Violation] = []

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
