import Causality
import Testing

@Suite("Byte reader")
struct ByteReaderTests {
    @Test(
        "A variable-length number of more than 64 bits throws",
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        ] as [[UInt8]])
    func tooLarge(bytes: [UInt8]) {
        #expect(throws: ByteReader.Failure(reason: .overlongNumber, offset: 9)) {
            try reading(bytes) { try $0.varint() }
        }
    }

    @Test(
        "A variable-length number with needless bytes throws where each number must have one form",
        arguments: [
            [0x80, 0x00], [0x81, 0x00], [0xFF, 0x80, 0x00],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        ] as [[UInt8]])
    func padded(bytes: [UInt8]) {
        let failure = ByteReader.Failure(reason: .malformed("a number with needless bytes"), offset: 0)
        #expect(throws: failure) { try reading(bytes) { try $0.shortestVarint() } }
        #expect(throws: Never.self) { try reading(bytes) { try $0.varint() } }
    }

    @Test("A truth value that is neither 0 nor 1 throws", arguments: [UInt8(2), 0x80, 0xFF])
    func badFlag(byte: UInt8) {
        #expect(throws: ByteReader.Failure.self) { try reading([byte]) { try $0.flag() } }
    }

    @Test(
        "Text that is not UTF-8 throws at the place where it begins",
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func badText(bytes: [UInt8]) {
        #expect(throws: ByteReader.Failure(reason: .notText, offset: 0)) {
            try reading([UInt8(bytes.count)] + bytes) { try $0.text() }
        }
    }

    @Test("A count is refused where so many elements of their least size cannot follow")
    func counts() throws {
        let count = try reading([2, 0, 0]) { reader in
            let count = try reader.count()
            _ = try reader.slice(count)
            return count
        }
        #expect(count == 2)
        #expect(throws: ByteReader.Failure(reason: .truncated, offset: 1)) {
            try reading([3, 0, 0]) { try $0.count() }
        }
        #expect(throws: ByteReader.Failure(reason: .truncated, offset: 1)) {
            try reading([2, 0, 0, 0]) { try $0.count(elementSizeMinimum: 2) }
        }
    }

    @Test("Slices move on, and one of negative or too great length throws")
    func slices() throws {
        let left = try reading([1, 2, 3]) { reader in
            let first = Array(try reader.slice(2))
            #expect(first == [1, 2])
            #expect(reader.offset == 2)
            #expect(reader.remaining == 1)
            #expect(!reader.isAtEnd)
            #expect(throws: ByteReader.Failure(reason: .truncated, offset: 2)) { try reader.slice(2) }
            #expect(throws: ByteReader.Failure(reason: .truncated, offset: 2)) { try reader.slice(-1) }
            _ = try reader.slice(1)
            #expect(reader.isAtEnd)
            return reader.remaining
        }
        #expect(left == 0)
    }

    @Test("A failure says what and where, without any of the bytes")
    func failureText() {
        let failure = ByteReader.Failure(reason: .malformed("a clock entry of 0"), offset: 12)
        #expect(failure.description == "a clock entry of 0, at byte 12")
        let reasons: [ByteReader.Failure.Reason] = [.truncated, .overlongNumber, .notText, .trailingBytes]
        let texts = reasons.map { ByteReader.Failure(reason: $0, offset: 7).description }
        #expect(Set(texts).count == reasons.count)
        #expect(texts.allSatisfy { $0.hasSuffix(", at byte 7") })
    }
}
