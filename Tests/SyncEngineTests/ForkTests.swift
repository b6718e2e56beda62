import Causality
import ChangeLog
import SyncEngine
import Testing
import Vault
import WireProtocol

@Suite("Forks")
struct ForkTests {
    /// Nodes 0 and 1 hold different logs of member 2's one replica, as long as told.
    static func forked(_ one: Int, _ other: Int) throws -> World {
        let world = try World(3)
        for (index, (count, bytes)) in [(one, 10), (other, 30)].enumerated() {
            let clone = TestNode(2, of: world.nodes[0].group)
            try clone.write(count, bytes: bytes)
            for stored in clone.log.logs[clone.replica] ?? [] { world.nodes[index].log.add(stored, to: clone.replica) }
            try world.nodes[index].write(5)
            world.nodes[index].restart()
        }
        return world
    }

    static func forks(_ node: TestNode) -> [SyncWarning] {
        node.warnings.filter { if case .forkSuspected = $0 { true } else { false } }
    }

    @Test("The same number with another tag is a fork: warned of once, not exchanged, and nothing else stops")
    func sameLength() throws {
        let world = try Self.forked(4, 4)
        let replica = world.nodes[2].replica
        let heads = world.nodes[0...1].map { $0.log.head(replica) }
        try world.connect(0, 1)
        try world.run(limit: 40_000)
        try world.author(0)
        try world.run(limit: 1_000)
        for (index, node) in world.nodes[0...1].enumerated() {
            #expect(Self.forks(node).count == 1)
            #expect(node.log.head(replica) == heads[index])
            #expect(node.log.head(world.nodes[0].replica).sequence == 6)
            #expect(node.log.head(world.nodes[1].replica).sequence == 5)
        }
        #expect(world.violations.isEmpty)
        let traffic = world.sent.count
        try world.run(limit: 300_000)
        #expect(world.sent.count - traffic < 150, "a fork must not make noise")
    }

    @Test("A longer history of a fork is noticed by whoever holds more, is not taken, and everything else is exchanged")
    func otherLength() throws {
        let world = try Self.forked(4, 7)
        let replica = world.nodes[2].replica
        try world.connect(0, 1)
        try world.run(limit: 120_000)
        #expect(world.nodes[0].log.head(replica).sequence == 4)
        #expect(Self.forks(world.nodes[1]).count == 1, "it holds the change set that the other one's clock names, by another hash")
        #expect(world.nodes[0].log.head(world.nodes[1].replica).sequence == 5)
        #expect(world.nodes[1].log.head(world.nodes[0].replica).sequence == 5)
        #expect(world.count(.run, from: 1, to: 0) < 12)
    }

    @Test("Whoever holds less of a fork sees it too, though its peer has gone on and the first word of it was lost", arguments: [4, 5, 9])
    func firstWordLost(longer: Int) throws {
        let world = try Self.forked(4, longer)
        world.drops = { $0.kind == .heads }
        try world.connect(0, 1)
        try world.run(limit: 60_000)
        #expect(Self.forks(world.nodes[0]).count == 1)
        #expect(Self.forks(world.nodes[1]).count == 1)
        // Started anew, it knows nothing of it and is told again.
        try world.restart(0)
        try world.run(limit: 60_000)
        #expect(Self.forks(world.nodes[0]).count == 2)
        #expect(world.violations.isEmpty)
    }

