import OfficeNode
import Testing

@testable import PartitionSimulator

@Suite("Cutting plans down")
struct PlanShrinkingTests {
    /// A judge that finds a violation in so many of a hundred plans, whatever is in them, and keeps what it was shown.
    private final class Dice {
        private(set) var plans: [Scenario] = []
        private var random: SplitMix64
        private let percent: Int64

        init(seed: UInt64, percent: Int64) {
            random = SplitMix64(seed: seed, stream: "dice")
            self.percent = percent
        }

        func judge(_ plan: Scenario, _ wanted: Violation?) -> Violation? {
            if wanted == nil { return Violation(.convergence, at: plan.duration, "first") }
            plans.append(plan)
            guard random.number(in: 1...100) <= percent else { return nil }
            let at = plan.events.isEmpty ? 0 : plan.events[Int(random.number(in: 0...Int64(plan.events.count - 1)))].at
            return Violation(.convergence, at: at, "again")
        }
    }

    @Test("every plan that is tried can be written and read", arguments: 0..<6, [10, 35, 80])
    func readable(_ seed: UInt64, _ percent: Int64) throws {
        var plan = RandomPlan(seed: seed).scenario
        (plan.workload, plan.swarm) = (nil, nil)
        let dice = Dice(seed: seed, percent: percent)
        var shrinker = try #require(PlanShrinker(plan, judgedBy: dice.judge, while: { dice.plans.count < 70 }))
        shrinker.shrink()
        #expect(dice.plans.count > 5)
        for tried in dice.plans {
            var read = try Scenario(yaml: tried.yaml, name: tried.name)
            read.forgetLines()
            #expect(read == tried, "seed \(seed):\n\(tried.yaml)")
        }
    }

    @Test("a storm that was drawn stays readable while it is cut down", arguments: 1..<5)
    func drawn(_ seed: UInt64) throws {
        var storm = Scenario(
            duration: 1_800_000,
            nodes: [.init(name: "towson", storage: .disk), .init(name: "belair"), .init(name: "laptop", kind: .laptop, storage: .disk)])
        storm.swarm = Swarm()
        storm.swarm?.perHour = 200
        storm.swarm?.share = 60
        let dice = Dice(seed: seed, percent: 40)
        let plan = storm.drawn(seed: seed)
        var shrinker = try #require(PlanShrinker(plan, judgedBy: dice.judge, while: { dice.plans.count < 60 }))
        shrinker.shrink()
        for tried in dice.plans {
            var read = try Scenario(yaml: tried.yaml, name: tried.name)
            read.forgetLines()
            #expect(read == tried, "seed \(seed):\n\(tried.yaml)")
        }
        #expect(shrinker.plan.events.count < plan.events.count)
    }

    @Test("faults end with a story that was shortened, and what has no time left goes")
    func clipped() throws {
        var plan = Scenario(duration: 3_600_000, nodes: [.init(name: "towson", storage: .disk), .init(name: "belair")])
        plan.events = [
            ScenarioEvent(at: 0, .jam(.all, for: 92_000)), ScenarioEvent(at: 500, .restartLoop("belair", times: 9, every: 200)),
            ScenarioEvent(at: 900, .isolate("belair", for: nil)), ScenarioEvent(at: 1_000, .pause("towson", for: 5)),
            ScenarioEvent(at: 2_000, .settle),
        ]
        plan.duration = 1_000
        let kept = plan.coherent.events
        #expect(kept.map(\.at) == [0, 500, 900])
        #expect(kept[0].action == .jam(.all, for: 1_000))
        #expect(kept[1].action == .restartLoop("belair", times: 2, every: 200))
        #expect(kept[2].action == .isolate("belair", for: nil))
    }

    @Test("faults of disks go with the disks")
    func disks() {
        var plan = Scenario(duration: 3_600_000, nodes: [.init(name: "towson", storage: .disk), .init(name: "belair", storage: .disk)])
        plan.events = [
            ScenarioEvent(at: 0, .backup("towson")), ScenarioEvent(at: 1, .kill("towson", .powerLost, .now)),
            ScenarioEvent(at: 2, .restore("towson")), ScenarioEvent(at: 3, .clone("towson", as: "twin")),
            ScenarioEvent(at: 4, .kill("twin", .powerLost, .now)), ScenarioEvent(at: 5, .disk("belair", .full, for: 7)),
            ScenarioEvent(at: 6, .kill("towson", .killed, .now)),
        ]
        #expect(plan.coherent == plan)
        plan.nodes[0].storage = .memory
        #expect(plan.coherent.events.map(\.at) == [5, 6])
    }

    @Test("two events that need each other are left out together, and what only the fates of frames need goes")
    func pairsAndFates() throws {
        var plan = Scenario(duration: 3_600_000, nodes: [.init(name: "towson")])
        plan.seed = 10
        plan.events = (0..<6).map { ScenarioEvent(at: $0 * 1_000, .restart("towson")) }
        // Violated where the second and the fifth event are both there or both gone, and, with the plan's own seed, the fourth is there.
        func judge(_ plan: Scenario, _ wanted: Violation?) -> Violation? {
            let times = Set(plan.events.map(\.at))
            let isPaired = times.contains(1_000) == times.contains(4_000)
            let isFated = times.contains(3_000) || plan.seed == 13
            return isPaired && isFated ? Violation(.convergence, at: 5_000, "found") : nil
        }
        var shrinker = try #require(PlanShrinker(plan, judgedBy: judge))
        shrinker.shrink()
        #expect(shrinker.plan.events.isEmpty)
        #expect(shrinker.plan.seed == 13)
    }
}
