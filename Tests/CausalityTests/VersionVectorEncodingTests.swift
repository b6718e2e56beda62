import Causality
import Testing

@Suite("Encoding of version vectors")
struct VersionVectorEncodingTests {
    static let seeds = UInt64(0)..<200

    private static func bytes(_ vector: VersionVector) -> [UInt8] {
        var writer = ByteWriter()
        vector.encode(into: &writer)
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) throws -> VersionVector {
        try reading(bytes) { reader in try VersionVector(from: &reader) }
    }

    @Test("Encoding and decoding gives the vector back", arguments: seeds)
    func roundTrip(seed: UInt64) throws {
        var random = RandomVectors(seed: seed)
        let vector = random.vector()
        #expect(try Self.decode(Self.bytes(vector)) == vector, "seed \(seed)")
    }

    @Test("Equal vectors have equal bytes whatever order they were built in", arguments: seeds)
    func equalBytes(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let entries = random.entries()
        let shuffled = entries.shuffled(using: &random.generator)
        #expect(Self.bytes(VersionVector(entries)) == Self.bytes(VersionVector(shuffled)), "seed \(seed)")
    }

    @Test("Every truncation throws", arguments: seeds)
    func truncation(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let bytes = Self.bytes(random.vector())
        for count in 0..<bytes.count {
            #expect(throws: ByteReader.Failure.self, "seed \(seed), \(count) bytes") {
                try Self.decode(Array(bytes.prefix(count)))
            }
        }
    }

    @Test("Every byte form that decodes is the one that its vector encodes to", arguments: seeds)
    func oneForm(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        var bytes = Self.bytes(random.vector())
        let place = Int.random(in: 0..<bytes.count, using: &random.generator)
        bytes[place] ^= UInt8.random(in: 1...255, using: &random.generator)
        if let vector = try? Self.decode(bytes) { #expect(Self.bytes(vector) == bytes, "seed \(seed)") }
    }

    private static func entry(_ replica: UInt64, _ sequence: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed64(replica)
        return writer.bytes + sequence
    }

    @Test(
        "A second form of a vector is refused",
        arguments: [
            ("unsorted", [2] + entry(2, [1]) + entry(1, [1])),
            ("repeated", [2] + entry(1, [1]) + entry(1, [2])),
            ("zero", [1] + entry(1, [0])),
            ("padded number", [1] + entry(1, [0x81, 0x00])),
            ("padded count", [0x81, 0x00] + entry(1, [1])),
        ] as [(String, [UInt8])])
    func secondForms(name: String, bytes: [UInt8]) {
        #expect(throws: ByteReader.Failure.self, "\(name)") { try Self.decode(bytes) }
    }

    @Test("A count of more entries than there are bytes is refused before anything is allocated for it")
    func enormousCount() {
        #expect(throws: ByteReader.Failure(reason: .truncated, offset: 9)) {
            try Self.decode([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        }
    }
}
