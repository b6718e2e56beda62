import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Push on commit")
struct PushTests {
    /// Nodes that are connected and hold the same.
    static func settled(_ count: Int, _ configure: (inout SyncConfiguration) -> Void = { _ in }) throws -> World {
        var configuration = SyncConfiguration()
        configure(&configuration)
        let world = try World(count, configuration: configuration)
        try world.nodes.forEach { try $0.write(3) }
        world.nodes.forEach { $0.restart() }
        try world.connectAll()
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.run(limit: 20_000)
        world.clearSent()
        return world
    }

    @Test("A commit reaches a peer in one frame, without WANT")
    func oneFrame() throws {
        let world = try Self.settled(2)
        try world.author(0)
        #expect(world.kinds(from: 0, to: 1) == [.run])
        #expect(try world.run(limit: 6) { $0.areEqual })
        #expect(world.kinds(from: 1, to: 0) == [.credit])
        #expect(world.count(.want) == 0)
        #expect(world.nodes[0].status(of: world.nodes[1])?.missingThere == 0)
    }

    @Test("Many commits in a row are pushed one by one and in order")
    func manyCommits() throws {
        let world = try Self.settled(3)
        for _ in 0..<50 {
            try world.author(0)
            try world.run(limit: 3)
        }
        #expect(try world.run(limit: 100) { $0.areEqual })
        #expect(world.count(.run, from: 0) == 100)
        #expect(world.count(.want) == 0)
    }

    @Test("A receiver that lacks the predecessors of a push asks for them")
    func lostPush() throws {
        let world = try Self.settled(2)
        world.drops = { $0.kind == .run }
        try world.author(0)
        world.drops = { _ in false }
        try world.author(0)
        #expect(try world.run(limit: 1_000) { $0.areEqual })
        #expect(world.count(.want, from: 1) == 1)
    }

    @Test("A commit of more bytes than are pushed is hinted at, and fetched")
    func largeCommit() throws {
        let world = try Self.settled(2) { $0.pushBytesMax = 500 }
        try world.author(0, 10, bytes: 100)
        #expect(world.kinds(from: 0, to: 1) == [.heads])
        #expect(try world.run(limit: 1_000) { $0.areEqual })
        #expect(world.count(.want, from: 1) == 1)
    }

    @Test("A peer whose clock is not known gets a hint")
    func unknownClock() throws {
        let world = try World(2)
        world.drops = { $0.from == 1 }
        try world.connect(0, 1)
        try world.author(0)
        #expect(world.kinds(from: 0, to: 1) == [.hello, .heads])
    }

    @Test("A peer that is being served gets a hint")
    func backlog() throws {
        let world = try TransferTests.pair(5_000, bytes: 200)
        world.nodes[1].commitDelay = nil
        try world.connect(0, 1)
        try world.run(limit: 100)
        let runs = world.count(.run)
        try world.author(0)
        #expect(world.count(.run) == runs)
        #expect(world.count(.heads, from: 0) == 1)
    }

    @Test("Pushes that a peer does not confirm end in hints")
    func unconfirmed() throws {
        let world = try Self.settled(2) { $0.pushBytesMax = 2_000 }
        world.nodes[1].commitDelay = nil
        world.drops = { $0.kind == .want }
        for _ in 0..<100 {
            try world.author(0)
            try world.run(limit: 10)
        }
        #expect((1...2_000).contains(world.runBytes(from: 0, to: 1)))
        #expect(world.count(.heads, from: 0) > 0)
        world.drops = { _ in false }
        world.nodes[1].commitDelay = 0
        #expect(try world.run { $0.areEqual })
    }

    @Test("Beyond the number of peers that are pushed to, the rest is told by hints")
    func manyPeers() throws {
        let world = try Self.settled(5) { $0.pushPeersMax = 2 }
        try world.author(0)
        #expect(world.count(.run, from: 0) == 2)
        #expect(world.count(.heads, from: 0) == 2)
        #expect(try world.run(limit: 1_000) { $0.areEqual })
    }

    @Test("What came from one peer is hinted at to the others, gathered")
    func relayedHints() throws {
        let world = try World(3)
        try world.connect(0, 1)
        try world.connect(1, 2)
        try world.run(limit: 20_000)
        world.clearSent()
        for _ in 0..<40 {
            try world.author(0)
            try world.run(limit: 5)
        }
        #expect(try world.run(limit: 1_000) { $0.areEqual && $0.isQuiet })
        #expect((1...5).contains(world.count(.heads, from: 1, to: 2)))
        #expect(world.count(.heads, from: 1, to: 0) == 0)
    }
}
