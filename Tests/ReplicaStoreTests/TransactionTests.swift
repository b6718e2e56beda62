import Causality
import Foundation
import GRDB
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Transactions")
struct TransactionTests {
    private struct Stop: Error {}

    @Test("A transaction that throws leaves rows and memory as before", arguments: [1, 5, 16_384])
    func rollback(capacity: Int) throws {
        let sets = RandomHistory(seed: 8, replicas: 3, sets: 200).shuffled(seed: 4)
        let store = try ReplicaStore(.memory, cacheCapacity: capacity)
        try store.receive(Array(sets.prefix(100)))
        let rows = try store.allRows()
        let progress = try store.reader.progress()
        for _ in 0..<3 {
            #expect(throws: Stop.self) {
                try store.write(.normal) { transaction in
                    for set in sets[100..<160] { try transaction.receive(set) }
                    try transaction.set([1], for: "key")
                    throw Stop()
                }
            }
            #expect(try store.allRows() == rows)
            try store.write(.normal) { #expect($0.progress() == progress) }
        }
        // Memory as before means that going on gives what a store without the failures holds.
        try store.receive(Array(sets.dropFirst(100)))
        let plain = try ReplicaStore(.memory)
        try plain.receive(sets)
        #expect(try store.logicalState() == plain.logicalState())
        #expect(try store.reader.statistics().messages == plain.reader.statistics().messages)
    }

