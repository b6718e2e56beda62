extension Scenario {
    /// The plan of a seed: what `workload` and `swarm` leave to chance, written out as events. A plan's own plan is itself, with that
    /// seed.
    ///
    /// The same scenario and seed give the same plan. Every conversation and every fault draws from a stream of its own, so that a
    /// node or a kind of fault less leaves the rest of the plan as it was, but for what had to do with it, and for what comes more
    /// often because fewer share the hours.
    public func drawn(seed: UInt64) -> Scenario {
        var plan = self
        plan.seed = seed
        guard !isPlan else { return plan }
        plan.workload = nil
        plan.swarm = nil
        let time = storyTime
        var events = events
        if let workload { events += WorkloadDrawing(self, workload, time, seed: seed).events() }
        if let swarm {
            events += SwarmDrawing(self, swarm, time, seed: seed).events()
            let own = Set(events.filter { $0.action == .settle }.map(\.at))
            events += time.settles.filter { !own.contains($0) }.map { ScenarioEvent(at: $0, .settle) }
        }
        // Sorting keeps the order of what happens at the same moment.
        plan.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return plan
    }

    private var storyTime: StoryTime {
        var settles = Set(events.filter { $0.action == .settle }.map(\.at))
        if let swarm {
            // The last part is not much shorter than the others, or what happens only there would hardly happen.
            settles.formUnion(stride(from: swarm.settleEvery, to: duration - swarm.settleEvery / 2, by: Int(swarm.settleEvery)))
            settles.insert(duration)
        }
        return StoryTime(
            start: start, duration: duration, settles: settles.sorted(),
            quiet: Int64(expectations.rounds) * Expectations.round + 5_000, hours: workload?.hours ?? Workload().hours)
    }
}
