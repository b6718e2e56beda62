import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Transfer")
struct TransferTests {
    /// A node with a log, one without, not connected.
    static func pair(_ count: Int, bytes: Int = 20, _ configure: (inout SyncConfiguration) -> Void = { _ in }) throws -> World {
        var configuration = SyncConfiguration()
        configuration.creditBytes = SyncConfiguration.creditBytesMin
        configure(&configuration)
        let world = try World(2, configuration: configuration)
        try world.nodes[0].write(count, bytes: bytes)
        world.nodes[0].restart()
        return world
    }

    static func logBytes(_ world: World) -> Int {
        world.nodes[0].log.logs.values.joined().reduce(0) { $0 + $1.entry.body.count + $1.entry.contents.count }
    }

    @Test("10,000 change sets flow within the credit, each once, with little beyond their own bytes")
    func tenThousand() throws {
        let world = try Self.pair(10_000, bytes: 150)
        world.nodes[1].commitDelay = 30
        try world.connect(0, 1)
        var most = 0
        let isEqual = try world.run(limit: 120_000) {
            most = max(most, $0.runBytes(from: 0, to: 1) - $0.nodes[1].bytesCommitted)
            return $0.areEqual && $0.isQuiet
        }
        #expect(isEqual)
        #expect(most <= SyncConfiguration.creditBytesMin)
        #expect(most > 512 * 1024, "the credit should be made use of")
        #expect(world.nodes[1].acceptances.values.allSatisfy { $0 == 1 })
        #expect(world.bytesSent < Self.logBytes(world) * 105 / 100)
        #expect(world.sent.count < 60)
        #expect(world.count(.want) == 1)
        #expect(world.violations.isEmpty)
    }

    @Test("CREDIT is never sent before the commit, however long that takes")
    func creditAfterCommit() throws {
        let world = try Self.pair(6_000, bytes: 200)
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try world.run(limit: 60_000)
        #expect(world.count(.credit) == 0)
        #expect(world.count(.want) == 1, "waiting for our own commits is no silence of the peer")
        let inFlight = world.runBytes(from: 0, to: 1)
        #expect(inFlight <= SyncConfiguration.creditBytesMin)
        #expect(world.nodes[1].status(of: world.nodes[0])?.bytesInFlight == inFlight)
        let first = try #require(world.nodes[1].commits.first?.byteCount)
        try world.commitFirst(1)
        guard case .credit(let credit) = FrameKind.content(world.sent.last?.bytes ?? []) else {
            Issue.record("no CREDIT after the commit")
            return
        }
        #expect(credit.bytes == UInt64(first))
        world.nodes[1].commitDelay = 1
        #expect(try world.run { $0.areEqual })
    }

    @Test("After a cut nothing is sent again beyond what was in flight")
    func resume() throws {
        let world = try Self.pair(4_000, bytes: 200)
        world.nodes[0].log.runBytesGoal = 20_000
        world.nodes[1].commitDelay = 40
        try world.connect(0, 1)
        try #require(try world.run { $0.nodes[1].bytesCommitted > 200_000 })
        let inFlight = world.runBytes(from: 0, to: 1) - world.nodes[1].bytesCommitted
        try world.disconnect(0, 1)
        try world.run(limit: 2_000)
        try world.connect(0, 1)
        #expect(try world.run { $0.areEqual && $0.isQuiet })
        #expect(world.runBytes(from: 0, to: 1) - world.nodes[1].bytesCommitted <= inFlight)
        #expect(world.nodes[1].acceptances.values.allSatisfy { $0 == 1 })
    }

