import Causality
import InboxModel
import Testing
import Vault

@testable import ChangeLog

@Suite("Bytes that nobody wrote")
struct FuzzTests {
    @Test(
        "random bytes are read or refused, and what is read is no larger than what was given", arguments: UInt64(1)...10
    )
    func randomBytes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var reader = RunReader(group: GroupID(genesis: []))
        let author = try Author()
        for _ in 0..<1_000 {
            let bytes = random.bytes(Int.random(in: 0..<200, using: &random))
            expectBounded(bytes)
            let frame = [0x2A, UInt8(bytes.count & 0x7F)] + bytes
            if let range = RunReader.runRange(in: frame) {
                #expect(
                    throws: LogError.self, "seed \(seed)",
                    performing: {
                        try reader.read(
                            frame, in: range, after: LogHead(empty: author.replica), author: author.key,
                            key: author.epoch)
                    })
            }
        }
    }

    @Test("bodies changed at random are read or refused", arguments: UInt64(1)...10)
    func mutatedBodies(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let original = bytes(of: random.body())
            for _ in 0..<15 {
                var mutated = original
                random.mutate(&mutated)
                expectBounded(mutated)
            }
        }
    }

    @Test("runs changed at random are refused, or are the run they were", arguments: UInt64(1)...5)
    func mutatedRuns(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let author = try Author.ofEveryShape()
        let original = try author.frame(1...6)
        let hashes = author.log.map(\.hash)
        for _ in 0..<400 {
            var mutated = original
            random.mutate(&mutated)
            var preparer = RunPreparer(group: author.group, heads: [], keys: author.keys)
            if case .run(let run, _) = preparer.prepare(mutated) {
                // Only bytes outside of what is kept may differ: protobuf lets a run's own fields be repeated.
                #expect(run.entries.map(\.entry.hash) == hashes, "seed \(seed)")
                #expect(zip(run.entries, author.log).allSatisfy { $0.entry.parts == $1.parts }, "seed \(seed)")
            }
        }
    }

    /// Reads bytes as a body and as an entry. A value that takes more memory than its bytes could justify is a failure; a crash is
    /// one anyway.
    private func expectBounded(_ bytes: [UInt8]) {
        if let body = try? decode(bytes, of: Dot(ReplicaID(1), 1)) {
            #expect(body.set.changes.count <= bytes.count / 2 && body.clock.count <= bytes.count / 13)
            #expect(body.set.changes.capacity <= 2 * bytes.count + 8 && body.clock.capacity <= bytes.count + 8)
        }
        bytes.withUnsafeBytes { buffer in
            if let parts = try? EntryParts(buffer) { #expect(parts.contentCount <= bytes.count / 2) }
        }
    }
}

extension SplitMix64 {
    /// Changes a few bytes: turns bits, cuts, repeats, puts in lengths that are too large.
    mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0...Int.random(in: 0..<3, using: &self) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[index] = UInt8(truncatingIfNeeded: next())
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1..<20, using: &self)))
            case 3: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 20)], at: index)
            case 4: bytes.insert(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], at: index)
            default: bytes.insert(contentsOf: self.bytes(Int.random(in: 1..<10, using: &self)), at: index)
            }
        }
    }
}
