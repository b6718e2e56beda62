import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

@Suite("The virtual network")
struct NetworkTests {
    private func network(_ conditions: LinkConditions, seed: UInt64 = 1) -> VirtualNetwork {
        var network = VirtualNetwork(seed: seed)
        network.add(0, 1, names: ("a", "b"), conditions)
        network.open(NodePair(0, 1))
        return network
    }

    @Test("without faults every frame arrives once, within the delay or behind the one before it")
    func good() {
        var network = network(LinkConditions(delay: 10...40))
        var last: Int64 = 0
        for now in stride(from: Int64(0), to: 10_000, by: 5) {
            let arrivals = network.arrivals(from: 0, to: 1, now: now)
            #expect(arrivals.count == 1)
            #expect(arrivals[0] >= last && arrivals[0] >= now + 10 && arrivals[0] <= now + 40, "in order and in time")
            last = arrivals[0]
        }
        #expect(network.counts.sent == 2_000 && network.counts.lost == 0)
    }

    @Test("frames are lost, repeated and held back as often as the conditions say")
    func rates() {
        var network = network(LinkConditions(loss: 100, duplication: 200, reordering: 300))
        var copies = 0
        for now in 0..<10_000 { copies += network.arrivals(from: 0, to: 1, now: Int64(now * 100)).count }
        let counts = network.counts
        #expect((850...1_150).contains(counts.lost))
        #expect((1_650...1_950).contains(counts.duplicated), "a fifth of the nine tenths that are not lost")
        #expect((2_550...2_850).contains(counts.reordered))
        #expect(copies == 10_000 - counts.lost + counts.duplicated)
    }

    @Test("frames that are held back are overtaken")
    func overtaking() {
        var network = network(LinkConditions(delay: 5...5, reordering: 300, reorderingDelay: 50...100))
        let arrivals = (0..<100).flatMap { network.arrivals(from: 0, to: 1, now: Int64($0)) }
        #expect(arrivals != arrivals.sorted())
        #expect(arrivals.count == 100)
    }

    @Test("what one link draws does not depend on what goes over another, nor on its own faults")
    func separateStreams() {
        func arrivals(busy: Int, _ conditions: LinkConditions) -> [Int64] {
            var network = network(conditions)
            network.add(0, 2, names: ("a", "c"), LinkConditions(delay: 10...500))
            for now in 0..<busy { _ = network.arrivals(from: 0, to: 1, now: Int64(now)) }
            return (0..<50).flatMap { network.arrivals(from: 0, to: 2, now: Int64($0 * 1_000)) }
        }
        let quiet = arrivals(busy: 0, .good)
        #expect(arrivals(busy: 100, .good) == quiet && arrivals(busy: 7, .bad) == quiet)
        #expect(Set(quiet).count == 50)

        func delays(loss: Int) -> [Int64] {
            var network = network(LinkConditions(delay: 10...500, loss: loss))
            return (0..<100).map { network.arrivals(from: 0, to: 1, now: Int64($0 * 1_000)).first.map { $0 % 1_000 } ?? -1 }
        }
        let whole = delays(loss: 0)
        #expect(zip(delays(loss: 300), whole).allSatisfy { $0 == -1 || $0 == $1 }, "a loss moves no later draw")
    }

    @Test("a cut link carries nothing")
    func cut() {
        var network = network(.good)
        network.update(NodePair(0, 1)) { $0.isCut = true }
        #expect(network.arrivals(from: 0, to: 1, now: 0).isEmpty)
        #expect(network.counts.blocked == 1)
    }

    @Test("events come in the order of time, and of adding where the times are equal")
    func order() {
        var queue = EventQueue()
        var random = SplitMix64(seed: 3, stream: "order")
        let times = (0..<500).map { _ in random.number(in: 0...40) }
        for (index, time) in times.enumerated() { queue.add(.turn(index, life: 0), at: time) }
        var taken: [(Int64, Int)] = []
        while let (time, event) = queue.next() {
            if case .turn(let index, _) = event { taken.append((time, index)) }
        }
        let expected = times.enumerated().map { ($1, $0) }.sorted { $0 < $1 }
        #expect(taken.map(\.0) == expected.map(\.0) && taken.map(\.1) == expected.map(\.1))
    }

    @Test("both ends of a cut link go on unaware until they notice; a heal before that keeps the connection")
    func noticing() throws {
        let world = try World(seed: 1)
        let (towson, belair) = (world.nodes[0], world.nodes[1])
        world.group.cut(towson, belair)
        #expect(!world.group.isConnected(towson, belair))
        world.group.run(for: world.group.noticeDelay / 2)
        world.group.heal(towson, belair)
        #expect(world.group.isConnected(towson, belair), "the connection goes on")
        world.group.cut(towson, belair)
        world.group.run(for: world.group.noticeDelay + 10)
        world.group.heal(towson, belair)
        #expect(!world.group.isConnected(towson, belair), "it takes a new handshake")
        try #require(world.group.runUntilQuiet())
        #expect(world.group.isConnected(towson, belair))
    }

    @Test("a cut between two nodes is gone round through a third")
    func goneRound() throws {
        let world = try World(seed: 1)
        world.group.cut(world.nodes[0], world.nodes[1])
        try world.openThread(at: world.nodes[0])
        try #require(world.group.runUntilQuiet())
        let digests = try world.group.digests()
        #expect(Set(digests).count == 1)
    }

    @Test("an isolated node gets nothing and is behind until it is healed")
    func isolated() throws {
        let world = try World(seed: 1)
        world.group.isolate(world.nodes[2])
        try world.openThread(at: world.nodes[0])
        world.group.run(for: 60_000)
        let apart = try world.group.digests()
        #expect(apart[0] == apart[1] && apart[0] != apart[2])
        world.group.healAll()
        try #require(world.group.runUntilQuiet())
        let together = try world.group.digests()
        #expect(Set(together).count == 1)
    }

    @Test("a node that dies before it answers has not acknowledged, and a dead node takes no commands")
    func death() throws {
        let world = try World(seed: 1)
        let node = world.nodes[0]
        world.group.crashAfterNextCommit(node)
        let sent = world.group.frameCounts.sent
        let error = try #require(throws: SimulationError.self) { try world.openThread(at: node) }
        #expect(error.code == .nodeDown)
        #expect(!node.isRunning && world.group.frameCounts.sent == sent, "no directive left the node")
        #expect(throws: SimulationError.self) { try world.openThread(at: node) }
        try world.group.restart(node)
        try #require(world.group.runUntilQuiet())
        let digests = try world.group.digests()
        #expect(Set(digests).count == 1, "what was durable is not lost either")
        #expect(try node.store.reader.statistics().threads == 1)
    }

    @Test("a device that nobody answers does not join")
    func noAnswer() throws {
        let world = try World(seed: 1)
        world.group.drops = { $0.to == 3 || $0.from == 3 }
        let error = try #require(throws: SimulationError.self) {
            try world.group.join("annapolis", invitedBy: world.nodes[0])
        }
        #expect(error.code == .notJoined)
        #expect(throws: SimulationError.self) { try world.group.node(named: "nobody") }
    }
}
