import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Peer status")
struct PeerStatusTests {
    @Test("A peer's status follows a transfer from the first frame to the last")
    func states() throws {
        let world = try TransferTests.pair(3_000, bytes: 300)
        let (one, other) = (world.nodes[0], world.nodes[1])
        other.commitDelay = nil
        try world.connect(0, 1)
        #expect(one.status(of: other)?.state == .comparing)
        try world.run(limit: 200)
        #expect(other.status(of: one)?.state == .receiving)
        #expect(other.status(of: one)?.missingHere == 3_000)
        #expect(other.status(of: one)?.missingThere == 0)
        #expect(other.status(of: one)?.bytesInFlight ?? 0 > 0)
        #expect(other.status(of: one)?.replica == one.replica)
        other.commitDelay = 0
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.run(limit: 16_000)
        for (node, peer) in [(one, other), (other, one)] {
            let status = try #require(node.status(of: peer))
            #expect(status.state == .idle)
            #expect(status.missingHere == 0 && status.missingThere == 0 && status.bytesInFlight == 0)
            #expect(status.clock == node.engine.clock)
            #expect(status.lastHeard.map { world.now - $0 < 16_000 } == true)
        }
        try world.disconnect(0, 1)
        try world.author(0, 4)
        #expect(one.status(of: other)?.state == .disconnected)
        #expect(one.status(of: other)?.missingThere == 4)
    }

    @Test("The own clock is what was committed, not what was accepted")
    func ownClock() throws {
        let world = try TransferTests.pair(10)
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try #require(try world.run { !$0.nodes[1].commits.isEmpty })
        #expect(world.nodes[1].engine.clock.isEmpty)
        try world.commitFirst(1)
        #expect(world.nodes[1].engine.clock == world.nodes[0].engine.clock)
    }

    @Test("Peers are listed in order")
    func order() throws {
        let world = try PushTests.settled(5)
        let members = world.nodes[0].engine.peers.map(\.member)
        #expect(members == members.sorted() && members.count == 4)
    }
}
