import Testing
import Vault

@Suite struct RandomSourceTests {
    @Test("A seeded source gives the ChaCha20 stream that its comment describes")
    func knownStream() {
        // Expected values: ChaCha20 of another implementation; the second place is past the first internal chunk.
        let stream = SeededRandomSource(seed: 42, stream: "keys").bytes(1100)
        #expect(Array(stream[..<32]) == bytes(hex: "75053cbce0ac871d6850459b5657946354588f7f4dcba7d3dbdd3a527e7f9444"))
        #expect(
            Array(stream[1020..<1052])
                == bytes(hex: "f3be434acda90f136f4a92bfb336098476b98d10af4787fa66f9209ddf43ad77"))
    }

    @Test("How the reads are cut does not matter", arguments: [1, 3, 8, 63, 64, 65, 1023, 1024, 1025, 5000])
    func cuts(size: Int) {
        let whole = SeededRandomSource(seed: 7, stream: "cuts").bytes(5000)
        let source = SeededRandomSource(seed: 7, stream: "cuts")
        var pieces: [UInt8] = []
        while pieces.count < 5000 { pieces += source.bytes(min(size, 5000 - pieces.count)) }
        #expect(pieces == whole)
    }

    @Test("Another seed or another stream name gives other bytes")
    func differentStreams() {
        let streams: Set = [
            SeededRandomSource(seed: 1, stream: "a").bytes(16), SeededRandomSource(seed: 2, stream: "a").bytes(16),
            SeededRandomSource(seed: 1, stream: "b").bytes(16), SeededRandomSource(seed: 1 << 56, stream: "a").bytes(16),
        ]
        #expect(streams.count == 4)
    }

    @Test("A 64-bit number is eight bytes, high byte first")
    func numbers() {
        let expected = seeded().bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        #expect(seeded().uint64() == expected)
    }

    @Test("Empty reads are allowed and take nothing from the stream")
    func emptyRead() {
        let source = seeded()
        #expect(source.bytes(0) == [])
        source.fill(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        #expect(source.bytes(8) == seeded().bytes(8))
        #expect(SystemRandomSource().bytes(0) == [])
    }

    @Test("The system's bytes do not repeat and reach every place of the buffer")
    func systemSource() {
        let source = SystemRandomSource()
        #expect(Set((0..<100).map { _ in source.bytes(16) }).count == 100)
        // Each of 40 places stays zero in all of 20 draws with a chance of 2^-160.
        var seen = [UInt8](repeating: 0, count: 40)
        for _ in 0..<20 { seen = zip(seen, source.bytes(40)).map { $0 | $1 } }
        #expect(!seen.contains(0))
    }

    @Test("Readers on several threads share one stream without loss or repetition")
    func concurrentReaders() async {
        let source = SeededRandomSource(seed: 3, stream: "shared")
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 { group.addTask { (0..<1000).map { _ in source.uint64() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let alone = SeededRandomSource(seed: 3, stream: "shared")
        #expect(numbers.sorted() == (0..<8000).map { _ in alone.uint64() }.sorted())
    }
}
