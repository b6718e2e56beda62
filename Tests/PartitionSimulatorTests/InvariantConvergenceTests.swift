import Causality
import ChangeLog
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Convergence, durability, merge laws and logs are checked")
struct InvariantConvergenceTests {
    private func world(_ seed: UInt64 = 3) throws -> InvariantWorld {
        let world = try InvariantWorld(seed: seed)
        try world.openThread()
        try world.work(25, faults: false)
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        return world
    }

    /// Lets a thread carry a label from the start that nobody gave it.
    private func tagged(_ thread: ThreadID) -> (ChangeSet) -> ChangeSet? {
        { set in
            set.with(
                set.changes.flatMap { change -> [Change] in
                    guard case .thread(thread, let context, .opened) = change else { return [change] }
                    return [change, .thread(thread, context: context, .tagged("wrong"))]
                })
        }
    }

    @Test("One replica that shows something else is found, with the thread and the field")
    func oneDiffers() throws {
        let world = try world()
        try world.remerge(world.belair, tagged(world.threads[0]))
        world.checker.settled(world.group, components: world.group.components)
        let code = ShortCode.suffix(of: world.threads[0])
        #expect(world.found(.convergence).contains { $0.contains(code) && $0.contains("tags") && $0.contains("belair") })
    }

    @Test("Replicas that agree on something that is not the fold of what was written are found")
    func allDiffer() throws {
        let world = try world()
        for node in world.nodes { try world.remerge(node, tagged(world.threads[0])) }
        world.checker.checkConverged(world.group, component: world.nodes)
        #expect(!world.found(.convergence).isEmpty)
        #expect(world.found(.convergence).allSatisfy { $0.contains("differs from the fold") && $0.contains("tags") })
    }

    @Test("A patient and a document that differ from the fold are found")
    func patientDiffers() throws {
        let world = try world()
        for node in world.nodes {
            try world.remerge(node) { set in
                set.with(
                    set.changes.map { change in
                        switch change {
                        case .patient(let id, let context, .details(let details)):
                            .patient(id, context: context, .details(PatientDetails(name: details.name, born: "1900-01-01")))
                        case .directory(.office(let id, let profile), let context):
                            .directory(.office(id, OfficeProfile(key: profile.key, name: "?", timeZone: "UTC")), context: context)
                        default: change
                        }
                    })
            }
        }
        world.checker.checkConverged(world.group, component: world.nodes)
        #expect(world.found(.convergence).contains { $0.contains("patient") && $0.contains("details") })
        #expect(world.found(.convergence).contains { $0.contains("office") && $0.contains("current") })
        #expect(!world.checker.violations.contains { $0.message.contains(InvariantWorld.canary) })
    }

    @Test("A node that lacks what another holds is found, though both hold it in order")
    func clocksDiffer() throws {
        let world = try world()
        world.group.isolate(world.belair)
        try world.openThread(at: world.towson)
        world.group.run(for: 2_000)
        world.checker.checkConverged(world.group, component: world.nodes)
        let replica = try #require(world.towson.brain).replica
        let dot = try #require(world.towson.store.progress.first { $0.replica == replica }).received.dot
        #expect(world.found(.convergence).contains { $0.contains("at belair") && $0.contains(dot.description) })
    }

    @Test("What is held and could be merged must be merged")
    func backlog() throws {
        let world = try world()
        for node in world.nodes { try world.putOnCopy(node) { $1 } }
        world.checker.checkConverged(world.group, component: world.nodes)
        #expect(world.found(.convergence).contains { $0.contains("it is not merged") })
    }

