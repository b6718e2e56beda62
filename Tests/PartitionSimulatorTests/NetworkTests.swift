import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

@Suite("The virtual network")
struct NetworkTests {
    private func link(_ conditions: LinkConditions, seed: UInt64 = 1, to: Int = 1, names: (String, String) = ("a", "b")) -> SimulatedLink {
        let link = SimulatedLink(NodePair(0, to), seed: seed, names: (names.0, names.1), conditions)
        link.open(1)
        return link
    }

    @Test("without faults every frame arrives once, within the delay or behind the one before it")
    func good() {
        let link = link(LinkConditions(delay: 10...40))
        var last: Int64 = 0
        for now in stride(from: Int64(0), to: 10_000, by: 5) {
            let arrivals = link.pass(from: 0, bytes: 100, now: now).arrivals
            #expect(arrivals.count == 1)
            #expect(arrivals[0] >= last, "in order")
            #expect((now + 10...now + 40).contains(arrivals[0]), "and in time")
            last = arrivals[0]
        }
    }

    @Test("frames are lost, repeated, held back and damaged as often as the conditions say", arguments: [1, 8])
    func rates(burst: Int) {
        let link = link(
            LinkConditions(
                loss: 100_000, burst: burst, duplication: 200_000, reordering: 300_000, corruption: 50_000, truncation: 20_000))
        let passages = (0..<20_000).map { link.pass(from: 0, bytes: 10, now: Int64($0 * 100)) }
        let lost = passages.count { $0.fate == .lost }
        #expect((1_600...2_400).contains(lost))
        let carried = passages.filter { $0.fate != .lost }
        let copies = Set(carried.map(\.arrivals.count))
        #expect(copies == [1, 2])
        let lostCopies = passages.filter { $0.fate == .lost }.reduce(0) { $0 + $1.arrivals.count }
        #expect(lostCopies == 0)
        func share(_ condition: (SimulatedLink.Passage) -> Bool) -> Double { Double(carried.count(where: condition)) / Double(carried.count) }
        #expect((0.18...0.22).contains(share { $0.arrivals.count == 2 }))
        #expect((0.28...0.32).contains(share(\.isHeldBack)))
        #expect((0.04...0.06).contains(share { $0.flippedBit != nil }))
        #expect((0.014...0.026).contains(share { $0.keptBytes != nil }))
        let bits = carried.compactMap(\.flippedBit)
        #expect(bits.allSatisfy { (0..<80).contains($0) })
        let kept = carried.compactMap(\.keptBytes)
        #expect(kept.allSatisfy { (0..<10).contains($0) })
    }

    @Test("losses come in bursts as long as the conditions say")
    func bursts() {
        let link = link(LinkConditions(loss: 100_000, burst: 20))
        let lost = (0..<50_000).map { link.pass(from: 0, bytes: 10, now: Int64($0)).fate == .lost }
        let begins = zip(lost, lost.dropFirst()).count { !$0 && $1 }
        let length = Double(lost.count { $0 }) / Double(begins)
        #expect((14...26).contains(length), "\(length)")
    }

    @Test("frames that are held back are overtaken")
    func overtaking() {
        let link = link(LinkConditions(delay: 5...5, reordering: 300_000, reorderingDelay: 50...100))
        let arrivals = (0..<100).flatMap { link.pass(from: 0, bytes: 10, now: Int64($0)).arrivals }
        #expect(arrivals != arrivals.sorted())
        #expect(arrivals.count == 100)
    }

    @Test("a slow line carries no more bytes a second than it can")
    func bandwidth() {
        let link = link(LinkConditions(delay: 10...10, bandwidth: 1_000))
        let arrivals = (0..<20).flatMap { _ in link.pass(from: 0, bytes: 500, now: 0).arrivals }
        let expected: [Int64] = (1...20).map { 500 * $0 + 10 }
        #expect(arrivals == expected)
    }

    @Test("what one link draws does not depend on what goes over another, nor on its own faults")
    func separateStreams() {
        let quiet = (0..<50).flatMap { now -> [Int64] in
            link(LinkConditions(delay: 10...500), to: 2, names: ("a", "c")).pass(from: 0, bytes: 1, now: Int64(now)).arrivals
        }
        let other = (0..<50).flatMap { now -> [Int64] in
            link(LinkConditions(delay: 10...500), to: 1, names: ("a", "b")).pass(from: 0, bytes: 1, now: Int64(now)).arrivals
        }
        #expect(quiet != other)
        func delays(loss: Int) -> [Int64] {
            let link = link(LinkConditions(delay: 10...500, loss: loss))
            return (0..<100).map { link.pass(from: 0, bytes: 10, now: Int64($0 * 1_000)).arrivals.first.map { $0 % 1_000 } ?? -1 }
        }
        let whole = delays(loss: 0)
        #expect(zip(delays(loss: 300_000), whole).allSatisfy { $0 == -1 || $0 == $1 }, "a loss moves no later draw")
    }

    @Test("a link is cut as long as any fault cuts it, in one direction or both")
    func cuts() {
        let link = link(.good)
        #expect(link.cut(by: 1) && link.cut(by: 2, from: 0) && !link.cut(by: 2, from: 0))
        #expect(!link.mend(1) && link.isCut && link.isCut(from: 0) && !link.isCut(from: 1))
        #expect(link.mend(2) && !link.isCut && !link.mend(2))
        _ = link.cut(by: 3)
        #expect(link.mend(nil) && !link.isCut)
    }

    @Test("conditions of several faults add up and are lifted one by one")
    func patches() {
        let link = link(.good)
        var loss = LinkPatch()
        loss.loss = 500_000
        var delay = LinkPatch()
        delay.delay = 900...900
        link.apply(loss, of: 1)
        link.apply(delay, of: 2)
        #expect(link.conditions.loss == 500_000 && link.conditions.delay == 900...900)
        link.lift(1)
        #expect(link.conditions.loss == 0 && link.conditions.delay == 900...900)
        link.lift(nil)
        #expect(link.conditions == .good)
    }

    @Test("each shape cuts what its name says", arguments: PartitionShape.allCases)
    func shapes(_ shape: PartitionShape) {
        for count in 2...9 {
            let cuts = Set(shape.cuts(count).map { NodePair($0.0, $0.1) })
            func seen(_ one: Int) -> Set<Int> { Set((0..<count).filter { $0 == one || !cuts.contains(NodePair($0, one)) }) }
            switch shape {
            case .halves:
                let first = (count + 1) / 2
                for node in 0..<count { #expect(seen(node).count == (node < first ? first : count - first)) }
            case .minorityThird:
                let third = max(1, count / 3)
                #expect(seen(0).count == third)
                #expect(seen(count - 1).count == count - third)
            case .ringOfMajorities:
                let views = (0..<count).map(seen)
                for view in views { #expect(view.count > count / 2, "each sees a majority") }
                if count >= 5 { #expect(Set(views).count == count, "and no two the same one") }
            case .bridge: #expect(seen(count / 2).count == count)
            case .nonTransitive:
                let links = count * (count - 1) / 2
                #expect(seen(0) == [0, 1])
                #expect(cuts.count == links - (count - 1))
            }
        }
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
