/// Cuts a plan that violates an invariant down to what is needed for that: events first, then nodes, then conditions and times.
///
/// Each cut is tried by running what is left. The plan that comes out violates the same invariant, and leaving out any single
/// event that is left does not. (Delta debugging, Zeller and Hildebrandt, 2002.) Every plan that is tried is `coherent`: it can be
/// written and read.
public struct PlanShrinker {
    /// What is being done, for progress.
    public struct Step: Sendable {
        /// How many runs were made.
        public let runs: Int
        /// How many events are left.
        public let events: Int
        /// How many nodes are left.
        public let nodes: Int
    }

    /// The smallest plan so far.
    public private(set) var plan: Scenario
    /// What it violates.
    public private(set) var violation: Violation
    /// How many runs were made.
    public private(set) var runs = 0

    /// The first violation of a plan; of the invariant of the second one, if there is one.
    typealias Judge = (Scenario, Violation?) -> Violation?

    private let judge: Judge
    private let report: (Step) -> Void
    private let isInTime: () -> Bool

    /// How many events a plan may have for what is dear to be tried: pairs of events, and other fates of single frames.
    private static let fewEvents = 24
    /// How many other fates are tried.
    private static let seedsTried: UInt64 = 6

    /// Prepares to cut `plan` down. Nil where the plan violates nothing.
    ///
    /// - Parameters:
    ///   - plan: What violates something.
    ///   - isInTime: Whether another run may be begun.
    ///   - report: Is told after every run.
    public init?(_ plan: Scenario, while isInTime: @escaping () -> Bool = { true }, progress report: @escaping (Step) -> Void = { _ in }) {
        self.init(plan, judgedBy: Self.violation(of:_:), while: isInTime, progress: report)
    }

    /// The same with another judge of plans than a run.
    init?(
        _ plan: Scenario, judgedBy judge: @escaping Judge, while isInTime: @escaping () -> Bool = { true },
        progress report: @escaping (Step) -> Void = { _ in }
    ) {
        self.judge = judge
        self.report = report
        self.isInTime = isInTime
        guard let found = judge(plan, nil) else { return nil }
        self.plan = plan
        violation = found
    }

    /// Cuts down as far as it goes, or as time allows.
    public mutating func shrink() {
        endEarly()
        lighten()
        squeeze()
        var before = 0
        repeat {
            before = size
            dropKinds()
            dropEvents()
            endEarly()
            squeeze()
            dropNodes()
            simplify()
            if size == before { dropOthersFates() }
            if size == before { dropPairs() }
        } while size < before && isInTime()
    }

    private var size: Int { plan.events.count * 1_000 + plan.nodes.count * 100 + Int(clamping: plan.duration / 1_000_000) }

    // MARK: Cuts

    /// Leaves out what comes after the violation.
    private mutating func endEarly() {
        var shorter = plan
        shorter.events = plan.events.filter { $0.at <= violation.at }
        shorter.duration = min(plan.duration, max(violation.at, shorter.events.last?.at ?? 0) + 1_000)
        shorter.expectations.threads = [:]
        if shorter != plan { _ = accept(shorter) }
    }

    /// Good lines and memory instead of disks, all at once: what is left to be tried runs faster then.
    private mutating func lighten() {
        attempt { $0.conditions = .good }
        attempt { plan in for index in plan.nodes.indices { plan.nodes[index].storage = .memory } }
    }

    /// Takes idle times out, for the same reason: shortens every pause to a length, the shortest with which it still happens.
    private mutating func squeeze() {
        for pauseMax in [5_000, 60_000, 600_000] as [Int64] {
            let isShorter = attempt { plan in
                let tail = plan.duration - (plan.events.last?.at ?? 0)
                var (before, at): (Int64, Int64) = (0, 0)
                for index in plan.events.indices {
                    at += min(plan.events[index].at - before, pauseMax)
                    before = plan.events[index].at
                    plan.events[index].at = at
                }
                plan.duration = at + min(tail, pauseMax)
            }
            if isShorter { return }
        }
    }

    /// Leaves out all events of a kind, which halves of the story keep together with what they do not need: whole groups of faults, single
    /// faults, and everything that was done to a thread.
    private mutating func dropKinds() {
        drop { ($0.shows ?? $0.action.fault)?.group }
        drop { ($0.shows ?? $0.action.fault)?.rawValue }
        drop { event in
            guard case .deed(let deed) = event.action, !deed.thread.isEmpty else { return nil }
            return deed.thread
        }
    }

