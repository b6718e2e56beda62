import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Greeting")
struct GreetingTests {
    /// Two nodes that hold the same and were started anew.
    static func equalPair() throws -> World {
        let world = try World(2)
        try world.nodes[0].write(20)
        try world.nodes[1].write(20)
        world.nodes.forEach { $0.restart() }
        try world.connect(0, 1)
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.restart(0)
        try world.disconnect(0, 1)
        try world.restart(1)
        world.clearSent()
        return world
    }

    @Test("Equal nodes are done after HELLO and SAME, within 160 bytes each way")
    func equalNodes() throws {
        let world = try Self.equalPair()
        try world.connect(0, 1)
        try world.run(limit: 4_000)
        #expect(world.kinds(from: 0, to: 1) == [.hello, .same])
        #expect(world.kinds(from: 1, to: 0) == [.hello, .same])
        #expect(world.bytesSent / 2 <= 160)
        #expect(world.nodes.allSatisfy { $0.engine.peers.first?.state == .idle })
    }

    @Test("Idle nodes exchange a constant, small number of HELLO and SAME")
    func idleTraffic() throws {
        let world = try Self.equalPair()
        try world.connect(0, 1)
        try world.run(limit: 60_000)
        world.clearSent()
        try world.run(limit: 600_000)
        let first = world.bytesSent
        #expect(Set(world.sent.map(\.kind)) == [.hello, .same])
        world.clearSent()
        try world.run(limit: 600_000)
        #expect(abs(world.bytesSent - first) <= 320)
        #expect(first <= 600 / 15 * 2 * 160 + 320)
    }

    @Test("A member that greets now as one replica and now as another is reported, once; one that goes on to a new replica is not")
    func twoMachines() throws {
        let world = try Self.equalPair()
        try world.connect(0, 1)
        let peer = world.nodes[1]
        func greet(as replica: ReplicaID) throws {
            let hello = try Frames.hello(peer, replica: replica)
            try world.deliver(hello, from: 1, to: 0)
            try world.run(limit: 100)
        }
        let warned = { world.nodes[0].warnings.filter { $0 == .runsTwice(peer.id) }.count }
        try greet(as: peer.replica)
        try greet(as: ReplicaID(77))
        #expect(warned() == 0)
        for _ in 0..<5 {
            try greet(as: peer.replica)
            try greet(as: ReplicaID(77))
        }
        #expect(warned() == 1)
    }

    @Test("The clock of a second session says only what changed since the first")
    func deltaClock() throws {
        let world = try World(3)
        try world.nodes.forEach { try $0.write(5) }
        world.nodes.forEach { $0.restart() }
        try world.connectAll()
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.run(limit: 20_000)
        try world.disconnect(0, 1)
        try world.disconnect(0, 2)
        try world.author(0)
        world.clearSent()
        try world.connect(0, 1)
        try world.run(limit: 1_000)
        let clocks = world.sent.compactMap { sent -> Suture_V1_Clock? in
            if sent.from == 0, case .clock(let clock) = FrameKind.content(sent.bytes) { clock } else { nil }
        }
        #expect(clocks.map(\.full) == [false])
        #expect(clocks.map(\.heads.count) == [1])
        #expect(try world.run { $0.nodes[0].log.heads == $0.nodes[1].log.heads })
    }

    @Test("A node that was started anew is told the whole clock")
    func fullClockAfterRestart() throws {
        let world = try World(2)
        try world.connect(0, 1)
        try world.author(0, 5)
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.run(limit: 20_000)
        world.nodes[1].log.loseTail(of: world.nodes[0].replica)
        world.clearSent()
        try world.restart(1)
        try world.run(limit: 1_000)
        let clocks = world.sent.compactMap { sent -> Suture_V1_Clock? in
            if sent.from == 0, case .clock(let clock) = FrameKind.content(sent.bytes) { clock } else { nil }
        }
        #expect(clocks.first?.full == true)
        #expect(world.areEqual)
    }

    enum Foreigner: String, CaseIterable, Sendable { case version, group, member }

