import Causality

// The hot path reads and writes the protobuf wire form directly: one pass from sealed bytes to changes, without the
// intermediate messages, their `Data` fields and their allocations. Tests hold both ways against the generated types.

/// How a protobuf field's value is laid out.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// The tag of one field.
struct FieldTag {
    let number: UInt32
    let type: WireType
}

extension ByteReader {
    /// `varint()` for tags and lengths, nearly all of which are one byte.
    @inline(__always)
    private mutating func shortNumber() throws(Failure) -> UInt64 {
        if offset < buffer.count && buffer[offset] < 0x80 { return UInt64(try byte()) }
        return try varint()
    }

    /// The next field's tag, or nil at the end.
    @inline(__always)
    mutating func nextField() throws(Failure) -> FieldTag? {
        if isAtEnd { return nil }
        let raw = try shortNumber()
        guard let type = WireType(rawValue: UInt8(raw & 7)), raw >> 3 > 0, raw >> 3 <= 0x1FFF_FFFF else {
            throw failure(.malformed("a field tag that is none"))
        }
        return FieldTag(number: UInt32(raw >> 3), type: type)
    }

    /// Passes over a field's value.
    mutating func skip(_ tag: FieldTag) throws(Failure) {
        switch tag.type {
        case .varint: _ = try varint()
        case .fixed64: _ = try slice(8)
        case .lengthDelimited: _ = try borrowedString()
        case .fixed32: _ = try slice(4)
        }
    }

    /// The value of a variable-length number field.
    @inline(__always)
    mutating func number(_ tag: FieldTag) throws(Failure) -> UInt64 {
        guard tag.type == .varint else { throw failure(.malformed("field \(tag.number) is no number")) }
        return try shortNumber()
    }

    /// The value of a byte string, text or message field, borrowed.
    @inline(__always)
    mutating func delimited(_ tag: FieldTag) throws(Failure) -> UnsafeRawBufferPointer {
        guard tag.type == .lengthDelimited else { throw failure(.malformed("field \(tag.number) is no byte string")) }
        let count = try shortNumber()
        guard count <= UInt64(remaining) else { throw failure(.truncated) }
        return try slice(Int(count))
    }

    /// The value of a text field.
    mutating func string(_ tag: FieldTag) throws(Failure) -> String {
        let start = self
        guard let text = String(validating: try delimited(tag), as: UTF8.self) else { throw start.failure(.notText) }
        return text
    }

    /// The value of a little-endian 64-bit field.
    mutating func littleEndian64(_ tag: FieldTag) throws(Failure) -> UInt64 {
        guard tag.type == .fixed64 else { throw failure(.malformed("field \(tag.number) is no 64-bit number")) }
        return UInt64(littleEndian: try slice(8).loadUnaligned(as: UInt64.self))
    }
}

extension ByteWriter {
    @inline(__always)
    mutating func tag(_ number: UInt32, _ type: WireType) { varint(UInt64(number) << 3 | UInt64(type.rawValue)) }

    /// A number field; zero is the default and is not written.
    mutating func number(_ field: UInt32, _ value: UInt64) {
        if value == 0 { return }
        explicitNumber(field, value)
    }

    /// A number field whose presence means something: written even where it is zero.
    mutating func explicitNumber(_ field: UInt32, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    /// A number field that may be absent.
    mutating func optionalNumber(_ field: UInt32, _ value: UInt16?) {
        if let value { explicitNumber(field, UInt64(value)) }
    }

    mutating func littleEndian64(_ field: UInt32, _ value: UInt64) {
        tag(field, .fixed64)
        fixed64(value.byteSwapped)
    }

    /// A text field; empty is the default and is not written.
    mutating func text(_ field: UInt32, _ value: String) {
        if value.isEmpty { return }
        explicitText(field, value)
    }

    mutating func explicitText(_ field: UInt32, _ value: String) {
        tag(field, .lengthDelimited)
        string(value)
    }

    mutating func data(_ field: UInt32, _ value: [UInt8]) {
        tag(field, .lengthDelimited)
        string(value)
    }

    /// A message field. `body` writes the message; its length is put before it.
    mutating func message(_ field: UInt32, _ body: (inout ByteWriter) -> Void) {
        tag(field, .lengthDelimited)
        prefixed(body)
    }
}
