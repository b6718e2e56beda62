import OfficeNode
@testable import PartitionSimulator
import Testing

@Suite("Writing scenario files")
struct ScenarioWritingTests {
    @Test("a plan that was written and read is the plan", arguments: 0..<120)
    func roundTrip(_ seed: UInt64) throws {
        let plan = RandomPlan(seed: seed).scenario
        var read = try Scenario(yaml: plan.yaml, name: plan.name)
        read.forgetLines()
        #expect(read == plan, "seed \(seed):\n\(plan.yaml)")
        #expect(read.yaml == plan.yaml)
    }

    @Test("random plans use every case of the language")
    func everyCase() {
        let text = (0..<300).map { RandomPlan(seed: $0).scenario.yaml }.joined()
        let words =
            ScenarioReader.verbs.map { "\($0.name): " }.filter { $0 != "snapshot: " }
            + Deed.Verb.allCases.map { "do: \($0.rawValue)" } + PartitionShape.allCases.map { "partition: \($0.rawValue)" }
            + KillPoint.allCases.filter { $0 != .now }.map { "when: \($0.rawValue)" } + DiskFault.allCases.map { "fault: \($0.rawValue)" }
            + ["death: power-lost", "jump: -", "drift: ", "frozen: yes", "page: looked", "times: ", "expect: done", "expect: refused"]
            + Scenario.refusals.map { "expect: \($0)" } + ScenarioReader.linkKeys.map { "\($0): " }
            + ["session: other", "shows: ", "workload: ", "swarm: ", "except: ", "violates: ", "warnings:", "notices:", "storage: disk"]
        for word in words { #expect(text.contains(word), "\(word)") }
    }

    @Test("a plan is short and in the order of time")
    func canonical() throws {
        var plan = Scenario(duration: 7_200_000, nodes: [.init(name: "towson"), .init(name: "laptop", kind: .laptop)])
        var claim = Deed(.claim, at: "towson", thread: "T1", by: "desk-towson")
        claim.expected = .refused("not-found")
        plan.events = [
            ScenarioEvent(at: 300_000, .deed(Deed(.open, at: "towson", thread: "T1"))),
            ScenarioEvent(at: 660_000, .isolate("laptop", for: 90_000), shows: .twoClaims),
            ScenarioEvent(at: 661_500, .deed(claim)),
        ]
        #expect(
            plan.yaml == """
                seed: 1
                duration: 2h
                nodes: [towson, {name: laptop, kind: laptop}]
                events:
                  - {at: 5m, node: towson, do: open, thread: T1}
                  - {at: 11m, isolate: laptop, for: 1m30s, shows: two-claims}
                  - {at: 11m1s500ms, node: towson, do: claim, thread: T1, as: desk-towson, expect: not-found}

                """)
    }

    @Test("lengths, moments, shares and rates are written as they are read", arguments: 0..<200)
    func texts(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed, stream: "texts")
        let bits = random.number(in: 0...41)
        let span = random.number(in: 0...(Int64(1) << bits))
        #expect(SpanText.milliseconds(SpanText.text(span)) == span)
        #expect(SpanText.signedMilliseconds(SpanText.signedText(-span)) == -span)
        let range = span...(span + random.number(in: 0...(Int64(1) << bits)))
        #expect(SpanText.range(SpanText.text(range)) == range, "\(SpanText.text(range))")
        let moment = random.number(in: 0...253_000_000_000_000)
        #expect(SpanText.moment(SpanText.moment(moment)) == moment)
        let share = Int(random.number(in: 0...1_000_000))
        #expect(AmountText.perMillion(AmountText.text(perMillion: share)) == share)
        let rate = Int(random.number(in: 0...5_000_000)) * (seed.isMultiple(of: 2) ? 1 : 1_000)
        #expect(AmountText.bytesPerSecond(AmountText.text(bytesPerSecond: rate)) == rate)
    }

    @Test("what is no length, range, moment, share or rate is refused", arguments: [
        "", "5", "m", "5x", "-5m", "1m1h", "1m1m", "5 m", "1.5h", "99999999999999999d", "٣m", "5m ", "+5m",
    ])
    func badSpans(_ text: String) {
        #expect(SpanText.milliseconds(text) == nil)
        #expect(SpanText.range("\(text)-\(text)") == nil)
        #expect(SpanText.moment(text) == nil && AmountText.perMillion(text) == nil && AmountText.bytesPerSecond(text) == nil)
    }

    @Test("cutting nodes and events out of a plan leaves one that can be read", arguments: 0..<100)
    func coherent(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed, stream: "cutting")
        var plan = RandomPlan(seed: seed).scenario
        plan.events = plan.events.filter { _ in random.number(in: 0...9) > 3 }
        if plan.nodes.count > 1 { plan.nodes.remove(at: Int(random.number(in: 1...Int64(plan.nodes.count - 1)))) }
        plan.expectations = Expectations()
        let kept = plan.coherent
        var read = try Scenario(yaml: kept.yaml, name: plan.name)
        read.forgetLines()
        #expect(read == kept)
        #expect(kept.coherent == kept)
        #expect(kept.events.count * 16 > plan.events.count, "not everything goes")
    }

    @Test("a plan that makes sense loses nothing", arguments: 0..<50)
    func coherentAlready(_ seed: UInt64) {
        let plan = RandomPlan(seed: seed).scenario
        #expect(plan.coherent == plan)
    }
}

extension Scenario {
    /// Forgets where things stood in the file.
    mutating func forgetLines() {
        for index in events.indices { events[index].line = 0 }
        for name in expectations.threads.keys { expectations.threads[name]?.line = 0 }
    }
}
