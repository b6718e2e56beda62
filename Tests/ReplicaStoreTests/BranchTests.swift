import Causality
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Branches in the store")
struct BranchTests {
    private let log = ReplicaID(1)
    private let branch = ReplicaID(0xB1)

    /// Six change sets, five of them merged; number 4 has roster changes, number 5 is set aside.
    private func store() throws -> (ReplicaStore, SimpleHistory) {
        var history = SimpleHistory()
        for _ in 0..<5 { history.addMessage() }
        let store = try ReplicaStore(.memory)
        try store.write(.full) { transaction in
            for set in history.sets {
                try transaction.append(
                    [logRow(for: set)], of: log, epoch: testEpoch, signature: (sequence: set.dot.sequence, bytes: [UInt8(set.dot.sequence)]))
            }
            for set in history.sets[0..<4] { try transaction.merge(set) }
            try transaction.skip(Dot(log, 5), quarantineReason: "removed", at: 7)
            try transaction.addRoster(Dot(log, 4), [4, 4])
        }
        return (store, history)
    }

    private func end(_ sequence: UInt64) -> LogHead { LogHead(log, sequence, hash(of: Dot(log, sequence))) }

    @Test("what lies beyond the fork has the branch's name, with signatures, roster changes and quarantine; the rest stays")
    func split() throws {
        let (store, _) = try store()
        try store.write(.full) { try $0.splitLog(at: end(3), into: branch) }
        let progress = store.progress
        #expect(try store.reader.progress() == progress)
        #expect(progress.map(\.replica) == [log, branch])
        #expect(progress.map(\.received.sequence) == [3, 6])
        #expect(progress.map(\.merged) == [3, 5])
        #expect(progress.map(\.base) == [0, 3])
        #expect(progress[0].received == end(3))
        #expect(progress[1].received.hash == hash(of: Dot(log, 6)))
        #expect(try store.reader.rows(of: log, from: 1, bytesMax: .max).map(\.sequence) == [1, 2, 3])
        let moved = try store.reader.rows(of: branch, from: 1, bytesMax: .max)
        #expect(moved.map(\.sequence) == [4, 5, 6])
        #expect(moved.map(\.signature) == [[4], [5], [6]])
        #expect(try store.reader.quarantine().map(\.dot) == [Dot(branch, 5)])
        #expect(try store.reader.roster().map(\.dot) == [Dot(branch, 4)])
    }

    @Test("the branch goes on after its base, and the log not at all without being told so")
    func goesOn() throws {
        let (store, history) = try store()
        try store.write(.full) { try $0.splitLog(at: end(3), into: branch) }
        try store.write(.normal) { transaction in
            let set = history.sets[5]
            let renamed = ChangeSet(
                stamp: Stamp(Dot(branch, 6), set.stamp.timestamp), actor: set.actor, office: set.office, changes: set.changes)
            try transaction.merge(renamed)
            let seven = LogRow(sequence: 7, hash: hash(of: Dot(branch, 7)), body: [1], contents: [])
            try transaction.append([seven], of: branch, epoch: testEpoch)
            #expect(throws: ReplicaStoreError.self) { try transaction.append([seven], of: log, epoch: testEpoch) }
        }
        #expect(store.progress.map(\.received.sequence) == [3, 7])
    }

    @Test("a branch of which nothing is held is held as far as its base, after a rebuild too")
    func begun() throws {
        let (store, _) = try store()
        let base = LogHead(branch, 3, hash(of: Dot(log, 3)))
        try store.write(.full) { try $0.beginBranch(base) }
        #expect(store.progress[1].received == base)
        #expect(store.progress[1].merged == 3 && store.progress[1].base == 3)
        try store.write(.full) { transaction in
            try transaction.resetMaterialised()
            #expect(transaction.merged(of: branch) == 3)
            #expect(transaction.merged(of: log) == 0)
        }
        #expect(throws: ReplicaStoreError.self) { try store.write(.full) { try $0.beginBranch(base) } }
    }

    @Test("what cannot be divided is left as it was", arguments: [6, 9])
    func nothingBeyond(_ sequence: UInt64) throws {
        let (store, _) = try store()
        let before = try store.allRows()
        #expect(throws: ReplicaStoreError.self) { try store.write(.full) { try $0.splitLog(at: end(sequence), into: branch) } }
        #expect(throws: ReplicaStoreError.self) {
            try store.write(.full) { try $0.splitLog(at: LogHead(ReplicaID(5), 1, .zero), into: branch) }
        }
        #expect(try store.allRows() == before)
    }

    @Test("a thread that is rebuilt with the new names shows them in its history")
    func rebuilt() throws {
        let (store, history) = try store()
        try store.write(.full) { transaction in
            try transaction.splitLog(at: end(3), into: branch)
            let steps = try transaction.steps(of: .thread(history.thread))
            #expect(steps == (1...4).map { Dot(log, $0) }, "until it is rebuilt the old names stand")
            let sets = history.sets[0..<4].map { set in
                set.dot.sequence <= 3
                    ? set
                    : ChangeSet(
                        stamp: Stamp(Dot(branch, set.dot.sequence), set.stamp.timestamp), actor: set.actor, office: set.office,
                        changes: set.changes)
            }
            try transaction.rebuild(.thread(history.thread), from: sets)
        }
        let thread = try #require(try store.reader.thread(history.thread))
        #expect(thread.timeline.map(\.stamp.dot) == [Dot(log, 1), Dot(log, 2), Dot(log, 3), Dot(branch, 4)])
        #expect(thread.state.clock == VersionVector([.init(log, 3), .init(branch, 4)]))
    }
}
