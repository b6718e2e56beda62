import Causality
import ChangeLog
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("What must hold over time is checked: traffic, restarts, forks, bad input")
struct InvariantSettledTests {
    @Test("Quiet hours cost no more than the protocol's intervals allow, and more is found")
    func traffic() throws {
        let world = try InvariantWorld(seed: 21)
        try world.openThread()
        try world.settle()
        world.group.run(for: 20 * 60_000)
        #expect(world.checker.traffic.isQuiet, "nothing happened, so the stretch is judged")
        #expect(world.checker.traffic.loads.values.contains { $0.frames > 50 })
        let load = try #require(world.checker.traffic.loads[NodePair(0, 1)])
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        world.group.run(for: 20 * 60_000)
        let frame = SimulatedFrame(from: 0, to: 1, bytes: [1, 2, 3], session: nil, key: world.towson.identity.curve.publicKey)
        for _ in 0..<5 * load.frames { world.checker.sent(frame, .delivered, arrivals: [world.group.now], in: world.group) }
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.boundedness).contains { $0.contains("towson and belair") })
    }

    @Test("A stretch in which somebody did something is not judged")
    func disturbed() throws {
        let world = try InvariantWorld(seed: 22)
        try world.settle()
        try world.openThread()
        #expect(!world.checker.traffic.isQuiet)
        try world.settle()
        #expect(world.checker.traffic.isQuiet)
        world.group.cut(world.towson, world.belair)
        #expect(!world.checker.traffic.isQuiet)
    }

    @Test("A clock that names more logs than were ever begun is found")
    func clockSize() throws {
        let world = try InvariantWorld(seed: 23)
        try world.settle()
        try world.forge([], of: ReplicaID(1), at: world.belair)
        world.checker.checkClockSize(world.belair, at: world.group.now)
        #expect(world.found(.boundedness).contains { $0.contains("5 entries") })
    }

    @Test("A node that complains without end is found, unless it has cause to")
    func warnings() throws {
        let world = try InvariantWorld(seed: 24)
        func complain(_ count: Int, at node: SimulatedNode) {
            let warnings = (0..<count).map { Directive.warning(NodeWarning("x", "\($0)")) }
            world.checker.turned(node, warnings, in: world.group)
        }
        complain(100, at: world.towson)
        #expect(world.checker.violations.isEmpty)
        complain(200, at: world.towson)
        #expect(world.found(.boundedness).contains { $0.contains("in a second") })
        world.announce(.diskFull, at: world.belair)
        for _ in 0..<10 {
            complain(80, at: world.annapolis)
            complain(80, at: world.belair)
            world.group.run(for: 5_000)
        }
        #expect(world.checker.violations.contains { $0.node == "annapolis" && $0.message.contains("in an hour") })
        #expect(!world.checker.violations.contains { $0.node == "belair" })
    }

    // MARK: Restarts

    @Test(
        "A disk put back loses what was acknowledged: written off where that was announced, a breach where it was not",
        arguments: [true, false])
    func restored(isAnnounced: Bool) throws {
        let world = try InvariantWorld(seed: 25, onDisk: true)
        try world.settle()
        world.group.isolate(world.belair)
        try world.group.backUp(world.belair)
        try world.openThread(at: world.belair)
        let replica = try #require(world.belair.brain).replica
        let last = try #require(world.checker.ledger.log(of: replica).last)
        #expect(last.isAcknowledged)
        if isAnnounced { world.announce(.restoredBackup, at: world.belair) }
        try world.group.restoreBackup(world.belair)
        world.group.run(for: 5_000)
        if isAnnounced {
            #expect(world.checker.writtenOff == [last.dot])
            #expect(world.checker.remarks.contains { $0.contains("written off") })
            #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        } else {
            #expect(world.checker.violations.contains { $0.invariant == .durability && $0.changeSet == last.dot.description })
        }
    }

    @Test("A power cut may take what others wrote, never what was acknowledged", arguments: UInt64(0)..<6)
    func powerCuts(seed: UInt64) throws {
        let world = try InvariantWorld(seed: 30 + seed, onDisk: true)
        for _ in 0..<6 {
            try world.work(12, faults: false)
            let node = world.nodes[Int(seed) % 3]
            world.group.crash(node, .powerLost)
            world.group.run(for: 3_000)
            try world.group.restart(node)
        }
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        #expect(world.checker.writtenOff.isEmpty)
    }

    // MARK: Forks

    /// A clone of Bel Air's disk writes beside Bel Air.
    private func cloned(_ tamper: ((SimulatedNode, [Directive]) -> [Directive])?) throws -> InvariantWorld {
        let world = try InvariantWorld(seed: 26, onDisk: true, tamper: tamper)
        let thread = try world.openThread()
        try world.settle()
        world.group.isolate(world.belair)
        let twin = try world.group.clone(world.belair, as: "twin")
        world.group.isolate(twin)
        try world.act(.claim, on: thread, by: world.practice.onCall, at: world.belair)
        try world.act(.setPriority(.urgent), on: thread, by: world.practice.offices[1].surgeon, at: twin)
        world.group.heal(world.belair, world.towson)
        world.group.run(for: 60_000)
        world.group.heal(twin, world.annapolis)
        world.group.run(for: 240_000)
        world.checker.settled(world.group, components: world.group.components)
        return world
    }

    @Test("Two histories of one log are in the ledger, and the nodes come to hold both")
    func fork() throws {
        let world = try cloned(nil)
        let replica = try #require(world.checker.ledger.forked.first)
        #expect(world.checker.ledger.forked.count == 1)
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        for node in [world.towson, world.annapolis] {
            let fork = try #require(node.brain?.status.forks.first)
            #expect(fork.origin == replica && fork.branches.count == 2)
            #expect(node.store.progress.count { world.checker.ledger.origin(of: $0.replica) == replica } == 3)
        }
    }

    @Test("A fork that nobody warns of is found")
    func silentFork() throws {
        let world = try cloned { _, directives in
            directives.filter { if case .warning = $0 { false } else { true } }
        }
        #expect(world.found(.forks).contains { $0.contains("never warned of the fork") })
    }

    // MARK: Bad input

    @Test("Bad input that is counted is no breach; bad input that nobody noticed is")
    func badInput() throws {
        let world = try InvariantWorld(seed: 27)
        try world.settle()
        let key = world.belair.identity.curve.publicKey
        let link = try #require(world.group.network[NodePair(0, 1)])
        let frame = SimulatedFrame(from: 1, to: 0, bytes: [0xFF, 0xFF, 0xFF], session: link.session, key: key)
        world.announce(.deepNesting, at: world.towson, from: world.belair)
        world.group.transmit(frame)
        #expect(world.checker.watch(world.towson).badInputs.count == 1)
        world.group.run(for: 5_000)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        // Announced, and never given to the node.
        world.announce(.deepNesting, at: world.towson, from: world.belair)
        world.checker.sent(frame, .delivered, arrivals: [world.group.now + 5], in: world.group)
        world.group.run(for: 5_000)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.badInput).contains { $0.contains("towson") && $0.contains("deep-nesting") })
    }

    @Test("What was on its way when the line was cut need not be noticed")
    func badInputOnItsWay() throws {
        let world = try InvariantWorld(seed: 28)
        try world.settle()
        world.announce(.deepNesting, at: world.towson, from: world.belair)
        let frame = SimulatedFrame(from: 1, to: 0, bytes: [0xFF], session: nil, key: world.belair.identity.curve.publicKey)
        world.checker.sent(frame, .delivered, arrivals: [world.group.now + 50], in: world.group)
        world.group.cut(world.towson, world.belair)
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
    }
}
