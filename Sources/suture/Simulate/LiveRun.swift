import Foundation
import NodeService
import OfficeNode
import PartitionSimulator

/// One run of a scenario among real processes.
///
/// The story is told as fast as asked. Links and the nodes' own timers keep their pace, and an event that comes late
/// because the one before it took its time is not left out. Whatever happens, `end` leaves no process behind.
final class LiveRun {
    /// Why a run cannot be decided.
    struct Undecided: Error {
        let reason: String
    }

    /// How it is carried out.
    struct Options {
        /// How many times faster than it happened the story is told.
        var speed: Double
        /// How long the run may take.
        var limit: Duration
        /// How long replicas may take to be equal once everything is mended.
        var patience: Duration = .seconds(60)
        /// Whether small disks can be mounted.
        var smallDisks = false
        /// Where the nodes' data goes; must be there.
        var directory: String
    }

    let scenario: Scenario
    let plan: LivePlan
    let options: Options
    let journal: LiveJournal
    let group: LiveGroup
    var deeds: LiveDeeds
    var summary: RunSummary
    /// The faults that have begun, and those of them that are over.
    var begun: Set<Int> = []
    var ended: Set<Int> = []
    /// What faults of the network are called.
    var titles: [Int: String] = [:]
    /// Which fault paused a node, or filled its disk.
    var paused: [Int: String] = [:]
    var filled: [Int: String] = [:]
    /// Whether the replicas differed when they were last asked.
    var differs = false
    private var clock: LiveClock
    private let began = ContinuousClock.now

    init(_ scenario: Scenario, _ plan: LivePlan, _ options: Options, _ journal: LiveJournal) throws {
        self.scenario = scenario
        self.plan = plan
        self.options = options
        self.journal = journal
        clock = LiveClock(speed: options.speed)
        group = try LiveGroup(scenario, plan, directory: options.directory, smallDisks: options.smallDisks)
        deeds = LiveDeeds(patients: [], offices: [])
        summary = RunSummary(name: scenario.name, seed: scenario.seed)
    }

    /// Carries the story out and judges it. Never throws for what was found: the summary says it.
    func run() async {
        do {
            try await gather()
            try await tell()
            try await settle()
            try await stopAll()
            try audit()
        } catch is CancellationError {
            summary.undecided = "it was interrupted"
        } catch let error as Undecided {
            summary.undecided = error.reason
        } catch {
            summary.undecided = "\(CommandFailure(error).message)"
        }
        conclude()
    }

    /// Ends every process that was started, by its id.
    func end(keep: Bool) { group.end(keep: keep) }

    private func gather() async throws {
        let count = scenario.nodes.count
        journal.head("starting \(count == 1 ? "one node" : "\(count) nodes")", .bold)
        do {
            try await group.build()
        } catch let error as DemoError {
            throw Undecided(reason: "the nodes cannot be brought together: \(error)")
        }
        let offices = scenario.nodes.filter { $0.kind == .office }.map(\.name)
        deeds = LiveDeeds(patients: group.patients, offices: offices)
        guard try await waitUntilEqual(.seconds(60)) == nil else {
            throw Undecided(reason: "the nodes were not equal within a minute, before anything happened")
        }
        group.network.setConditions(scenario.conditions)
        for fault in plan.lasting { summary.coverage.add(fault, in: .together) }
        journal.head("the story begins; it is told \(Int(options.speed.rounded())) times as fast", .bold)
    }

    private func tell() async throws {
        clock = LiveClock(speed: options.speed)
        var last: Int64 = 0
        for step in plan.steps {
            try await wait(until: step.at)
            if let fault = step.fault, ended.contains(fault) { continue }
            // A story that is told fast leaves out the time in which nodes hear of each other; so they are waited for.
            if step.at - last >= Expectations.round { try await catchUp() }
            last = step.at
            journal.advance(to: step.at)
            for fault in step.shows { summary.coverage.add(fault, in: phase) }
            if let fault = step.fault { begun.insert(fault) }
            try await perform(step)
            try await sample()
        }
    }

    /// What the group is doing, for the coverage table.
    private var phase: Phase {
        let isWhole = group.members.allSatisfy(\.canAnswer)
        return group.network.isApart || !isWhole ? .apart : differs ? .catchingUp : .together
    }

    /// Waits until a moment of the story, and sees meanwhile that no process dies by itself.
    private func wait(until at: Int64) async throws {
        while true {
            try checkLimit()
            watch()
            let left = clock.wait(until: at)
            if left <= .zero { return }
            // Now and then, how far apart the replicas are.
            if left > .milliseconds(300) {
                journal.advance(to: min(at, clock.now))
                try await sample()
            }
            try await Task.sleep(for: min(clock.wait(until: at), .milliseconds(500)), tolerance: .zero)
        }
    }

    /// How long the run may still take.
    var timeLeft: Duration { options.limit - (ContinuousClock.now - began) }

    /// Throws where the run has taken as long as it may.
    func checkLimit() throws {
        try Task.checkCancellation()
        guard timeLeft > .zero else {
            throw Undecided(reason: "it was not over within \(DurationText.of(options.limit)), see --limit and --speed")
        }
    }

    /// Reports processes that ended by themselves.
    func watch() {
        // Ctrl-C reaches the nodes too: then they end as they should.
        if Task.isCancelled { return }
        for node in group.nodes where node.shouldRun && node.process.pid == nil {
            node.shouldRun = false
            violate(.badInput, node, "its process ended by itself: \(node.process.ending ?? "unknown"); see \(node.name).log")
        }
    }

    /// Keeps something that did not hold.
    func violate(_ invariant: Invariant?, _ node: LiveNode?, changeSet: String? = nil, _ message: String) {
        take(Violation(invariant, at: journal.now, node: node?.name, changeSet: changeSet, message))
    }

    /// Keeps something that did not hold.
    func take(_ violation: Violation) {
        guard scenario.invariants.isSuperset(of: [violation.invariant].compactMap(\.self)) else { return }
        if summary.violations.count < 100 { summary.violations.append(violation) }
        let number = violation.node.flatMap { name in group.nodes.first { $0.name == name }?.number }
        journal.add(.violation, number, "\(violation)", .danger) { $0.changeSet = violation.changeSet }
    }

    private func conclude() {
        let counts = group.network.counts
        summary.frames.sent = counts.pieces
        summary.frames.delivered = counts.pieces - counts.resets
        summary.frames.lost = counts.stalls + counts.resets
        summary.frames.blocked = counts.refused
        summary.frames.damaged = counts.flips + counts.truncations
        summary.nodes = group.members.count
        summary.simulated = journal.now
        summary.acknowledged = deeds.acknowledged.count
        summary.wallSeconds = (ContinuousClock.now - began) / .seconds(1)
        summary.build = Version.text
        judge()
    }

    private func judge() {
        if let wanted = scenario.expectations.violates {
            if summary.undecided == nil, !summary.violations.contains(where: { $0.invariant == wanted }) {
                summary.violations.append(Violation(nil, at: journal.now, "a violation of \(wanted.name) was expected"))
            }
        }
        summary.verdict = !summary.violations.isEmpty ? .violated : summary.undecided != nil ? .undecided : .valid
    }
}
