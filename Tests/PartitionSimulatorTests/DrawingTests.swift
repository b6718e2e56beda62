import OfficeNode
@testable import PartitionSimulator
import Testing

@Suite("Drawing plans")
struct DrawingTests {
    private static let hour: Int64 = 3_600_000

    /// Three offices with disks, two laptops and a relay, on a Friday from eleven in the practice's time.
    private func scenario(hours: Int64 = 6) -> Scenario {
        var scenario = Scenario(
            duration: hours * Self.hour,
            nodes: [
                .init(name: "towson", storage: .disk), .init(name: "belair", storage: .disk), .init(name: "essex"),
                .init(name: "laptop", kind: .laptop, storage: .disk), .init(name: "spare", kind: .laptop),
                .init(name: "relay", kind: .relay, storage: .disk),
            ])
        scenario.workload = Workload()
        scenario.swarm = Swarm()
        return scenario
    }

    private func deeds(_ plan: Scenario) -> [(at: Int64, deed: Deed)] {
        plan.events.compactMap { event in if case .deed(let deed) = event.action { (event.at, deed) } else { nil } }
    }

    @Test("a plan leaves nothing to chance, can be written and read, and is the same each time", arguments: 0..<40)
    func plans(_ seed: UInt64) throws {
        let plan = scenario().drawn(seed: seed)
        #expect(plan.isPlan && plan.seed == seed)
        #expect(plan == scenario().drawn(seed: seed))
        #expect(plan != scenario().drawn(seed: seed + 1))
        #expect(plan.drawn(seed: seed) == plan)
        var read = try Scenario(yaml: plan.yaml, name: plan.name)
        read.forgetLines()
        #expect(read == plan)
        #expect(plan.coherent == plan)
        #expect(zip(plan.events, plan.events.dropFirst()).allSatisfy { $0.at <= $1.at })
        #expect(plan.events.last?.action == .settle && plan.events.last?.at == plan.duration)
    }

    @Test("every fault that can be injected is drawn by some of 200 seeds, and no seed has them all")
    func everyFault() {
        var seen: Set<Fault> = []
        for seed in 0..<200 {
            let plan = scenario().drawn(seed: UInt64(seed))
            let faults = Set(plan.events.compactMap { $0.shows ?? $0.action.fault })
            #expect(faults.count < Swarm().faults.count * 3 / 4)
            seen.formUnion(faults)
        }
        #expect(Fault.allCases.filter { $0.notYet == nil && !seen.contains($0) } == [])
    }

    @Test("what people write themselves in the file stays, and its thread names are not drawn again", arguments: 0..<10)
    func ownEvents(_ seed: UInt64) {
        var scenario = scenario()
        let drawn = deeds(scenario.drawn(seed: seed)).first { $0.deed.verb == .open }?.deed.thread ?? ""
        let own = ScenarioEvent(at: 60_000, .deed(Deed(.open, at: "towson", thread: drawn)), line: 4)
        scenario.events = [own, ScenarioEvent(at: Self.hour, .settle, line: 5)]
        let plan = scenario.drawn(seed: seed)
        #expect(plan.events.contains(own))
        #expect(deeds(plan).count { $0.deed.verb == .open && $0.deed.thread == drawn } == 1)
        #expect(plan.events.filter { $0.action == .settle }.map(\.at) == [1, 2, 4, 6].map { $0 * Self.hour })
    }

    @Test("a node less leaves what happens at the others as it was", arguments: 0..<10)
    func fewerNodes(_ seed: UInt64) {
        let whole = scenario()
        var part = whole
        part.nodes.removeAll { $0.name == "essex" }
        part.swarm = nil
        let kept = Set(deeds(part.drawn(seed: seed)).map { "\($0.at) \($0.deed)" })
        // A conversation that essex had a hand in goes another way; all others are there, word for word.
        var conversations: [String: [(at: Int64, deed: Deed)]] = [:]
        var unswarmed = whole
        unswarmed.swarm = nil
        for entry in deeds(unswarmed.drawn(seed: seed)) { conversations[entry.deed.thread, default: []].append(entry) }
        let others = conversations.values.filter { talk in
            talk.allSatisfy { !"\($0.deed)".contains("essex") && $0.deed.verb.needsThread }
        }
        #expect(others.count > 5)
        for talk in others {
            let found = talk.count { kept.contains("\($0.at) \($0.deed)") }
            #expect(found == talk.count, "\(talk.first?.deed.thread ?? "") has \(found) of \(talk.count)")
        }
    }

