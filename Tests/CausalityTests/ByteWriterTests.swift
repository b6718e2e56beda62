import Causality
import Testing

@Suite("Byte writer")
struct ByteWriterTests {
    @Test("Fixed-width numbers are big-endian, the others seven bits a byte with the low bits first")
    func forms() {
        var writer = ByteWriter()
        writer.fixed16(0x0102)
        writer.fixed32(0x0304_0506)
        writer.fixed64(0x0708_090A_0B0C_0D0E)
        writer.varint(300)
        writer.flag(true)
        writer.byte(9)
        #expect(writer.bytes == Array(1...14) + [0xAC, 0x02, 1, 9])
        #expect(writer.count == 18)
    }

    @Test("Strings carry their length in bytes, raw bytes carry none")
    func strings() {
        var writer = ByteWriter()
        writer.string("né")
        writer.string([5, 6] as [UInt8])
        writer.raw([7, 8])
        [UInt8(9)].withUnsafeBytes { writer.raw($0) }
        #expect(writer.bytes == [3, 0x6E, 0xC3, 0xA9, 2, 5, 6, 7, 8, 9])
    }

    @Test(
        "A prefixed body has its length before it, however many bytes the length takes",
        arguments: [0, 1, 127, 128, 20_000])
    func prefixed(count: Int) {
        let body = [UInt8](repeating: 3, count: count)
        var prefixed = ByteWriter()
        prefixed.byte(9)
        prefixed.prefixed { $0.raw(body) }
        var string = ByteWriter()
        string.byte(9)
        string.string(body)
        #expect(prefixed.bytes == string.bytes)
        #expect(prefixed.withUnsafeBytes { Array($0) } == string.bytes)
    }

    @Test("A writer used again starts empty")
    func reuse() {
        var writer = ByteWriter(capacity: 8)
        writer.fixed64(1)
        writer.removeAll()
        #expect(writer.count == 0)
        writer.byte(4)
        #expect(writer.bytes == [4])
    }
}
