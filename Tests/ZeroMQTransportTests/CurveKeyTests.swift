import Testing

@testable import ZeroMQTransport

@Suite("A CURVE key")
struct CurveKeyTests {
    @Test("keeps its bytes")
    func roundTrip() throws {
        let bytes = (0..<32).map { UInt8($0 * 7 + 1) }
        #expect(try #require(CurveKey(bytes: bytes)).bytes == bytes)
    }

    @Test("is exactly 32 bytes long", arguments: [0, 1, 31, 33, 40, 64])
    func wrongLength(count: Int) {
        #expect(CurveKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test("orders like its bytes", arguments: [0, 7, 8, 15, 16, 24, 31])
    func order(position: Int) throws {
        var low = [UInt8](repeating: 9, count: 32)
        var high = low
        low[position] = 127
        high[position] = 128
        // What follows the first difference must not matter.
        for later in (position + 1)..<33 where later < 32 { low[later] = 255 }
        let (first, second) = (try #require(CurveKey(bytes: low)), try #require(CurveKey(bytes: high)))
        #expect(first < second)
        #expect(!(second < first))
        #expect(first != second)
    }

    @Test("reads its hexadecimal form back")
    func hexadecimal() throws {
        let key = try CurveKeyPair.random().publicKey
        #expect(key.description.count == 64)
        #expect(key.description.withCString { CurveKey(hexadecimal: $0) } == key)
    }

    @Test(
        "is not read from anything but 64 lower-case digits",
        arguments: ["", "ab", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
            String(repeating: "A", count: 64), String(repeating: "g", count: 64)])
    func malformed(text: String) {
        #expect(text.withCString { CurveKey(hexadecimal: $0) } == nil)
    }
}