    @Test("a kind of fault less leaves the others as they were", arguments: 0..<20)
    func fewerFaults(_ seed: UInt64) {
        var whole = scenario()
        whole.workload = nil
        var part = whole
        // One of so many that the others do not come more often for it.
        part.swarm?.faults.removeAll { $0 == .pause }
        let events = whole.drawn(seed: seed).events.filter { $0.action.fault != .pause }
        let kept = Set(part.drawn(seed: seed).events)
        let lost = events.filter { !kept.contains($0) }
        #expect(lost.isEmpty)
    }

    @Test("more of the workload keeps what there was of it", arguments: 0..<10)
    func moreWork(_ seed: UInt64) {
        var scenario = scenario()
        scenario.swarm = nil
        let few = deeds(scenario.drawn(seed: seed)).filter { $0.deed.verb == .open }.map(\.deed)
        scenario.workload?.messagesPerHour = 24
        scenario.workload?.deedsPerHour = 60
        let many = Set(deeds(scenario.drawn(seed: seed)).filter { $0.deed.verb == .open }.map(\.deed))
        #expect(few.allSatisfy(many.contains) && many.count > few.count)
    }

    @Test("people write and act about as often as the workload says, and hardly at night")
    func rates() {
        var scenario = scenario(hours: 24)
        scenario.swarm = nil
        scenario.workload?.hours = 0...24
        var (messages, staff, night) = (0, 0, 0)
        for seed in 0..<20 {
            // A Friday in the practice's time until seven in the evening of Saturday UTC: only Friday is open.
            for entry in deeds(scenario.drawn(seed: UInt64(seed))) where entry.at < 12 * Self.hour {
                if entry.deed.verb.isByPatient { messages += 1 } else if entry.deed.verb != .look { staff += 1 }
            }
            var shut = scenario
            shut.workload?.hours = 8...9
            night += deeds(shut.drawn(seed: UInt64(seed))).count { $0.deed.verb == .open && $0.at < 12 * Self.hour }
        }
        let hours = 20 * 12
        #expect((8 * hours...16 * hours).contains(messages), "\(messages) in \(hours) hours")
        #expect((18 * hours...38 * hours).contains(staff), "\(staff) in \(hours) hours")
        #expect(night < messages / 4 && night > 0, "\(night) while shut")
    }

    @Test("nothing happens while the group comes to rest, and no fault reaches beyond that", arguments: 0..<30)
    func quiet(_ seed: UInt64) {
        let plan = scenario().drawn(seed: seed)
        let settles = plan.events.filter { $0.action == .settle }.map(\.at)
        #expect(settles == [2, 4, 6].map { $0 * Self.hour })
        for event in plan.events where event.action != .settle {
            let next = settles.first { $0 > event.at } ?? 0
            let last = settles.last { $0 <= event.at } ?? -.max / 2
            #expect(event.at >= last + 60_000, "\(event)")
            #expect(event.at + (event.action.length ?? 0) < next, "\(event)")
        }
    }