    @Test(
        "Both sides find the first change set that differs, however long the logs are, and show each other what is signed there",
        arguments: [(1, 1, 2), (40, 40, 40), (200, 300, 90), (5_000, 4_400, 4_399), (70, 70, 1)])
    func firstDifference(_ one: Int, _ other: Int, first: Int) throws {
        let world = try World(3)
        let author = world.nodes[2]
        for (index, count) in [one, other].enumerated() {
            var sealer = ChangeSetSealer(group: author.group.id, head: LogHead(empty: author.replica))
            for number in 1...count {
                // Nothing random in it: the two are the same up to the number at which they part.
                let entry = try sealer.seal(
                    rosterChanges: [1, number < first ? 0 : UInt8(index + 1)], epoch: author.group.epoch.id)
                let signature = try author.member.keys.sign(LogDomain.changeSetSignature, entry.hash.digest)
                let stored = MemoryLog.Stored(
                    entry: entry, signature: signature, author: author.id, epoch: author.group.epoch.id)
                world.nodes[index].log.add(stored, to: author.replica)
            }
            world.nodes[index].restart()
        }
        try world.connect(0, 1)
        let mustFind = min(one, other) >= first
        try world.run(limit: 60_000) { !mustFind || $0.nodes[0...1].allSatisfy { !$0.branches.isEmpty } }
        for (node, peer) in [(world.nodes[0], world.nodes[1]), (world.nodes[1], world.nodes[0])] where mustFind {
            let shown = try #require(node.branches.first)
            #expect(shown.from == peer.id && shown.shown.count == 1)
            let branch = try #require(shown.shown.first)
            #expect(branch.first == UInt64(first) && branch.origin == world.nodes[2].replica)
            let hash = try branch.verify(in: node.group.id, key: world.nodes[2].member.keys.publicKey)
            let held = try #require(peer.log.logs[branch.origin]?[first - 1])
            #expect(hash == held.entry.hash)
        }
        if !mustFind { #expect(world.nodes.reduce(0) { $0 + $1.branches.count } == 0) }
        #expect(world.count(.trace) <= 16, "each answer narrows it down sixty-four times")
        #expect(world.violations.isEmpty)
    }

    @Test("What a peer says of a log beyond where it is known to be forked is answered with what proves the fork, and not asked for")
    func knownFork() throws {
        let world = try Self.forked(4, 4)
        let replica = world.nodes[2].replica
        let evidence = try #require(try world.nodes[1].log.branch(of: replica, from: 1))
        let fork = KnownFork(log: replica, end: LogHead(empty: replica), branches: [ReplicaID(77)], evidence: [evidence])
        try world.connect(0, 1)
        try world.pass(world.nodes[0].forked(fork, heads: [], now: world.now), from: 0)
        try world.run(limit: 60_000)
        #expect(world.nodes[0].engine.clock[replica] == 0)
        #expect(world.nodes[1].branches.contains { $0.shown.map(\.bytes) == [evidence] })
        let marks = try Frames.bytes { $0.heads.heads = [Frames.head(replica.rawValue, 9, 1)] }
        let before = world.count(.want, from: 0)
        try world.deliver(marks, from: 1, to: 0)
        try world.run(limit: 10_000)
        #expect(world.count(.want, from: 0) == before)
    }

    @Test(
        "A TRACE out of order, of several logs or too long, and a FORK without branches are refused",
        arguments: [
            [(1, 2, 0), (1, 1, 0)], [(1, 2, 0), (2, 3, 0)], [(1, 0, 0)], (0..<65).map { (1, $0 + 1, 0) },
        ] as [[(UInt64, UInt64, UInt32)]])
    func malformed(_ marks: [(UInt64, UInt64, UInt32)]) throws {
        let world = try PushTests.settled(2)
        let before = world.nodes[0].status(of: world.nodes[1])?.faults ?? 0
        try world.deliver(try Frames.bytes { $0.trace.heads = marks.map { Frames.head($0.0, $0.1, $0.2) } }, from: 1, to: 0)
        try world.deliver(try Frames.bytes { $0.fork.branches = [] }, from: 1, to: 0)
        #expect(world.nodes[0].status(of: world.nodes[1])?.faults == before + 2)
        #expect(world.nodes[0].branches.isEmpty)
    }

    @Test("A suspicion that the peer's next clock does not bear out is dropped")
    func falseAlarm() throws {
        let world = try PushTests.settled(2)
        let head = world.nodes[0].log.head(world.nodes[1].replica)
        let wrong = Frames.head(head.replica.rawValue, head.sequence, head.hash.tag ^ 1)
        try world.deliver(try Frames.bytes { $0.heads.heads = [wrong] }, from: 1, to: 0)
        #expect(Self.forks(world.nodes[0]).count == 1)
        try world.author(1)
        #expect(try world.run(limit: 60_000) { $0.areEqual })
    }

    @Test("A node that finds more of its own log elsewhere is warned, and fetches it once it writes another")
    func restoredNode() throws {
        let world = try PushTests.settled(2)
        let old = world.nodes[1]
        let whole = old.log.head(old.replica)
        try world.author(1, 3)
        try #require(try world.run { $0.areEqual && $0.isQuiet })
        try world.disconnect(0, 1)
        for _ in 0..<3 { old.log.loseTail(of: old.replica) }
        old.restart()
        try #require(old.log.head(old.replica) == whole)
        try world.connect(0, 1)
        try world.run(limit: 1_000)
        #expect(old.warnings.contains(.ownLogAhead(world.nodes[0].id, Dot(old.replica, whole.sequence + 3))))
        #expect(old.log.head(old.replica) == whole)
        try world.pass(old.replaceReplica(ReplicaID(99), now: world.now), from: 1)
        #expect(try world.run(limit: 20_000) { $0.areEqual })
    }
}
