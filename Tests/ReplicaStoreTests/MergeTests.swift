import Causality
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Merging")
struct MergeTests {
    /// What the states are by InboxModel alone, without any store.
    private func plainStates(_ sets: [ChangeSet]) -> [ThreadID: ThreadState] {
        var states: [ThreadID: ThreadState] = [:]
        for set in sets {
            for case .thread(let id, let context, let change) in set.changes {
                states[id, default: ThreadState(id: id)].apply(change, context: context, of: set)
            }
        }
        return states
    }

    @Test("The same change sets in any causal order and any slices give the same logical bytes", arguments: 0..<12 as Range<UInt64>)
    func orders(seed: UInt64) throws {
        let history = RandomHistory(seed: seed, replicas: Int(seed % 5) + 2)
        let first = try ReplicaStore(.memory)
        try first.receive(history.authored.map(\.set), inTransactionsOf: 13)
        let expected = try first.logicalState()
        for order in 1...3 as ClosedRange<UInt64> {
            let other = try ReplicaStore(.memory)
            try other.receive(history.shuffled(seed: seed &* 31 &+ order), inTransactionsOf: Int(order) * 3)
            #expect(try other.logicalState(sliceBytes: 100) == expected, "seed \(seed), order \(order)")
        }
        let prefix = try ReplicaStore(.memory)
        try prefix.receive(history.authored.dropLast(40).map(\.set))
        #expect(try prefix.logicalState() != expected, "logical bytes must tell histories apart; seed \(seed)")
    }

    @Test("The number of threads kept in memory changes nothing", arguments: [1, 2, 7, 16_384], [1, 40, 1000])
    func cacheSizes(capacity: Int, transaction: Int) throws {
        let history = RandomHistory(seed: 77, replicas: 4, sets: 400)
        let sets = history.shuffled(seed: 5)
        let store = try ReplicaStore(.memory, cacheCapacity: capacity)
        try store.receive(sets, inTransactionsOf: transaction)
        let expected = plainStates(sets)
        #expect(expected.count > 20)
        for (id, state) in expected { #expect(try store.reader.state(of: id) == state) }
        #expect(try store.reader.threads(ThreadFilter(.every), limit: .max).count == expected.count)
        let messages = expected.values.reduce(0) { $0 + $1.messageCount }
        #expect(try store.reader.statistics().messages == messages)
    }

    @Test("A thread's history has one row for each change set that touched it, by time, with all its kinds", arguments: [1, 16_384])
    func timeline(capacity: Int) throws {
        let sets = RandomHistory(seed: 21, sets: 300).shuffled(seed: 2)
        let store = try ReplicaStore(.memory, cacheCapacity: capacity)
        try store.receive(sets, inTransactionsOf: 29)
        var expected: [ThreadID: [Stamp: TimelineKinds]] = [:]
        for set in sets {
            for case .thread(let id, _, let change) in set.changes {
                expected[id, default: [:]][set.stamp, default: []].formUnion(TimelineKinds(change))
            }
        }
        #expect(expected.values.contains { $0.values.contains { $0.rawValue.nonzeroBitCount > 1 } })
        for (id, steps) in expected {
            let found = try #require(try store.reader.thread(id))
            #expect(found.timeline == steps.map { TimelineRow(stamp: $0.key, kinds: $0.value) }.sorted { $0.stamp < $1.stamp })
            #expect(found.state.id == id)
        }
        #expect(try store.reader.thread(ThreadID(high: 1, low: 1)) == nil)
    }

    @Test("A transaction reports the threads it touched, as they were and as they are", arguments: [1, 16_384])
    func touched(capacity: Int) throws {
        var history = SimpleHistory()
        history.addMessage()
        let staff = StaffID(high: 5, low: 5)
        history.add(.ownership(OwnershipChange(act: .claimed, from: nil, to: .staff(staff))), by: .staff(staff))
        let store = try ReplicaStore(.memory, cacheCapacity: capacity)
        let first = try store.write(.normal) { transaction in
            try transaction.receive(history.sets[0])
            return transaction.touched
        }
        let opened = ThreadSummary(status: .queued, flags: [], owner: .queue(history.queue))
        #expect(first == [TouchedThread(id: history.thread, before: nil, after: opened)])
        let other = SimpleHistory(replica: 2, thread: ThreadID(high: 9, low: 9))
        let second = try store.write(.normal) { transaction in
            try transaction.receive(history.sets[1])
            try transaction.receive(other.sets[0])
            try transaction.receive(history.sets[2])
            return transaction.touched
        }
        let claimed = ThreadSummary(status: .owned, flags: .needsReply, owner: .staff(staff))
        #expect(second.map(\.id) == [history.thread, other.thread])
        #expect(second[0] == TouchedThread(id: history.thread, before: opened, after: claimed))
        #expect(try store.write(.normal) { $0.touched } == [])
    }

    @Test("Changes that this version does not know are counted and stop nothing")
    func unknownChanges() throws {
        let store = try ReplicaStore(.memory)
        let history = SimpleHistory()
        let changes = history.sets[0].changes + [.unknown(UnknownChange(number: 200)), .unknown(UnknownChange(number: 201))]
        let set = ChangeSet(stamp: history.sets[0].stamp, actor: .system, office: nil, changes: changes)
        try store.receive([set])
        #expect(try store.reader.statistics().unknownChanges == 2)
        #expect(try store.reader.state(of: history.thread) != nil)
    }

    @Test("Replaying the log into emptied tables gives the same logical bytes and counts", arguments: [1, 16_384])
    func rebuild(capacity: Int) throws {
        let history = RandomHistory(seed: 5, replicas: 3, sets: 300)
        let sets = history.shuffled(seed: 9)
        let store = try ReplicaStore(.memory, cacheCapacity: capacity)
        try store.receive(sets)
        try store.write(.normal) { try $0.addSearchItem("words", thread: history.threads[0], stamp: sets[0].stamp, item: 0) }
        let expected = try store.logicalState()
        let statistics = try store.reader.statistics()

        try store.write(.normal) { try $0.resetMaterialised() }
        #expect(try store.logicalState().isEmpty)
        #expect(try store.reader.search("words").isEmpty)
        #expect(try store.reader.progress().allSatisfy { $0.merged == 0 && $0.indexed == 0 && $0.received.sequence > 0 })
        #expect(try store.reader.statistics().messages == 0)
        #expect(try store.write(.normal) { try $0.threadState(history.threads[0]) } == nil)

        for set in history.shuffled(seed: 10) { try store.write(.normal) { try $0.merge(set) } }
        #expect(try store.logicalState() == expected)
        let after = try store.reader.statistics()
        #expect(after.messages == statistics.messages && after.unknownChanges == statistics.unknownChanges)
    }

    @Test("Emptying and replaying inside one transaction works, and is undone with it")
    func rebuildInOne() throws {
        let history = RandomHistory(seed: 6, sets: 150)
        let store = try ReplicaStore(.memory)
        try store.receive(history.authored.map(\.set))
        let expected = try store.logicalState()
        let statistics = try store.reader.statistics()
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.write(.normal) {
                try $0.resetMaterialised()
                for set in history.shuffled(seed: 3).prefix(50) { try $0.merge(set) }
                throw Stop()
            }
        }
        #expect(try store.logicalState() == expected)
        try store.write(.normal) {
            try $0.resetMaterialised()
            for set in history.shuffled(seed: 3) { try $0.merge(set) }
        }
        #expect(try store.logicalState() == expected)
        let after = try store.reader.statistics()
        #expect(after.messages == statistics.messages && after.unknownChanges == statistics.unknownChanges)
        #expect(statistics.messages > 0)
    }
}