    @Test("what cannot be mended comes last, once, and the first node is never the adversary", arguments: 0..<100)
    func lastPart(_ seed: UInt64) {
        let plan = scenario().drawn(seed: seed)
        var counts: [Fault: Int] = [:]
        for event in plan.events {
            guard let fault = event.shows ?? event.action.fault else { continue }
            if SwarmDrawing.lastPartOnly.contains(fault) {
                #expect(event.at > 4 * Self.hour, "\(event)")
                counts[fault, default: 0] += 1
            }
            if case .attack(_, let attacker, let victim) = event.action { #expect(attacker != "towson" && attacker != victim) }
        }
        #expect(counts.values.allSatisfy { $0 == 1 })
    }

    @Test("faults come in calm times, during cuts and right after them")
    func phases() {
        var (during, after, calm) = (0, 0, 0)
        for seed in 0..<60 {
            let plan = scenario().drawn(seed: UInt64(seed))
            let cuts = plan.events.filter { event in
                switch event.action {
                case .partition, .shape, .cut, .isolate, .swizzle, .flap: true
                default: false
                }
            }
            for event in plan.events where event.action.fault != nil && !cuts.contains(event) {
                let ends = cuts.map { ($0.at, $0.at + ($0.action.length ?? 0)) }
                if ends.contains(where: { ($0.0..<$0.1).contains(event.at) }) {
                    during += 1
                } else if ends.contains(where: { ($0.1...$0.1 + 10_000).contains(event.at) }) {
                    after += 1
                } else {
                    calm += 1
                }
            }
        }
        #expect(during > 100 && after > 40 && calm > 100, "\(during) during, \(after) after, \(calm) calm")
    }

    @Test("what two people do unaware of each other is drawn as a group that belongs together")
    func people() {
        var scenario = scenario(hours: 2)
        scenario.workload = nil
        scenario.swarm?.faults = [.twoClaims]
        scenario.swarm?.share = 100
        scenario.swarm?.perHour = 20
        let plan = scenario.drawn(seed: 3)
        let shown = plan.events.filter { $0.shows == .twoClaims }
        #expect(shown.count > 20 && shown.count.isMultiple(of: 2))
        let threads = Dictionary(grouping: shown) { event in if case .deed(let deed) = event.action { deed.thread } else { "" } }
        for (name, pair) in threads {
            let nodes = pair.compactMap { if case .deed(let deed) = $0.action { deed.node } else { nil } }
            #expect(pair.count == 2 && Set(nodes).count == 2, "\(name)")
            #expect(deeds(plan).contains { $0.deed.verb == .open && $0.deed.thread == name && $0.at < pair[0].at })
        }
        #expect(plan.events.contains { if case .isolate = $0.action { true } else { false } })
    }

    @Test("a group of one node, without disks or laptops, has plans too", arguments: 0..<20)
    func small(_ seed: UInt64) throws {
        var scenario = Scenario(duration: 600_000, nodes: [.init(name: "a")])
        scenario.workload = Workload()
        scenario.swarm = Swarm()
        _ = try Scenario(yaml: scenario.drawn(seed: seed).yaml)
        scenario.nodes.append(.init(name: "b"))
        scenario.swarm?.share = 100
        scenario.swarm?.perHour = 600
        let plan = scenario.drawn(seed: seed)
        _ = try Scenario(yaml: plan.yaml)
        #expect(plan.events.count > 20)
    }

    @Test("offices open from eight to five on weekdays, in the practice's time")
    func hours() {
        let time = StoryTime(start: Scenario.startDefault, duration: 7 * 24 * Self.hour, settles: [], quiet: 0, hours: 8...17)
        #expect(time.isOpen(at: 0), "Friday at eleven")
        #expect(time.isOpen(at: 6 * Self.hour - 1) && !time.isOpen(at: 6 * Self.hour))
        #expect(time.opening(from: 6 * Self.hour) == 69 * Self.hour, "Monday at eight")
        #expect(time.opening(from: 7) == 7)
        let never = StoryTime(start: 0, duration: 1, settles: [], quiet: 0, hours: 8...8)
        #expect(never.opening(from: 0) == nil)
    }

    @Test("lengths of any order of magnitude are as likely as any other")
    func lengths() {
        var random = DrawnStream(1, "lengths")
        let drawn = (0..<7_000).map { _ in random.length(in: 1_000...128_000) }
        #expect(drawn.allSatisfy { (1_000...128_000).contains($0) })
        #expect((2_450...2_800).contains(drawn.count { $0 < 8_000 }), "three of eight, the last of which is one length only")
        #expect(random.length(in: 5...5) == 5)
        #expect(random.one(of: [Int]()) == nil && random.one(weighted: [(0, 1)]) == nil)
    }
}
