import Causality
import Foundation
import GRDB
import InboxModel
import Testing
import Vault

@testable import ReplicaStore

@Suite("Sealed at rest")
struct SealedStoreTests {
    private static let canary = "CanaryInTheSealedReplica"

    private func seal(_ filler: UInt8 = 7) throws -> DatabaseSeal {
        DatabaseSeal(key: try SymmetricKey(copying: [UInt8](repeating: filler, count: 32)))
    }

    /// Every byte of every file in the directory.
    private func everything(_ directory: TemporaryDirectory) throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted()
            .reduce(into: Data()) { $0 += try Data(contentsOf: directory.url.appendingPathComponent($1)) }
    }

    private func append(_ sequences: ClosedRange<UInt64>, to store: ReplicaStore) throws {
        let body = Array(String(repeating: Self.canary, count: 20).utf8)
        try store.write(.full) { transaction in
            let rows = sequences.map { LogRow(sequence: $0, hash: .zero, body: body[...], contents: body[...]) }
            try transaction.append(rows, of: ReplicaID(1), epoch: testEpoch)
        }
    }

    @Test("A sealed replica is what it was when it is opened again, and no byte of it shows in its directory")
    func reopens() throws {
        let directory = try TemporaryDirectory()
        let seal = try seal()
        let store = try ReplicaStore(.file(directory.path(), seal: seal))
        try store.receive(RandomHistory(seed: 5, sets: 300).shuffled(seed: 1), inTransactionsOf: 40)
        try append(1...200, to: store)
        let state = try store.logicalState()
        #expect(try everything(directory).range(of: Data(Self.canary.utf8)) == nil)
        try store.checkpoint()
        #expect(try store.reader.checkIntegrity(thorough: true) == [])
        try store.close()
        #expect(try everything(directory).range(of: Data(Self.canary.utf8)) == nil)
        let again = try ReplicaStore(.file(directory.path(), seal: seal))
        #expect(try again.logicalState() == state)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path())[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        // The same in the clear is found: the search can fail.
        let plain = try TemporaryDirectory()
        try append(1...200, to: ReplicaStore(.file(plain.path())))
        #expect(try everything(plain).range(of: Data(Self.canary.utf8)) != nil)
    }

    @Test("A sealed replica without its key, with another key, and a plain one with a key are told apart; nothing is changed")
    func refusals() throws {
        let directory = try TemporaryDirectory()
        try append(1...50, to: ReplicaStore(.file(directory.path(), seal: try seal())))
        let before = try everything(directory)
        let keyless = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(directory.path())) }
        #expect(keyless?.code == .sealed)
        #expect(keyless?.message.contains("at-rest") == true)
        let other = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(directory.path(), seal: try self.seal(8))) }
        #expect(other?.code == .wrongKey)
        #expect(other?.message.contains(directory.path()) == true)
        #expect(try everything(directory) == before)
        let plain = try TemporaryDirectory()
        try append(1...50, to: ReplicaStore(.file(plain.path())))
        let plainBefore = try everything(plain)
        let unsealed = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(plain.path(), seal: try self.seal())) }
        #expect(unsealed?.code == .notSealed)
        #expect(unsealed?.message.contains("suture seal") == true)
        #expect(try everything(plain) == plainBefore)
        let again = try ReplicaStore(.file(directory.path(), seal: seal()))
        #expect(try again.reader.progress().map(\.received.sequence) == [50])
    }

    @Test("A damaged page is named by file and number, whoever reads it")
    func damage() throws {
        let directory = try TemporaryDirectory()
        let seal = try seal()
        let store = try ReplicaStore(.file(directory.path(), seal: seal))
        try store.receive(RandomHistory(seed: 3, sets: 300).shuffled(seed: 1), inTransactionsOf: 50)
        try store.checkpoint()
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: directory.path()))
        let pages = try file.seekToEnd() / 4096
        for page in 2..<pages {
            try file.seek(toOffset: page * 4096 + 123)
            let byte = try #require(try file.read(upToCount: 1)?.first)
            try file.seek(toOffset: page * 4096 + 123)
            try file.write(contentsOf: Data([byte ^ 16]))
        }
        let error = #expect(throws: ReplicaStoreError.self) {
            let damaged = try ReplicaStore(.file(directory.path(), seal: seal))
            _ = try damaged.logicalState()
        }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("replica.sqlite is not authentic") == true)
        #expect(error?.message.contains("page ") == true)
    }

    @Test("Readers beside the writer see whole transactions, on connections of their own")
    func concurrentReading() async throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path(), seal: try seal()), readers: 3)
        let reader = store.reader
        try append(1...100, to: store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var last: UInt64 = 0
                    for _ in 0..<60 {
                        let head = try reader.progress().first?.received.sequence ?? 0
                        #expect(head >= last && head.isMultiple(of: 100))
                        let row = try reader.logRow(at: Dot(ReplicaID(1), head))
                        #expect(row != nil)
                        last = head
                    }
                }
            }
            for round in 1..<UInt64(20) {
                try append(round * 100 + 1...round * 100 + 100, to: store)
                if round % 6 == 0 { try store.checkpoint() }
            }
            try await group.waitForAll()
        }
        #expect(try store.reader.checkIntegrity() == [])
    }

    @Test("Closing takes the last file from the seal, so that the key is wiped")
    func closing() throws {
        let directory = try TemporaryDirectory()
        let database = try ReplicaDatabase(.file(directory.path(), seal: try seal()), readers: 2)
        let sealing = try #require(database.sealing)
        #expect(sealing.openFiles > 0)
        try database.writer.close()
        #expect(sealing.openFiles == 0)
    }

    @Test("A plain replica is sealed in place with all that it holds; sealing it again does nothing")
    func sealInPlace() throws {
        let directory = try TemporaryDirectory()
        let seal = try seal()
        let plain = try ReplicaStore(.file(directory.path()))
        try plain.receive(RandomHistory(seed: 5, sets: 200).shuffled(seed: 1), inTransactionsOf: 40)
        try append(1...50, to: plain)
        let rows = try plain.allRows()
        let state = try plain.logicalState()
        #expect(failureCode { _ = try ReplicaSealing.sealInPlace(directory.path(), seal) } == .locked)
        try plain.close()
        // What an attempt that was cut short leaves.
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: directory.path() + ".sealing"))
        #expect(try ReplicaSealing.sealInPlace(directory.path(), seal))
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted()
        #expect(names == ["replica.sqlite", "replica.sqlite.lock"])
        #expect(try everything(directory).range(of: Data(Self.canary.utf8)) == nil)
        #expect(try !ReplicaSealing.sealInPlace(directory.path(), seal))
        #expect(failureCode { _ = try ReplicaSealing.sealInPlace(directory.path(), try self.seal(8)) } == .wrongKey)
        let sealed = try ReplicaStore(.file(directory.path(), seal: seal))
        #expect(try sealed.allRows() == rows)
        #expect(try sealed.logicalState() == state)
        #expect(try sealed.reader.checkIntegrity(thorough: true) == [])
    }

    @Test("A second store on the same sealed file is refused while the first lives")
    func locked() throws {
        let directory = try TemporaryDirectory()
        let seal = try seal()
        let first = try ReplicaStore(.file(directory.path(), seal: seal))
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path(), seal: seal)) } == .locked)
        try first.close()
        _ = try ReplicaStore(.file(directory.path(), seal: seal))
    }

    @Test("A transaction larger than the cache is kept whole")
    func largeTransaction() throws {
        let directory = try TemporaryDirectory()
        let seal = try seal()
        var store: ReplicaStore? = try ReplicaStore(.file(directory.path(), seal: seal))
        try store?.withDatabase { try $0.execute(sql: "PRAGMA cache_size = 40") }
        try store?.receive(RandomHistory(seed: 9, sets: 1200).shuffled(seed: 2), inTransactionsOf: 1200)
        let state = try store?.logicalState()
        store = nil
        let again = try ReplicaStore(.file(directory.path(), seal: seal))
        #expect(try again.logicalState() == state)
        #expect(try again.reader.checkIntegrity(thorough: true) == [])
    }
}