    @Test("Each of many failures in turn changes nothing")
    func manyRollbacks() throws {
        let sets = RandomHistory(seed: 15, replicas: 3, sets: 120).shuffled(seed: 4)
        let store = try ReplicaStore(.memory, cacheCapacity: 4)
        for (index, set) in sets.enumerated() {
            #expect(throws: Stop.self) {
                try store.write(.normal) { transaction in
                    for next in sets[index..<min(index + 4, sets.count)] { try transaction.receive(next) }
                    throw Stop()
                }
            }
            try store.receive([set])
        }
        let plain = try ReplicaStore(.memory)
        try plain.receive(sets)
        #expect(try store.logicalState() == plain.logicalState())
    }

    @Test("Transactions do not nest, and one that is over refuses everything")
    func misuse() throws {
        let store = try ReplicaStore(.memory)
        var leaked: ReplicaTransaction?
        try store.write(.normal) { transaction in
            leaked = transaction
            #expect(failureCode { try store.write(.normal) { _ in } } == .inconsistent)
        }
        let transaction = try #require(leaked)
        #expect(failureCode { try transaction.receive(SimpleHistory().sets[0]) } == .inconsistent)
        #expect(failureCode { try transaction.set([1], for: "key") } == .inconsistent)
        #expect(failureCode { try transaction.resetMaterialised() } == .inconsistent)
    }

    @Test("A full disk is named, nothing of the transaction is kept, and the store goes on when there is room again")
    func diskFull() throws {
        let directory = try TemporaryDirectory()
        let sets = RandomHistory(seed: 31, sets: 200).shuffled(seed: 1)
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive(Array(sets.prefix(20)))
        let rows = try store.allRows()
        try store.withDatabase { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let large = [UInt8](repeating: 1, count: 100_000)
        let author = ReplicaID(1)
        func appendLarge() throws {
            try store.write(.full) { transaction in
                for set in sets[20..<60] { try transaction.receive(set) }
                let row = LogRow(sequence: 1, hash: .zero, body: large[...], contents: [])
                try transaction.append([row], of: author, epoch: testEpoch)
            }
        }
        #expect(failureCode(appendLarge) == .diskFull)
        #expect(try store.allRows() == rows)
        try store.withDatabase { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try appendLarge()
        try store.receive(Array(sets.dropFirst(60)))
        let plain = try ReplicaStore(.memory)
        try plain.receive(sets)
        #expect(try store.logicalState() == plain.logicalState())
    }

    @Test("A file system without room is named", .enabled(if: SmallFileSystem.isAvailable))
    func fileSystemFull() throws {
        let directory = try TemporaryDirectory()
        let fileSystem = try SmallFileSystem(at: directory.url, bytes: 1 << 20)
        defer { fileSystem.unmount() }
        let code = failureCode {
            let store = try ReplicaStore(.file(directory.path()))
            for sequence in 1...200 as ClosedRange<UInt64> {
                let body = [UInt8](repeating: 7, count: 20_000)
                try store.write(.full) {
                    let row = LogRow(sequence: sequence, hash: .zero, body: body[...], contents: [])
                    try $0.append([row], of: ReplicaID(1), epoch: testEpoch)
                }
            }
        }
        #expect(code == .diskFull)
        let store = try ReplicaStore(.file(directory.path()))
        let held = try store.reader.progress().first?.received.sequence ?? 0
        #expect(try store.reader.rows(of: ReplicaID(1), from: 1, bytesMax: .max).count == Int(held))
        #expect(try store.reader.checkIntegrity() == [])
        try store.close()
    }

    @Test("Files copied in the middle of a transaction open as the transaction before it, and go on")
    func crash() throws {
        let directory = try TemporaryDirectory()
        let sets = RandomHistory(seed: 12, sets: 200).shuffled(seed: 1)
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive(Array(sets.prefix(120)))
        let committed = try store.logicalState()
        try store.write(.normal) { transaction in
            for set in sets[120..<200] { try transaction.receive(set) }
            try transaction.flush()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: directory.path() + suffix, toPath: directory.path("copy.sqlite") + suffix)
            }
        }
        let copy = try ReplicaStore(.file(directory.path("copy.sqlite")))
        #expect(try copy.logicalState() == committed)
        #expect(try copy.reader.checkIntegrity() == [])
        try copy.receive(Array(sets.dropFirst(120)))
        #expect(try copy.logicalState() == store.logicalState())
    }

    @Test("A store dropped without closing opens again with every committed transaction")
    func dropped() throws {
        let directory = try TemporaryDirectory()
        let sets = RandomHistory(seed: 13, sets: 100).shuffled(seed: 1)
        var expected: [UInt8] = []
        do {
            let store = try ReplicaStore(.file(directory.path()))
            try store.receive(sets)
            expected = try store.logicalState()
        }
        #expect(try ReplicaStore(.file(directory.path())).logicalState() == expected)
    }

    @Test("On a file, a reader sees the last commit while a transaction is open")
    func readerDuringWrite() throws {
        let directory = try TemporaryDirectory()
        var history = SimpleHistory()
        history.addMessage()
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive([history.sets[0]])
        let reader = store.reader
        try store.write(.normal) { transaction in
            try transaction.receive(history.sets[1])
            try transaction.flush()
            #expect(try transaction.threadState(history.thread)?.messageCount == 1)
            #expect(try reader.state(of: history.thread)?.messageCount == 0)
            #expect(try reader.progress().map(\.merged) == [1])
        }
        #expect(try reader.state(of: history.thread)?.messageCount == 1)
        #expect(try reader.progress().map(\.merged) == [2])
    }

    @Test("In memory, a read inside a transaction sees it and one after sees the commit")
    func readerInMemory() throws {
        let history = SimpleHistory()
        let store = try ReplicaStore(.memory)
        try store.write(.normal) { transaction in
            try transaction.receive(history.sets[0])
            try transaction.flush()
            #expect(try store.reader.state(of: history.thread) != nil)
        }
        #expect(try store.reader.state(of: history.thread) != nil)
    }

    @Test("Many readers at once see whole transactions only")
    func concurrentReaders() async throws {
        let directory = try TemporaryDirectory()
        let history = RandomHistory(seed: 44, replicas: 2, sets: 200)
        let sets = history.shuffled(seed: 1)
        let store = try ReplicaStore(.file(directory.path()), readers: 3)
        let reader = store.reader
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<40 {
                        // Transactions take ten change sets, so a torn one would show as another number.
                        let merged = try reader.progress().reduce(0) { $0 + $1.merged }
                        #expect(merged % 10 == 0)
                        _ = try reader.threads(ThreadFilter(.open))
                    }
                }
            }
            try store.receive(sets, inTransactionsOf: 10)
            try await group.waitForAll()
        }
    }
}
