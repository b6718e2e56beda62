import Foundation
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

@Suite("Running scenarios")
struct SimulationRunTests {
    /// The scenarios of the project, beside its tests.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Simulations")

    private func run(_ text: String, seed: UInt64? = nil, records: Bool = false) throws -> SimulationRun {
        var options = RunOptions()
        options.records = records
        let scenario = try Scenario(yaml: text, name: "test")
        let run = try SimulationRun(scenario.drawn(seed: seed ?? scenario.seed), options)
        run.run()
        return run
    }

    private func file(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    @Test("two claims end contested and open on every node, in every run alike")
    func twoClaims() throws {
        let run = try run(try file("two-claims.yaml"), records: true)
        #expect(run.summary.verdict == .valid, "\(run.summary.violations) \(run.summary.undecided ?? "")")
        let thread = try #require(run.threads["T1"])
        for node in run.group.nodes {
            let item = try #require(try node.reader.page(of: thread)).item
            #expect(item.claimants.count == 2)
            #expect(item.flags.isSuperset(of: [.contested, .unseenByResolver, .needsReply]))
        }
        #expect(try self.run(try file("two-claims.yaml")).trace == run.trace, "with and without a record")
        let record = try #require(run.record)
        #expect(record.entries.contains { $0.kind == .deed && $0.text?.hasPrefix("claim") == true && $0.changeSet != nil })
        #expect(record.entries.contains { $0.kind == .cut } && record.entries.contains { $0.kind == .healed })
        #expect(record.samples.contains { $0.digests > 1 } && record.samples.last?.digests == 1)
    }

    @Test("what was expected and did not come is told with node, thread, and what was there")
    func missedExpectations() throws {
        let run = try run(
            """
            seed: 3
            duration: 10m
            nodes: [towson, belair]
            events:
              - {at: 1m, node: towson, do: open, thread: T1}
              - {at: 2m, node: towson, do: claim, thread: T1, as: desk-towson, expect: refused}
              - {at: 3m, node: belair, do: claim, thread: T1, as: desk-belair, expect: done}
            expect:
              thread: {T1: {owner: oncall, messages: 1}}
              warnings: {belair: [clock]}
            """)
        #expect(run.summary.verdict == .violated)
        let texts = run.summary.violations.map(\.description)
        #expect(texts.contains { $0.contains("line 6") && $0.contains("was done") })
        #expect(texts.contains { $0.contains("line 7") && $0.contains("refused") }, "the front desk of another office may not")
        #expect(texts.contains { $0.contains("owner: desk-towson, and oncall was expected") && $0.contains("at belair") })
        #expect(!texts.contains { $0.contains("messages") })
        #expect(texts.contains { $0.contains("warning clock was expected") })
    }

    @Test("a relay that keeps back and rolls back is told of by those whom it deceived", arguments: [3, 4])
    func lyingRelay(_ seed: UInt64) throws {
        let run = try run(
            """
            seed: \(seed)
            duration: 2h
            nodes: [towson, belair, {name: relay, kind: relay, storage: disk}]
            events:
              - {at: 1m, cut: [towson, belair], for: 40m}
              - {at: 2m, node: towson, do: open, thread: T1}
              - {at: 10m, attack: relay-withholds, by: relay, against: belair, for: 1h}
              - {at: 15m, node: towson, do: patient-message, thread: T1}
              - {at: 20m, node: belair, do: note, thread: T1, as: surgeon-belair}
              - {at: 90m, attack: relay-rolls-back, by: relay}
              - {at: 100m, settle: all}
            expect:
              thread: {T1: {messages: 2}}
            """)
        #expect(run.summary.violations == [])
        func reports(_ name: String) -> [String] {
            run.group.nodes.first { $0.name == name }?.warnings.filter { $0.code == "relay" }.map(\.message) ?? []
        }
        #expect(reports("belair").contains { $0.hasPrefix("relay relay keeps back: it told towson that it holds") }, "\(reports("belair"))")
        for name in ["towson", "belair"] {
            #expect(reports(name).contains { $0.hasPrefix("relay relay rolled back: ") }, "\(reports(name))")
        }
        #expect(run.summary.coverage.count(.relayWithholds) == 1 && run.summary.coverage.count(.relayRollsBack) == 1)
    }

    @Test("what is not built yet leaves a run undecided")
    func notYet() throws {
        let run = try run(
            """
            seed: 1
            duration: 10m
            nodes: [towson]
            events:
              - {at: 1m, snapshot: towson}
            """)
        #expect(run.summary.verdict == .undecided)
        #expect(run.summary.undecided?.contains("snapshot") == true)
    }

    @Test("every kind of event leaves a small group whole, on disks and in memory", arguments: ["disk", "memory"], EventSample.all)
    func events(_ storage: String, _ sample: EventSample) throws {
        if storage == "memory" && sample.needsDisk { return }
        let run = try run(
            """
            seed: 11
            duration: 30m
            storage: \(storage)
            nodes: [towson, belair, {name: laptop, kind: laptop}]
            links: {delay: 10-80ms}
            events:
              - {at: 1m, node: towson, do: open, thread: T1}
              - \(sample.setUp)
              - {at: 2m, node: belair, do: claim, thread: T1, as: surgeon-belair}
              - {at: 3m, \(sample.event)}
              - {at: 3m1s, node: towson, do: note, thread: T1, as: surgeon-towson}
              - {at: 3m2s, node: belair, do: reply, thread: T1, as: surgeon-belair}
              - {at: 3m10s, node: laptop, do: open, thread: T2}
              - {at: 10m, settle: all}
              - {at: 20m, node: towson, do: open, thread: T3}
            """)
        #expect(run.summary.verdict == .valid, "\(run.summary.violations) \(run.summary.undecided ?? "")")
        #expect(run.summary.coverage.count(sample.fault) > 0)
    }

    @Test("a run ends at the first violation where that is enough, and where it is told to")
    func early() throws {
        var plan = try Scenario(yaml: try file("two-claims.yaml"), name: "two-claims")
        var options = RunOptions()
        options.until = 600_000
        let run = try SimulationRun(plan, options)
        run.run()
        #expect(run.summary.simulated == 600_000 && run.summary.verdict == .valid)
        plan.workload = Workload()
        #expect(throws: SimulationError.self) { try SimulationRun(plan) }
    }

    @Test("a shape of faults that is drawn runs the same from the plan that is written of it", arguments: [1, 2] as [UInt64])
    func fromPlan(_ seed: UInt64) throws {
        let scenario = try Scenario(yaml: try file("tiny-swarm.yaml"), name: "tiny")
        let drawn = scenario.drawn(seed: seed)
        let first = try SimulationRun(drawn)
        first.run()
        let second = try SimulationRun(try Scenario(yaml: drawn.yaml, name: "tiny"))
        second.run()
        #expect(first.trace == second.trace)
        #expect(first.summary.verdict == .valid, "\(first.summary.violations)")
    }
}

/// One event in the words of a scenario file.
struct EventSample: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let event: String
    var setUp = "{at: 1m1s, node: towson, do: note, thread: T1, as: surgeon-towson}"
    var needsDisk = false