    @Test("Another version, group or member is refused, and nothing is exchanged until that changes", arguments: Foreigner.allCases)
    func foreigners(_ foreigner: Foreigner) throws {
        let world = try World(2)
        try world.nodes[0].write(3)
        world.nodes[0].restart()
        world.drops = { $0.from == 1 }
        try world.connect(0, 1)
        let node = world.nodes[1]
        let (hello, reason): ([UInt8], Suture_V1_Refused.Reason) =
            switch foreigner {
            case .version: (try Frames.hello(node, version: 2), .version)
            case .group: (try Frames.hello(node, group: GroupID(genesis: [1])), .group)
            case .member: (try Frames.hello(node, member: world.nodes[0].id), .notAMember)
            }
        try world.deliver(hello, from: 1, to: 0)
        guard case .refused(let refused) = FrameKind.content(world.sent.last?.bytes ?? []) else {
            Issue.record("not refused")
            return
        }
        #expect(refused.reason == reason)
        #expect(world.nodes[0].warnings.contains { if case .foreign = $0 { true } else { false } })
        #expect(world.nodes[0].status(of: node)?.state == .refused)
        world.clearSent()
        let range = Frames.range(world.nodes[0].replica.rawValue, 1, 3)
        try world.deliver(try Frames.want([range]), from: 1, to: 0)
        try world.author(0)
        #expect(world.sent.isEmpty)
        try world.deliver(try Frames.hello(node), from: 1, to: 0)
        try world.deliver(try Frames.want([range]), from: 1, to: 0)
        #expect(world.count(.run, from: 0, to: 1) == 1)
    }

    @Test("A peer that refuses us is left alone, but greeted, until it answers")
    func refusedByPeer() throws {
        let world = try Self.equalPair()
        try world.connect(0, 1)
        try world.run(limit: 1_000)
        let refused = try Frames.bytes {
            $0.refused.reason = .notAMember
            $0.refused.detail = "wait\u{7}\nthere"
        }
        try world.deliver(refused, from: 1, to: 0)
        #expect(world.nodes[0].warnings.last?.description.contains("waitthere") == true)
        world.clearSent()
        try world.author(0)
        #expect(world.sent.isEmpty)
        #expect(try world.run(limit: 20_000) { $0.areEqual })
    }

    @Test("A HELLO is answered in the middle of a transfer: the peer was started anew without anybody noticing")
    func restartUnnoticed() throws {
        let world = try World(2)
        world.nodes[0].log.runBytesGoal = 2_000
        try world.nodes[0].write(400)
        world.nodes[0].restart()
        world.nodes[1].commitDelay = 20
        try world.connect(0, 1)
        try #require(try world.run { $0.nodes[1].log.heads.first.map { $0.sequence > 50 } ?? false })
        world.nodes[1].restart()
        try world.pass(world.nodes[1].connected(world.nodes[0].id, now: world.now), from: 1)
        #expect(try world.run { $0.areEqual })
        #expect(world.violations.isEmpty)
    }

    @Test("A HELLO from a peer without a connection opens one")
    func helloOpens() throws {
        let world = try World(2)
        try world.deliver(try Frames.hello(world.nodes[1]), from: 1, to: 0)
        #expect(world.nodes[0].status(of: world.nodes[1])?.isConnected == true)
        #expect(world.kinds(from: 0, to: 1) == [.hello, .same])
    }

    @Test("Other frames without a connection are ignored")
    func strangerIsIgnored() throws {
        let world = try World(2)
        try world.nodes[0].write(1)
        world.nodes[0].restart()
        try world.deliver(try Frames.want([Frames.range(world.nodes[0].replica.rawValue, 1, 1)]), from: 1, to: 0)
        try world.deliver([1, 2, 3], from: 1, to: 0)
        #expect(world.sent.isEmpty)
        #expect(world.nodes[0].engine.peers.isEmpty)
    }

    @Test("A connection to ourselves is an error")
    func connectedToSelf() throws {
        let world = try World(1)
        #expect {
            try world.nodes[0].connected(world.nodes[0].id, now: 0)
        } throws: { ($0 as? SyncError)?.code == .connectedToSelf }
    }

    @Test("A clock of more heads than fit one frame arrives all the same")
    func longClock() throws {
        var configuration = SyncConfiguration()
        configuration.headsMax = 2
        let world = try World(5, configuration: configuration)
        try world.nodes.forEach { try $0.write(2) }
        world.nodes.forEach { $0.restart() }
        for index in 1..<5 { try world.connect(0, index) }
        #expect(try world.run { $0.areEqual })
    }
}
