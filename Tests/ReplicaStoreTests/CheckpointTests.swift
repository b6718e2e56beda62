import Causality
import Foundation
import Testing

@testable import ReplicaStore

@Suite("Checkpoints")
struct CheckpointTests {
    private func append(_ sequence: UInt64, to store: ReplicaStore) throws {
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 1 << 20)
        try store.write(.normal) {
            let row = LogRow(sequence: sequence, hash: .zero, body: body[...], contents: [])
            try $0.append([row], of: ReplicaID(1), epoch: testEpoch)
        }
    }

    @Test("Under steady writing the write-ahead log is started anew, and nothing is lost")
    func restarts() throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        let checkpointer = try #require(store.checkpointer)
        var sequence: UInt64 = 0
        var pages = 0
        // As many pages as the writer lets the log grow to, whatever the disk does meanwhile.
        while checkpointer.logPages >= pages && sequence < UInt64(Checkpointer.pagesMax / 256) + 2 {
            pages = checkpointer.logPages
            sequence += 1
            try append(sequence, to: store)
        }
        #expect(checkpointer.logPages < pages)
        #expect(pages >= Checkpointer.slicePages)
        #expect(try store.reader.checkIntegrity() == [])
        try store.close()
        let again = try ReplicaStore(.file(directory.path()))
        #expect(try again.reader.progress().map(\.received.sequence) == [sequence])
        for number in [1, sequence] {
            let row = try #require(try again.reader.logRow(at: Dot(ReplicaID(1), number)))
            #expect(row.body.count == 1 << 20 && row.body.allSatisfy { $0 == UInt8(truncatingIfNeeded: number) })
        }
    }

    @Test("A checkpoint asked for leaves an empty write-ahead log")
    func onDemand() throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        try append(1, to: store)
        func logBytes() throws -> Int {
            let size = try FileManager.default.attributesOfItem(atPath: directory.path() + "-wal")[.size] as? NSNumber
            return try #require(size?.intValue)
        }
        #expect(try logBytes() > 0)
        try store.checkpoint()
        #expect(try logBytes() == 0)
        #expect(try store.reader.progress().map(\.received.sequence) == [1])
    }
}
