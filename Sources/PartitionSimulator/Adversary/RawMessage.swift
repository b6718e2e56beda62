/// Bytes in the wire format of protocol buffers, written by hand: what honest code would not write.
struct RawMessage {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var left = value
        while left >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        bytes.append(UInt8(left))
    }

    mutating func number(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        varint(field << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func data(_ field: UInt64, _ value: [UInt8]) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A message whose one field is `message`.
    static func wrapping(_ field: UInt64, _ message: RawMessage) -> RawMessage {
        var outer = RawMessage()
        outer.data(field, message.bytes)
        return outer
    }
}
