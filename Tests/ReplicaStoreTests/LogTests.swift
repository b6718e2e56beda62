import Causality
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Log")
struct LogTests {
    private let replica = ReplicaID(0xFFFF_0000_0000_0001)

    private func row(_ sequence: UInt64, bytes count: Int = 10) -> LogRow {
        let memory = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: count * 2)
        return LogRow(
            sequence: sequence, hash: hash(of: Dot(replica, sequence)), body: memory[..<count], contents: memory[count...])
    }

    @Test("What was appended is read back as it was, with epoch and signature")
    func roundTrip() throws {
        let store = try ReplicaStore(.memory)
        try store.write(.full) {
            try $0.append([row(1), row(2)], of: replica, epoch: [1, 2], signature: (sequence: 2, bytes: [9, 9]))
            try $0.append([row(3)], of: replica, epoch: [3])
        }
        let rows = try store.reader.rows(of: replica, from: 1, bytesMax: .max)
        #expect(rows.map(\.sequence) == [1, 2, 3])
        #expect(rows.map(\.epoch) == [[1, 2], [1, 2], [3]])
        #expect(rows.map(\.signature) == [nil, [9, 9], nil])
        #expect(rows.map(\.hash) == [1, 2, 3].map { hash(of: Dot(replica, $0)) })
        #expect(rows.map(\.body) == [1, 2, 3].map { [UInt8](repeating: $0, count: 10) })
        #expect(rows.map(\.contents) == rows.map(\.body))
        #expect(try store.reader.logRow(at: Dot(replica, 2)) == rows[1])
        #expect(try store.reader.logRow(at: Dot(replica, 4)) == nil)
        #expect(try store.reader.logRow(at: Dot(replica, 0)) == nil)
        #expect(try store.reader.logRow(at: Dot(ReplicaID(5), 1)) == nil)
        #expect(try store.write(.normal) { try $0.row(at: Dot(replica, 2)) } == rows[1])
    }

    @Test("Empty bodies and contents are kept as empty")
    func emptyBytes() throws {
        let store = try ReplicaStore(.memory)
        try store.write(.normal) { try $0.append([row(1, bytes: 0)], of: replica, epoch: []) }
        let stored = try #require(try store.reader.logRow(at: Dot(replica, 1)))
        #expect(stored.body == [] && stored.contents == [] && stored.epoch == [])
    }

    @Test(
        "A run that does not continue the log is refused and nothing of it is kept",
        arguments: [[4], [2], [1], [3, 5], [3, 3], [4, 3], [0]] as [[UInt64]])
    func contiguity(sequences: [UInt64]) throws {
        let store = try ReplicaStore(.memory)
        try store.write(.normal) { try $0.append([row(1), row(2)], of: replica, epoch: testEpoch) }
        try store.write(.normal) { transaction in
            let code = failureCode { try transaction.append(sequences.map { row($0) }, of: replica, epoch: testEpoch) }
            #expect(code == .inconsistent)
            #expect(transaction.head(of: replica).sequence == 2)
        }
        #expect(try store.reader.rows(of: replica, from: 1, bytesMax: .max).map(\.sequence) == [1, 2])
        try store.write(.normal) { try $0.append([row(3)], of: replica, epoch: testEpoch) }
    }

    @Test("The first change set of a log is number 1")
    func firstSequence() throws {
        let store = try ReplicaStore(.memory)
        #expect(failureCode { try store.write(.normal) { try $0.append([row(2)], of: replica, epoch: testEpoch) } } == .inconsistent)
        #expect(try store.reader.progress() == [])
    }

    @Test("Runs are cut by bytes and by count, and never empty where there is a row")
    func cuts() throws {
        let store = try ReplicaStore(.memory)
        try store.write(.normal) { try $0.append((1...10).map { row($0) }, of: replica, epoch: testEpoch) }
        func sequences(from: UInt64, bytes: Int, count: Int = .max) throws -> [UInt64] {
            try store.reader.rows(of: replica, from: from, bytesMax: bytes, countMax: count).map(\.sequence)
        }
        #expect(try sequences(from: 1, bytes: 60) == [1, 2, 3])
        #expect(try sequences(from: 4, bytes: 59) == [4, 5])
        #expect(try sequences(from: 4, bytes: 0) == [4])
        #expect(try sequences(from: 9, bytes: 1000) == [9, 10])
        #expect(try sequences(from: 1, bytes: 1000, count: 2) == [1, 2])
        #expect(try sequences(from: 11, bytes: 1000) == [])
        #expect(try sequences(from: 1, bytes: 1000, count: 0) == [])
        #expect(try sequences(from: .max, bytes: 1000) == [])
    }

    @Test("Logs of many replicas do not run into each other, and progress is sorted by replica")
    func manyReplicas() throws {
        let store = try ReplicaStore(.memory)
        let replicas = [7, 3, .max, 1 << 63].map { ReplicaID($0) }
        try store.write(.normal) { transaction in
            for round in 1...3 {
                for replica in replicas {
                    let dot = Dot(replica, UInt64(round))
                    let row = LogRow(sequence: dot.sequence, hash: hash(of: dot), body: [1], contents: [])
                    try transaction.append([row], of: replica, epoch: testEpoch)
                }
            }
        }
        let progress = try store.reader.progress()
        #expect(progress.map(\.replica) == replicas.sorted())
        #expect(progress.allSatisfy { $0.received == LogHead($0.replica, 3, hash(of: Dot($0.replica, 3))) && $0.merged == 0 })
        for replica in replicas {
            #expect(try store.reader.rows(of: replica, from: 1, bytesMax: .max).map(\.sequence) == [1, 2, 3])
        }
        try store.write(.normal) { #expect($0.progress() == progress) }
    }

    @Test("Merging needs the next change set of a log, and that it was received")
    func mergeOrder() throws {
        let store = try ReplicaStore(.memory)
        var history = SimpleHistory()
        history.addMessage()
        history.addMessage()
        let sets = history.sets
        try store.write(.normal) { transaction in
            #expect(failureCode { try transaction.merge(sets[0]) } == .inconsistent)
            try transaction.append(sets.prefix(2).map(logRow), of: history.replica, epoch: testEpoch)
            #expect(failureCode { try transaction.merge(sets[1]) } == .inconsistent)
            try transaction.merge(sets[0])
            #expect(failureCode { try transaction.merge(sets[0]) } == .inconsistent)
            #expect(failureCode { try transaction.skip(sets[0].dot) } == .inconsistent)
            try transaction.merge(sets[1])
            #expect(failureCode { try transaction.merge(sets[2]) } == .inconsistent)
            #expect(transaction.merged(of: history.replica) == 2)
        }
        #expect(try store.reader.state(of: history.thread)?.messageCount == 1)
    }

    @Test("What is set aside counts as merged, is listed with its reason, and can be taken out")
    func quarantine() throws {
        let store = try ReplicaStore(.memory)
        var history = SimpleHistory()
        history.addMessage()
        history.addMessage()
        try store.write(.normal) { transaction in
            try transaction.append(history.sets.map(logRow), of: history.replica, epoch: testEpoch)
            try transaction.merge(history.sets[0])
            try transaction.skip(Dot(history.replica, 2), quarantineReason: "beyond the cut", at: 77)
            try transaction.skip(Dot(history.replica, 3))
        }
        let expected = [QuarantinedSet(dot: Dot(history.replica, 2), reason: "beyond the cut", receivedAt: 77)]
        #expect(try store.reader.quarantine() == expected)
        #expect(try store.reader.progress().map(\.merged) == [3])
        #expect(try store.reader.state(of: history.thread)?.messageCount == 0)
        let quarantined = try store.logicalState()
        try store.write(.normal) {
            #expect(try $0.quarantine() == expected)
            try $0.removeQuarantine(Dot(history.replica, 2))
        }
        #expect(try store.reader.quarantine() == [])
        #expect(try store.logicalState() != quarantined)
    }

    @Test("Roster changes come back in the order in which they were added")
    func roster() throws {
        let store = try ReplicaStore(.memory)
        let other = ReplicaID(1)
        try store.write(.normal) { transaction in
            try transaction.append([row(1), row(2)], of: replica, epoch: testEpoch)
            try transaction.append(
                [LogRow(sequence: 1, hash: .zero, body: [], contents: [])], of: other, epoch: testEpoch)
            try transaction.addRoster(Dot(replica, 2), [2])
            try transaction.addRoster(Dot(other, 1), [3])
            try transaction.addRoster(Dot(replica, 1), [1])
            try transaction.addRoster(Dot(other, 1), [4])
            #expect(try transaction.roster().map(\.bytes) == [[2], [4], [1]])
            #expect(failureCode { try transaction.addRoster(Dot(replica, 3), [1]) } == .inconsistent)
        }
        let roster = try store.reader.roster()
        #expect(roster.map(\.dot) == [Dot(replica, 2), Dot(other, 1), Dot(replica, 1)])
        #expect(roster.map(\.bytes) == [[2], [4], [1]])
    }

    @Test("Settings are kept, replaced and removed")
    func settings() throws {
        let store = try ReplicaStore(.memory)
        try store.write(.normal) {
            try $0.set([1, 2], for: "a")
            try $0.set([], for: "b")
            try $0.set([3], for: "a")
            #expect(try $0.setting("a") == [3])
        }
        #expect(try store.reader.setting("a") == [3])
        #expect(try store.reader.setting("b") == [])
        try store.write(.normal) { try $0.set(nil, for: "a") }
        #expect(try store.reader.setting("a") == nil)
    }

    @Test("Times of any value keep their order as the table sorts them")
    func sortableTime() {
        let times = [0, 1, 1 << 47, (1 << 63) - 1, 1 << 63, .max].map { HybridTimestamp(rawValue: $0) }
        #expect(times.map(\.sortable) == times.map(\.sortable).sorted())
        #expect(times.map { HybridTimestamp(sortable: $0.sortable) } == times)
    }
}