    var testDescription: String { fault.rawValue }

    static let all: [EventSample] = [
        EventSample(fault: .nodeCutOff, event: "isolate: belair, for: 2m"),
        EventSample(fault: .halves, event: "partition: halves, for: 2m"),
        EventSample(fault: .minorityThird, event: "partition: minority-third, for: 2m"),
        EventSample(fault: .ringOfMajorities, event: "partition: ring-of-majorities, for: 2m"),
        EventSample(fault: .bridge, event: "partition: bridge, for: 2m"),
        EventSample(fault: .nonTransitive, event: "partition: non-transitive, for: 2m"),
        EventSample(fault: .oneWay, event: "one-way: [towson, belair], for: 2m"),
        EventSample(fault: .halfOpen, event: "half-open: [towson, belair]"),
        EventSample(fault: .flapping, event: "flap: all, every: 3s, for: 1m"),
        EventSample(fault: .swizzle, event: "swizzle: all, for: 2m"),
        EventSample(fault: .jam, event: "jam: all, for: 30s"),
        EventSample(fault: .loss, event: "links: {loss: 30%}, for: 1m"),
        EventSample(fault: .burstLoss, event: "links: {loss: 30%, burst: 10}, for: 1m"),
        EventSample(fault: .delay, event: "links: {delay: 1s-2s}, for: 1m"),
        EventSample(fault: .duplication, event: "links: {duplicate: 50%}, for: 1m"),
        EventSample(fault: .reordering, event: "links: {reorder: 50%}, for: 1m"),
        EventSample(fault: .corruption, event: "links: {corrupt: 10%}, for: 1m"),
        EventSample(fault: .truncation, event: "links: {truncate: 10%}, for: 1m"),
        EventSample(fault: .slowLink, event: "links: {bandwidth: 2kB/s}, for: 1m"),
        EventSample(fault: .replay, event: "replay: all, age: 1s, count: 50"),
        EventSample(fault: .killAtWrite, event: "kill: belair, when: write"),
        EventSample(fault: .killAtSync, event: "kill: belair, when: sync"),
        EventSample(fault: .killAtDirective, event: "kill: belair, when: directive"),
        EventSample(fault: .powerLoss, event: "kill: belair, death: power-lost", needsDisk: true),
        EventSample(fault: .restartLoop, event: "restart-loop: belair, times: 4, every: 10s"),
        EventSample(fault: .pause, event: "pause: belair, for: 1m"),
        EventSample(fault: .clockJump, event: "clock: belair, jump: +1d, for: 3m"),
        EventSample(fault: .clockDrift, event: "clock: belair, drift: 500ppm, for: 3m"),
        EventSample(fault: .clockFrozen, event: "clock: belair, frozen: yes, for: 3m"),
        EventSample(fault: .diskFull, event: "disk: belair, fault: full, for: 1m", needsDisk: true),
        EventSample(fault: .inputOutputError, event: "disk: belair, fault: io-error", needsDisk: true),
        EventSample(fault: .tornWrite, event: "disk: belair, fault: torn-write", needsDisk: true),
        EventSample(fault: .lateJoiner, event: "join: {name: late, kind: laptop}, through: towson"),
        EventSample(fault: .forgedSignature, event: "attack: forged-signature, by: belair, against: towson"),
        EventSample(fault: .strippedSignature, event: "attack: stripped-signature, by: belair"),
        EventSample(fault: .wrongKey, event: "attack: wrong-key, by: belair, against: towson"),
        EventSample(fault: .crossGroupReplay, event: "attack: cross-group-replay, by: belair, against: towson"),
        EventSample(fault: .causalGap, event: "attack: causal-gap, by: belair, against: towson"),
        EventSample(fault: .equivocation, event: "attack: equivocation, by: belair, against: towson"),
        EventSample(fault: .clockInflation, event: "attack: clock-inflation, by: belair, against: towson"),
        EventSample(fault: .oversizedFrame, event: "attack: oversized-frame, by: belair, against: towson"),
        EventSample(fault: .deepNesting, event: "attack: deep-nesting, by: belair, against: towson"),
        EventSample(fault: .mixedVersions, event: "attack: mixed-versions, by: belair, against: towson"),
    ]
}