    @Test("An acknowledged change set that nobody holds is found")
    func acknowledgedIsLost() throws {
        let world = try world()
        let replica = try #require(world.belair.brain).replica
        let last = try #require(world.checker.ledger.log(of: replica).last)
        let dot = Dot(replica, last.dot.sequence + 1)
        let set = ChangeSet(stamp: Stamp(dot, last.set.stamp.timestamp), actor: .system, office: nil, changes: [])
        let hash = ChangeSetHash(words: (9, 9, 9, 9))
        world.checker.ledger.record(
            ChangeSetBody(set: set, clock: [], isFullClock: false), hash: hash, previous: last.hash, by: world.belair.index,
            at: 0)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.durability).isEmpty, "nobody was told that it is kept")
        world.checker.ledger.acknowledge(dot, hash)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.durability).contains { $0.contains(dot.description) })
    }

    @Test("A replica that shows something else when its log is merged in another order, or rebuilt, is found")
    func laws() throws {
        let world = try world()
        try world.checker.checkMergeLaws([world.belair], seed: 5, at: 0)
        #expect(world.checker.violations.isEmpty)
        try world.remerge(world.belair, tagged(world.threads[0]))
        try world.checker.checkMergeLaws([world.belair], seed: 5, at: 0)
        #expect(world.found(.mergeLaws).contains { $0.contains("in another order") && $0.contains("tags") })
        #expect(world.found(.mergeLaws).contains { $0.contains("rebuilt") })
    }

    @Test("A change set that depends on what comes after it has no causally valid order")
    func noOrder() throws {
        let world = try world()
        let source = world.belair.store
        let honest = try ShuffledDelivery(source, ledger: world.checker.ledger, seed: 1)
        var delivery = honest
        try delivery.deliver()
        #expect(delivery.breach == nil && !delivery.isUnknown)
        var stuck = try ShuffledDelivery(source, ledger: world.ledgerWithCycle(), seed: 1)
        try stuck.deliver()
        #expect(stuck.breach != nil)
    }

    @Test("An altered row is found, and so is a head that is not held any more")
    func logs() throws {
        let world = try world()
        world.checker.finish(world.group)
        #expect(world.checker.violations.isEmpty)
        let dot = Dot(try #require(world.towson.brain).replica, 3)
        try world.putOnCopy(world.belair) { place, row in
            if place != dot { return row }
            var contents = Array(row.contents)
            if contents.isEmpty { contents = Array(row.body) }
            return LogRow(sequence: row.sequence, hash: row.hash, body: row.body, contents: contents.dropLast())
        }
        world.checker.finish(world.group)
        #expect(world.found(.logs).contains { $0.contains("belair") && $0.contains(dot.description) })
        let before = world.found(.logs).count
        let last = try #require(world.belair.store.progress.last).received
        try world.putOnCopy(world.annapolis) { place, row in
            if place != last.dot { return row }
            let hash = ChangeSetHash(words: (1, 1, 1, 1))
            return LogRow(sequence: row.sequence, hash: hash, body: row.body, contents: row.contents)
        }
        world.checker.finish(world.group)
        #expect(world.found(.logs).count > before)
        #expect(world.found(.logs).contains { $0.contains("annapolis") && $0.contains("nobody wrote") })
    }

    @Test("A change set that is set aside at one node only is found")
    func quarantine() throws {
        let world = try world()
        let dot = try #require(world.belair.store.progress.first).received.dot
        try world.remerge(world.belair) { $0.dot == dot ? nil : $0 }
        world.checker.checkConverged(world.group, component: world.nodes)
        #expect(world.found(.withdrawal).contains { $0.contains(dot.description) && $0.contains("belair") })
    }
}

extension InvariantWorld {
    var annapolis: SimulatedNode { nodes[2] }

    /// The ledger's change sets with a clock in which the first log's first change set needs everything.
    func ledgerWithCycle() -> Ledger {
        let copy = Ledger()
        for replica in checker.ledger.replicas {
            let entries = checker.ledger.log(of: replica)
            for entry in entries {
                let isFirst = entry.dot.sequence == 1
                let clock = checker.ledger.replicas.filter { $0 != replica && isFirst }.map {
                    TaggedClockEntry($0, UInt64(checker.ledger.log(of: $0).count), tag: 0)
                }
                copy.record(
                    ChangeSetBody(set: entry.set, clock: clock, isFullClock: isFirst), hash: entry.hash, previous: entry.previous,
                    by: entry.author, at: entry.at)
            }
        }
        return copy
    }
}
