import Causality
import Testing
import Vault

@testable import ChangeLog

@Suite("Packed clocks and clock digests")
struct PackedClockTests {
    @Test("clocks, tagged clocks and dots have the bytes that the specification gives")
    func golden() {
        var writer = ByteWriter()
        writer.packedClock(VersionVector([.init(ReplicaID(2), 300), .init(ReplicaID(1), 1)]))
        #expect(Hexadecimal.string(of: writer.bytes) == "000000000000000101" + "0000000000000002ac02")
        writer.removeAll()
        writer.packedClock([TaggedClockEntry(ReplicaID(1), 1, tag: 0x0102_0304)])
        #expect(Hexadecimal.string(of: writer.bytes) == "00000000000000010101020304")
        writer.removeAll()
        writer.packedDots([Dot(ReplicaID(1), 1), Dot(ReplicaID(1), 2)])
        #expect(Hexadecimal.string(of: writer.bytes) == "000000000000000101" + "000000000000000102")
    }

    @Test("random clocks are read as they were written", arguments: UInt64(1)...50)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let entries = Set((0..<Int.random(in: 0...40, using: &random)).map { _ in random.next() }).sorted().map {
            TaggedClockEntry(
                ReplicaID($0), max(1, random.next() >> UInt64.random(in: 0..<64, using: &random)),
                tag: UInt32(truncatingIfNeeded: random.next()))
        }
        let vector = VersionVector(entries.map { VersionVector.Entry($0.replica, $0.sequence) })
        var writer = ByteWriter()
        writer.packedClock(entries)
        #expect(try writer.bytes.withReader { reader in try reader.packedTaggedClock() } == entries, "seed \(seed)")
        writer.removeAll()
        writer.packedClock(vector)
        #expect(try writer.bytes.withReader { reader in try reader.packedClock() } == vector, "seed \(seed)")
        writer.removeAll()
        writer.packedDots(entries.map(\.dot))
        #expect(try writer.bytes.withReader { reader in try reader.packedDots() } == entries.map(\.dot), "seed \(seed)")
    }

    @Test(
        "entries out of order, repeated, of number 0 or cut off are refused",
        arguments: [
            "000000000000000201000000000000000101", "000000000000000101000000000000000101", "000000000000000100",
            "00000000000000",
            "0000000000000001", "000000000000000180", "0000000000000001ffffffffffffffffff7f"
        ])
    func refused(hex: String) throws {
        let bytes = try #require(Hexadecimal.bytes(of: hex))
        #expect(throws: ByteReader.Failure.self) { try bytes.withReader { reader in try reader.packedClock() } }
        #expect(throws: ByteReader.Failure.self) { try bytes.withReader { reader in try reader.packedTaggedClock() } }
        #expect(throws: ByteReader.Failure.self) { try bytes.withReader { reader in try reader.packedDots() } }
    }

    @Test("a tagged clock without its last tag is refused")
    func tagCut() throws {
        let bytes = try #require(Hexadecimal.bytes(of: "000000000000000101010203"))
        #expect(throws: ByteReader.Failure.self) { try bytes.withReader { reader in try reader.packedTaggedClock() } }
    }

    @Test("a clock digest does not depend on the order of the heads nor on empty logs, and does on everything else")
    func digest() throws {
        let author = try Author()
        try author.write(2)
        let heads = [author.head, LogHead(ReplicaID(1), 5, author.log[0].hash)]
        let digest = ClockDigest.digest(of: heads)
        #expect(ClockDigest.digest(of: heads.reversed()) == digest)
        #expect(ClockDigest.digest(of: heads + [LogHead(empty: ReplicaID(77))]) == digest)
        let others = [
            [heads[0]], [heads[0], LogHead(ReplicaID(1), 4, heads[1].hash)],
            [heads[0], LogHead(ReplicaID(2), 5, heads[1].hash)],
            [heads[0], LogHead(ReplicaID(1), 5, heads[0].hash)], []
        ]
        for other in others { #expect(ClockDigest.digest(of: other) != digest) }
    }

    @Test("a clock digest is the hash of count and heads, written out")
    func digestBytes() throws {
        let hash = try #require(ChangeSetHash(bytes: [UInt8](repeating: 0xEE, count: 32)))
        let bytes = try #require(
            Hexadecimal.bytes(
                of: "0000000000000001" + "00000000000000aa" + "0000000000000009" + String(repeating: "ee", count: 32)))
        #expect(ClockDigest.digest(of: [LogHead(ReplicaID(0xAA), 9, hash)]) == Digest.hash(LogDomain.clock, bytes))
    }
}

extension [UInt8] {
    /// Calls `body` with a reader over the bytes.
    func withReader<Value>(_ body: (inout ByteReader) throws -> Value) throws -> Value {
        try withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            return try body(&reader)
        }
    }
}
