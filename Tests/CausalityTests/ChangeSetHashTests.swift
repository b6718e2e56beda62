import Causality
import Testing

@Suite("Change set hash")
struct ChangeSetHashTests {
    static let bytes = (0..<32).map { UInt8($0 * 7) }

    @Test("Thirty-two bytes come back, and any other number is no hash")
    func roundTrip() throws {
        let hash = try #require(ChangeSetHash(bytes: Self.bytes))
        #expect(hash.bytes == Self.bytes)
        #expect(Self.bytes.withUnsafeBytes { ChangeSetHash(loading: $0) } == hash)
        #expect(hash.withUnsafeBytes { Array($0) } == Self.bytes)
        #expect(ChangeSetHash(bytes: Self.bytes.dropLast()) == nil)
        #expect(ChangeSetHash(bytes: Self.bytes + [0]) == nil)
        #expect(ChangeSetHash(bytes: [UInt8](repeating: 0, count: 32)) == .zero)
    }

    @Test("The tag is the first four bytes as a number")
    func tag() throws {
        let hash = try #require(ChangeSetHash(bytes: [0x01, 0x02, 0x03, 0x04] + [UInt8](repeating: 9, count: 28)))
        #expect(hash.tag == 0x0102_0304)
    }

    @Test("A difference in any byte makes another hash", arguments: 0..<32)
    func everyByteCounts(place: Int) throws {
        var other = Self.bytes
        other[place] ^= 1
        let (first, second) = (try #require(ChangeSetHash(bytes: Self.bytes)), try #require(ChangeSetHash(bytes: other)))
        #expect(first != second)
        #expect((first < second) == Self.bytes.lexicographicallyPrecedes(other))
        #expect((second < first) == other.lexicographicallyPrecedes(Self.bytes))
    }

    @Test("A description has sixty-four digits")
    func description() throws {
        let hash = try #require(ChangeSetHash(bytes: Self.bytes))
        #expect(hash.description == Hexadecimal.string(of: Self.bytes))
    }
}