    /// Leaves out the events of half the keys, then of quarters, down to single ones. Events without a key stay.
    private mutating func drop(by key: (ScenarioEvent) -> String?) {
        var parts = 2
        while isInTime() {
            var keys: [String] = []
            for event in plan.events { if let key = key(event), !keys.contains(key) { keys.append(key) } }
            if keys.isEmpty { return }
            let length = max(1, (keys.count + parts - 1) / parts)
            for start in stride(from: 0, to: keys.count, by: length).reversed() where isInTime() {
                let part = keys[start..<min(keys.count, start + length)]
                var fewer = plan
                fewer.events.removeAll { event in key(event).map(part.contains) ?? false }
                if fewer.events.count < plan.events.count { _ = accept(fewer) }
            }
            if length == 1 { return }
            parts *= 2
        }
    }

    /// Leaves out events: halves of them, then quarters, down to single ones.
    private mutating func dropEvents() {
        var parts = 2
        while !plan.events.isEmpty && isInTime() {
            let events = plan.events
            let length = max(1, (events.count + parts - 1) / parts)
            var dropped = false
            // From the end: what comes late depends on what comes early more often than the other way round.
            for start in stride(from: 0, to: events.count, by: length).reversed() where isInTime() {
                var fewer = plan
                guard start < fewer.events.count else { continue }
                fewer.events.removeSubrange(start..<min(fewer.events.count, start + length))
                if accept(fewer) { dropped = true }
            }
            if length == 1 && !dropped { return }
            if length > 1 { parts = min(parts * 2, max(2, plan.events.count)) }
        }
    }

    /// Leaves out single events that are needed only for the fates of single frames which the seed gives: with other fates they may go.
    private mutating func dropOthersFates() {
        if plan.events.count > Self.fewEvents { return }
        for index in plan.events.indices.reversed() {
            for step in 1...Self.seedsTried where isInTime() {
                var fewer = plan
                guard index < fewer.events.count else { break }
                fewer.events.remove(at: index)
                fewer.seed = plan.seed &+ step
                if accept(fewer) { break }
            }
        }
    }

    /// Leaves out two events of which neither can go alone, such as a cut and what waits for its end.
    private mutating func dropPairs() {
        if plan.events.count > Self.fewEvents { return }
        var later = plan.events.count - 1
        while later > 0 {
            var earlier = min(later, plan.events.count) - 1
            while earlier >= 0, later < plan.events.count, isInTime() {
                var fewer = plan
                fewer.events.remove(at: later)
                fewer.events.remove(at: earlier)
                _ = accept(fewer)
                earlier -= 1
            }
            later -= 1
        }
    }

    private mutating func dropNodes() {
        for node in plan.nodes.dropFirst().reversed() where isInTime() {
            var fewer = plan
            fewer.nodes.removeAll { $0.name == node.name }
            _ = accept(fewer.coherent)
        }
    }

    /// Good lines, right clocks, memory instead of disks, one patient, and shorter times where that is still enough.
    private mutating func simplify() {
        attempt { $0.patients = min($0.patients, 1) }
        for index in plan.nodes.indices {
            attempt { $0.nodes[index].storage = .memory }
            attempt { $0.nodes[index].skew = 0 }
        }
        for index in plan.events.indices.reversed() {
            attempt { plan in
                guard index < plan.events.count else { return }
                plan.events[index].at = plan.events[index].at / 60_000 * 60_000
                plan.events.sort { ($0.at, $0.line) < ($1.at, $1.line) }
            }
        }
        if let last = plan.events.last { attempt { $0.duration = last.at + 1_000 } }
    }

    /// Tries the plan with a change. Returns whether it is kept.
    @discardableResult
    private mutating func attempt(_ change: (inout Scenario) -> Void) -> Bool {
        guard isInTime() else { return false }
        var simpler = plan
        change(&simpler)
        return simpler != plan && accept(simpler)
    }

    // MARK: Trying

    private mutating func accept(_ candidate: Scenario) -> Bool {
        let candidate = candidate.coherent
        runs += 1
        let found = judge(candidate, violation)
        if let found {
            plan = candidate
            violation = found
        }
        report(Step(runs: runs, events: plan.events.count, nodes: plan.nodes.count))
        return found != nil
    }

    /// What a plan violates first: of the same invariant as `wanted`, if one is given.
    private static func violation(of plan: Scenario, _ wanted: Violation?) -> Violation? {
        var options = RunOptions()
        options.stopsAtViolation = true
        guard let run = try? SimulationRun(plan, options) else { return nil }
        run.run()
        guard let wanted else { return run.summary.violations.first }
        return run.summary.violations.first { $0.invariant == wanted.invariant }
    }
}