    @Test(
        "One lost frame of any kind only costs time",
        arguments: [FrameKind.hello, .clock, .want, .run, .credit, .done, .same, .heads], 0...2)
    func lostFrame(kind: FrameKind, nth: Int) throws {
        let world = try Self.pair(2_000, bytes: 300)
        var seen = 0
        world.nodes[0].log.runBytesGoal = 100_000
        world.nodes[1].commitDelay = 10
        world.drops = { sent in
            if sent.kind == kind { seen += 1 }
            return sent.kind == kind && seen == nth + 1
        }
        try world.connect(0, 1)
        try world.run(limit: 3_000)
        try world.author(0, 2)
        try world.author(1, 2)
        #expect(try world.run(limit: 60_000) { $0.areEqual && $0.isQuiet })
        #expect(world.violations.isEmpty)
        #expect(world.nodes[1].bytesCommitted * 3 > world.runBytes(from: 0, to: 1))
    }

    @Test("A WANT without credit is sent nothing until there is credit")
    func noCredit() throws {
        let world = try Self.pair(10)
        world.drops = { _ in true }
        try world.connect(0, 1)
        try world.deliver(try Frames.want([Frames.range(world.nodes[0].replica.rawValue, 1, 10)], credit: 0), from: 1, to: 0)
        #expect(world.count(.run) == 0 && world.count(.done) == 0)
        try world.deliver(try Frames.bytes { $0.credit.bytes = 1 << 20 }, from: 1, to: 0)
        #expect(world.count(.run) == 1 && world.count(.done) == 1)
    }

    @Test("The same WANT twice is served twice: requests are idempotent")
    func idempotent() throws {
        let world = try Self.pair(10)
        world.drops = { _ in true }
        try world.connect(0, 1)
        let want = try Frames.want([Frames.range(world.nodes[0].replica.rawValue, 4, 10)])
        try world.deliver(want, from: 1, to: 0)
        try world.deliver(want, from: 1, to: 0)
        let runs = world.sent.filter { $0.kind == .run }
        #expect(runs.count == 2 && runs.first?.bytes == runs.last?.bytes)
    }

    @Test("A WANT of what is not held is answered with DONE, an empty one with nothing")
    func wantOfNothing() throws {
        let world = try Self.pair(10)
        world.drops = { _ in true }
        try world.connect(0, 1)
        world.clearSent()
        try world.deliver(try Frames.want([Frames.range(world.nodes[0].replica.rawValue, 11, 99)]), from: 1, to: 0)
        try world.deliver(try Frames.want([Frames.range(7, 1, 1 << 40)]), from: 1, to: 0)
        #expect(world.sent.map(\.kind) == [.done, .done])
        try world.deliver(try Frames.want([]), from: 1, to: 0)
        #expect(world.sent.count == 2)
    }

    @Test("One call serves no more than its budget; the rest follows with ticks")
    func budget() throws {
        let world = try Self.pair(1_000) { $0.serveBytesMax = 10_000 }
        world.nodes[0].log.runBytesGoal = 4_000
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try #require(try world.run { $0.count(.run) > 0 })
        #expect(world.runBytes(from: 0, to: 1) <= 14_000)
        #expect(world.nodes[0].engine.wantsTickSoon)
        world.nodes[1].commitDelay = 0
        #expect(try world.run { $0.areEqual })
        #expect(!world.nodes[0].engine.wantsTickSoon)
    }

    @Test("A log that cannot be read throws, and is served once it can be")
    func brokenLog() throws {
        let world = try Self.pair(10)
        try world.connect(0, 1)
        world.nodes[0].log.isBroken = true
        #expect(throws: MemoryLog.Failure.self) { try world.run() }
        world.nodes[0].log.isBroken = false
        #expect(try world.run { $0.areEqual })
    }

    @Test("A log longer than one WANT names is asked for in parts")
    func spans() throws {
        let world = try Self.pair(1_000) { $0.wantSpanMax = 100 }
        try world.connect(0, 1)
        #expect(try world.run(limit: 4_000) { $0.areEqual })
        #expect(world.count(.want) == 10)
    }

    @Test("A wall clock that is set back stops nothing")
    func clockSetBack() throws {
        let world = try Self.pair(10)
        world.drops = { $0.kind == .want }
        try world.connect(0, 1)
        try world.run(limit: 1_000)
        world.drops = { _ in false }
        world.skews[1] = -1_000_000_000
        #expect(try world.run(limit: 10_000) { $0.areEqual })
    }
}
