import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Wanting")
struct WantingTests {
    /// Nodes 1 and 2 hold the log of 1; node 0 holds nothing and is not connected.
    static func twoSources(_ count: Int = 300) throws -> World {
        let world = try World(3)
        for node in world.nodes { node.log.runBytesGoal = 5_000 }
        try world.nodes[1].write(count)
        world.nodes[1].restart()
        try world.connect(1, 2)
        try #require(try world.run { $0.nodes[1].log.heads == $0.nodes[2].log.heads && $0.isQuiet })
        world.clearSent()
        return world
    }

    private static func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 1] ^= 1
        return bytes
    }

    private static func isEmpty(_ sent: World.Sent) -> Bool {
        if case .want(let want) = FrameKind.content(sent.bytes) { want.ranges.isEmpty } else { false }
    }

    @Test("A log that several peers hold is asked of one, and arrives once")
    func oneSource() throws {
        let world = try Self.twoSources()
        try world.connect(0, 1)
        try world.connect(0, 2)
        #expect(try world.run { $0.areEqual && $0.isQuiet })
        #expect(world.count(.want, from: 0) == 1)
        #expect(world.runBytes(from: 1, to: 0) == 0 || world.runBytes(from: 2, to: 0) == 0)
        #expect(world.nodes[0].acceptances.values.allSatisfy { $0 == 1 })
    }

    @Test("Logs of several replicas are shared out among the peers that hold them")
    func sharedOut() throws {
        let world = try World(4)
        try world.nodes.forEach { try $0.write(50) }
        world.nodes.forEach { $0.restart() }
        for (one, other) in [(1, 2), (2, 3), (1, 3)] { try world.connect(one, other) }
        try #require(try world.run { $0.nodes[1].log.heads == $0.nodes[3].log.heads && $0.isQuiet })
        for index in 1...3 { try world.connect(0, index) }
        #expect(try world.run { $0.areEqual })
        #expect(world.nodes[0].acceptances.values.allSatisfy { $0 == 1 })
    }

    @Test("What a silent peer does not send is asked of another")
    func silentPeer() throws {
        let world = try Self.twoSources()
        try world.connect(0, 1)
        world.drops = { $0.to == 0 && $0.from == 1 && ($0.kind == .run || $0.kind == .done) }
        try #require(try world.run { $0.count(.want, from: 0, to: 1) == 1 })
        try world.connect(0, 2)
        #expect(try world.run(limit: 7_000) { $0.areEqual })
        #expect(world.runBytes(from: 2, to: 0) > 0)
    }

    @Test("What a peer that went was asked for is asked of another")
    func peerGone() throws {
        let world = try Self.twoSources()
        try world.connect(0, 1)
        world.drops = { $0.to == 0 && $0.from == 1 && ($0.kind == .run || $0.kind == .done) }
        try world.connect(0, 2)
        try world.run(limit: 500)
        try world.disconnect(0, 1)
        #expect(try world.run(limit: 500) { $0.areEqual })
    }

    @Test("A log of an unknown author is asked for again when the roster has changed")
    func unknownAuthor() throws {
        let world = try World(3)
        try world.nodes[1].write(200)
        try world.nodes[2].write(10)
        world.nodes.forEach { $0.restart() }
        world.nodes[0].keys = world.nodes[0].group.keys(without: 1)
        try world.connectAll()
        try world.run(limit: 10_000)
        #expect(world.nodes[0].log.head(world.nodes[1].replica).sequence == 0)
        #expect(world.nodes[0].log.head(world.nodes[2].replica).sequence == 10, "other logs go on")
        #expect(world.count(.want, from: 0) < 8)
        try world.pass(world.nodes[0].rosterChanged(world.nodes[0].group.keys, now: world.now), from: 0)
        #expect(try world.run(limit: 1_000) { $0.areEqual })
    }

    @Test("An invalid run is refused, asked of the same peer ever more seldom, and had from another")
    func invalidRun() throws {
        let world = try Self.twoSources(20)
        world.alter = { $0.kind == .run && $0.from == 1 && $0.to == 0 ? Self.damaged($0.bytes) : $0.bytes }
        try world.connect(0, 1)
        try world.run(limit: 20_000)
        let asked = world.sent.filter { $0.kind == .want && $0.from == 0 && !Self.isEmpty($0) }.map(\.at)
        let waits = zip(asked.dropFirst(), asked).map { $0 - $1 }
        #expect((4...6).contains(asked.count))
        #expect(waits == waits.sorted())
        #expect((waits.last ?? 0) >= 4 * (waits.first ?? .max))
        #expect(world.count(.refused, from: 0, to: 1) == asked.count)
        #expect(world.nodes[0].warnings.count { if case .invalidRun = $0 { true } else { false } } == asked.count)
        #expect(world.nodes[0].log.heads.isEmpty)
        try world.connect(0, 2)
        #expect(try world.run(limit: 500) { $0.areEqual })
    }

    @Test("A declined run is answered with BUSY, earns no credit, and comes again later")
    func declined() throws {
        let world = try TransferTests.pair(500, bytes: 50)
        world.nodes[0].log.runBytesGoal = 10_000
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try world.run(limit: 200)
        try #require(world.nodes[1].commits.count > 2)
        world.clearSent()
        try world.pass(world.nodes[1].declineFirst(now: world.now), from: 1)
        #expect(world.sent.map(\.kind) == [.busy])
        #expect(world.nodes[1].status(of: world.nodes[0])?.bytesInFlight == 0)
        #expect(world.nodes[1].status(of: world.nodes[0])?.state == .waiting)
        try world.run(limit: 900)
        try world.author(0)
        #expect(world.count(.run) == 0, "nothing may be sent to a busy peer")
        #expect(world.count(.credit) == 0)
        world.nodes[1].commitDelay = 0
        #expect(try world.run(limit: 5_000) { $0.areEqual })
        #expect(world.violations.isEmpty)
    }

    @Test("BUSY is honoured for as long as it says, by pushes too")
    func busy() throws {
        let world = try PushTests.settled(2)
        try world.deliver(try Frames.bytes { $0.busy.retryAfterMilliseconds = 8_000 }, from: 1, to: 0)
        // Without hints the peer asks for nothing, so that only pushes could break the pause.
        world.drops = { $0.kind == .heads || $0.kind == .clock }
        for _ in 0..<7 {
            try world.author(0)
            try world.run(limit: 1_000)
        }
        #expect(world.count(.run, from: 0, to: 1) == 0)
        #expect(world.count(.heads, from: 0, to: 1) > 0)
        try world.run(limit: 2_000)
        world.drops = { _ in false }
        try world.author(0)
        #expect(try world.run(limit: 1_000) { $0.areEqual })
        world.clearSent()
        try world.author(0)
        #expect(world.sent.map(\.kind) == [.run], "the pause is over")
    }

    @Test("A BUSY in answer to a WANT puts that off")
    func busyAnswer() throws {
        let world = try TransferTests.pair(10)
        world.drops = { $0.kind == .run || $0.kind == .done }
        try world.connect(0, 1)
        try #require(try world.run { $0.count(.want) == 1 })
        try world.deliver(try Frames.bytes { $0.busy.retryAfterMilliseconds = 9_000 }, from: 0, to: 1)
        world.drops = { _ in false }
        try world.run(limit: 8_500)
        #expect(world.count(.want) == 1)
        #expect(try world.run(limit: 2_000) { $0.areEqual })
    }

    @Test("A run beyond all credit is dropped with a warning")
    func overCredit() throws {
        let world = try TransferTests.pair(3)
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try #require(try world.run { !$0.nodes[1].commits.isEmpty })
        let run = try #require(world.nodes[1].commits.first?.run)
        let other = try World(2)
        try other.connect(0, 1)
        let tooMuch = other.nodes[1].configuration.creditBytes + other.nodes[1].configuration.pushBytesMax + 1
        _ = try other.nodes[1].received(.run(run, byteCount: tooMuch), from: other.nodes[0].id, now: other.now)
        #expect(other.nodes[1].commits.isEmpty)
        #expect(other.nodes[1].warnings == [.overCredit(other.nodes[0].id, byteCount: tooMuch)])
    }

    @Test("At most so many peers send at once")
    func slots() throws {
        var configuration = SyncConfiguration()
        configuration.wantPeersMax = 2
        let world = try World(6, configuration: configuration)
        try world.nodes.dropFirst().forEach { try $0.write(2_000) }
        world.nodes.forEach { $0.restart() }
        world.nodes[0].commitDelay = 20
        for index in 1..<6 { try world.connect(0, index) }
        #expect(try world.run { $0.areEqual })
        var asked: Set<Int> = []
        var most = 0
        for sent in world.sent {
            if sent.kind == .want && sent.from == 0 { asked.insert(sent.to) }
            if sent.kind == .done && sent.to == 0 { asked.remove(sent.from) }
            most = max(most, asked.count)
        }
        #expect(most == 2)
    }

    @Test("A removed peer is forgotten, and its work goes to others")
    func removedPeer() throws {
        let world = try Self.twoSources()
        try world.connect(0, 1)
        world.drops = { $0.to == 0 && $0.from == 1 && ($0.kind == .run || $0.kind == .done) }
        try world.connect(0, 2)
        try world.run(limit: 500)
        try world.pass(world.nodes[0].removePeer(world.nodes[1].id, now: world.now), from: 0)
        #expect(world.nodes[0].engine.peers.map(\.member) == [world.nodes[2].id])
        #expect(try world.run(limit: 500) { $0.nodes[0].log.heads == $0.nodes[2].log.heads })
    }
}
