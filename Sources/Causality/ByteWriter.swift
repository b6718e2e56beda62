/// Appends numbers and byte strings to a buffer in the forms that every Suture encoding uses.
///
/// Fixed-width numbers are big-endian, variable-length numbers LEB128 as in protobuf. Reuse one writer with
/// `removeAll()` on a hot path: the storage is kept.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// How many bytes were written.
    public var count: Int { bytes.count }

    /// Forgets what was written and keeps the storage.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// One byte.
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// A truth value as one byte, 0 or 1.
    public mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// Two bytes, big-endian.
    public mutating func fixed16(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Four bytes, big-endian.
    public mutating func fixed32(_ value: UInt32) {
        Swift.withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Eight bytes, big-endian.
    public mutating func fixed64(_ value: UInt64) {
        Swift.withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Seven bits a byte, low bits first, the high bit set on all but the last byte.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The bytes as they are.
    public mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// The bytes as they are.
    public mutating func raw(_ value: UnsafeRawBufferPointer) { bytes.append(contentsOf: value) }

    /// A length as a variable-length number, then the bytes.
    public mutating func string(_ value: [UInt8]) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A length as a variable-length number, then what `body` writes. The length's own bytes are moved in afterwards, so that
    /// nothing is written twice.
    public mutating func prefixed(_ body: (inout ByteWriter) -> Void) {
        let start = bytes.count
        bytes.append(0)
        body(&self)
        var rest = UInt64(bytes.count - start - 1)
        if rest < 0x80 {
            bytes[start] = UInt8(rest)
            return
        }
        var length: [UInt8] = []
        while rest >= 0x80 {
            length.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        length.append(UInt8(rest))
        bytes.replaceSubrange(start...start, with: length)
    }

    /// A length as a variable-length number, then the text as UTF-8.
    public mutating func string(_ value: String) {
        var text = value
        text.withUTF8 {
            varint(UInt64($0.count))
            bytes.append(contentsOf: $0)
        }
    }
}

extension ByteWriter {
    /// Calls `body` with what was written; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome = bytes.withUnsafeBytes { buffer in
            Swift.Result { () throws(Failure) in try body(buffer) }
        }
        return try outcome.get()
    }
}
