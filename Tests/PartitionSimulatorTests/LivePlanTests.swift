import OfficeNode
import PartitionSimulator
import Testing

/// What a scenario becomes for real processes.
@Suite("The plan of a live run")
struct LivePlanTests {
    private func plan(_ events: ScenarioEvent..., nodes: [String] = ["a", "b", "c"]) -> LivePlan {
        var scenario = Scenario(duration: 60_000, nodes: nodes.map { Scenario.Participant(name: $0) })
        scenario.events = events
        return LivePlan(scenario)
    }

    @Test("a partition cuts the links between parts, and ends after its length with the same number")
    func partition() throws {
        let plan = plan(ScenarioEvent(at: 10, .partition([["a"], ["b", "c"]], for: 20)))
        #expect(plan.steps.map(\.at) == [10, 30])
        #expect(plan.steps[0].action == .cut([LivePair("a", "b"), LivePair("c", "a")]))
        #expect(plan.steps[1].action == .end)
        #expect(plan.steps[0].fault == plan.steps[1].fault)
        #expect(plan.steps[0].fault != nil)
        #expect(plan.steps[0].shows == [.nodeCutOff])
    }

    @Test("relays are left out, and that is said")
    func relays() {
        var scenario = Scenario(duration: 60_000, nodes: [.init(name: "a"), .init(name: "b"), .init(name: "r", kind: .relay)])
        scenario.events = [
            ScenarioEvent(at: 10, .partition([["a"], ["b", "r"]], for: 20)), ScenarioEvent(at: 20, .kill("r", .killed, .now)),
            ScenarioEvent(at: 30, .join(.init(name: "s", kind: .relay), through: "a")), ScenarioEvent(at: 40, .isolate("s", for: 5)),
        ]
        let plan = LivePlan(scenario)
        #expect(plan.members.map(\.name) == ["a", "b"])
        #expect(plan.impossible.map(\.what) == ["the relay r", "the relay s"])
        #expect(plan.steps.map(\.action) == [.cut([LivePair("a", "b")]), .end])
        #expect(scenario.withoutRelays.nodes.map(\.name) == ["a", "b"])
    }

    @Test("flapping links go down and up and are up in the end")
    func flapping() {
        let plan = plan(ScenarioEvent(at: 0, .flap(.between("a", "b"), every: 100, for: 350)))
        #expect(plan.steps.map(\.action) == [.cut([LivePair("a", "b")]), .mend, .cut([LivePair("a", "b")]), .mend, .end])
        #expect(plan.steps.map(\.at) == [0, 100, 200, 300, 350])
        #expect(Set(plan.steps.map(\.fault)).count == 1)
    }

    @Test("a swizzle cuts every node off once and brings every node back")
    func swizzle() {
        let plan = plan(ScenarioEvent(at: 0, .swizzle(for: 6_000)))
        let cut = plan.steps.compactMap { step in if case .cut(let pairs) = step.action { pairs } else { nil } }
        #expect(cut.count == 3)
        #expect(Set(cut.map(Set.init)).count == 3)
        #expect(plan.steps.count { $0.action == .end } == 3)
        for fault in Set(plan.steps.map(\.fault)) {
            let times = plan.steps.filter { $0.fault == fault }.map(\.at)
            #expect(times.count == 2 && times[0] < times[1])
        }
    }

    @Test("a restart loop kills and starts in turn")
    func restarts() {
        let plan = plan(ScenarioEvent(at: 0, .restartLoop("b", times: 2, every: 100)))
        #expect(plan.steps.map(\.action) == [.kill("b"), .start("b"), .kill("b"), .start("b")])
        #expect(plan.steps.map(\.at) == [0, 50, 100, 150])
    }

    @Test("a node that joins is a member from then on")
    func joining() {
        let late = Scenario.Participant(name: "d", kind: .laptop)
        let plan = plan(
            ScenarioEvent(at: 5, .isolate("a", for: nil)), ScenarioEvent(at: 10, .join(late, through: "a")),
            ScenarioEvent(at: 20, .isolate("a", for: nil)))
        #expect(plan.members.map(\.name) == ["a", "b", "c", "d"])
        #expect(plan.steps[0].action == .cut([LivePair("a", "b"), LivePair("a", "c")]))
        #expect(plan.steps[2].action == .cut([LivePair("a", "b"), LivePair("a", "c"), LivePair("a", "d")]))
    }

    @Test(
        "what real processes cannot be made to do is listed with its line, and no step does it",
        arguments: [
            ScenarioAction.clock("a", .jump(1), for: nil), .disk("a", .bitRot, for: nil), .disk("a", .lyingSync, for: nil),
            .kill("a", .powerLost, .now), .backup("a"), .restore("a"), .clone("a", as: "b"),
            .replay(.all, age: 0, count: 1, otherSession: false), .attack(.forgedSignature, by: "a", against: nil),
        ])
    func impossible(_ action: ScenarioAction) {
        let plan = plan(ScenarioEvent(at: 0, action, line: 12))
        #expect(plan.steps.isEmpty)
        #expect(plan.impossible.map(\.line) == [12])
        #expect(plan.impossible.first?.description.hasPrefix("line 12: ") == true)
    }

    @Test("a full disk can be had, and names the node that needs a small one")
    func fullDisk() {
        let plan = plan(ScenarioEvent(at: 0, .disk("b", .full, for: 10)))
        #expect(plan.impossible.isEmpty)
        #expect(plan.smallDisks == ["b"])
        #expect(plan.steps.map(\.action) == [.fillDisk("b"), .end])
    }

    @Test("a skewed clock and what is left to chance cannot be had either")
    func before() {
        var scenario = Scenario(duration: 1, nodes: [Scenario.Participant(name: "a", skew: 5)])
        scenario.workload = Workload()
        scenario.swarm = Swarm()
        #expect(LivePlan(scenario).impossible.count == 3)
    }

    @Test("loss shows as stalls and resets; what TCP hides is left out, and said")
    func conditions() {
        let conditions = LinkConditions(
            delay: 5...9, loss: 100_000, duplication: 50, reordering: 50, corruption: 7, truncation: 8, bandwidth: 1_000)
        let shown = ProxyConditions(conditions)
        #expect(shown.delay == 5...9)
        #expect(shown.stall == 100_000)
        #expect(shown.reset == 5_000)
        #expect(shown.corruption == 7)
        #expect(shown.truncation == 8)
        #expect(shown.bytesPerSecond == 1_000)
        #expect(ProxyConditions(LinkConditions(delay: 0...0)) == ProxyConditions(stallLength: 200...500))
        let bursts = ProxyConditions(LinkConditions(loss: 100_000, burst: 4))
        #expect(bursts.stall == 25_000)
        #expect(bursts.stallLength == 800...2_000)
        var scenario = Scenario(duration: 1, nodes: [Scenario.Participant(name: "a")])
        scenario.conditions = conditions
        #expect(LivePlan(scenario).remarks.contains { $0.contains("TCP hides") })
    }
}
