/// Reads what `ByteWriter` wrote, without copying and without trusting a received length.
///
/// The reader borrows its memory: it must not outlive the closure that gave it the buffer.
public struct ByteReader {
    /// Why bytes could not be read, and where.
    public struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        /// What was wrong.
        public enum Reason: Equatable, Sendable {
            /// The bytes ended inside a value.
            case truncated
            /// A variable-length number of more than 64 bits.
            case overlongNumber
            /// Text that is not UTF-8.
            case notText
            /// Bytes left behind where the value ends.
            case trailingBytes
            /// Anything else, named.
            case malformed(String)
        }

        /// What was wrong.
        public let reason: Reason
        /// How many bytes had been read before it.
        public let offset: Int

        /// A failure of `reason` at byte `offset`.
        public init(reason: Reason, offset: Int) {
            self.reason = reason
            self.offset = offset
        }

        /// What was wrong and where, without any of the bytes.
        public var description: String {
            let what =
                switch reason {
                case .truncated: "the bytes end inside a value"
                case .overlongNumber: "a number of more than 64 bits"
                case .notText: "text that is not UTF-8"
                case .trailingBytes: "bytes after the end of the value"
                case .malformed(let name): name
                }
            return "\(what), at byte \(offset)"
        }
    }

    /// The whole memory.
    public let buffer: UnsafeRawBufferPointer
    /// How far it was read.
    public private(set) var offset: Int

    /// A reader at the start of `buffer`.
    public init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
        offset = 0
    }

    /// How many bytes are left.
    public var remaining: Int { buffer.count - offset }

    /// Whether all was read.
    public var isAtEnd: Bool { offset == buffer.count }

    /// A failure at this place.
    public func failure(_ reason: Failure.Reason) -> Failure { Failure(reason: reason, offset: offset) }

    /// Throws unless all was read.
    public func finish() throws(Failure) {
        if !isAtEnd { throw failure(.trailingBytes) }
    }

    /// One byte.
    public mutating func byte() throws(Failure) -> UInt8 {
        guard offset < buffer.count else { throw failure(.truncated) }
        defer { offset += 1 }
        return buffer[offset]
    }

    /// One byte that must be 0 or 1.
    public mutating func flag() throws(Failure) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw failure(.malformed("a truth value that is neither 0 nor 1"))
        }
    }

    /// Two bytes, big-endian.
    public mutating func fixed16() throws(Failure) -> UInt16 {
        UInt16(bigEndian: try slice(2).loadUnaligned(as: UInt16.self))
    }

    /// Four bytes, big-endian.
    public mutating func fixed32() throws(Failure) -> UInt32 {
        UInt32(bigEndian: try slice(4).loadUnaligned(as: UInt32.self))
    }

    /// Eight bytes, big-endian.
    public mutating func fixed64() throws(Failure) -> UInt64 {
        UInt64(bigEndian: try slice(8).loadUnaligned(as: UInt64.self))
    }

    /// A variable-length number.
    public mutating func varint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < buffer.count else { throw failure(.truncated) }
            let next = buffer[offset]
            if shift == 63 && next > 1 { throw failure(.overlongNumber) }
            offset += 1
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A variable-length number in its shortest form. Throws where it has needless bytes: for what is hashed or compared as
    /// bytes, in which each number must have one form. (Protobuf allows them, so `varint()` does.)
    public mutating func shortestVarint() throws(Failure) -> UInt64 {
        let start = self
        let value = try varint()
        if offset > start.offset + 1 && buffer[offset - 1] == 0 {
            throw start.failure(.malformed("a number with needless bytes"))
        }
        return value
    }

    /// A number of elements that follow, each of at least `elementSizeMinimum` bytes. Throws where that many cannot be left,
    /// so that a received count never decides an allocation.
    public mutating func count(elementSizeMinimum: Int = 1) throws(Failure) -> Int {
        let value = try varint()
        guard value <= UInt64(remaining / max(1, elementSizeMinimum)) else { throw failure(.truncated) }
        return Int(value)
    }

    /// The next `count` bytes, borrowed.
    public mutating func slice(_ count: Int) throws(Failure) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw failure(.truncated) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: buffer[offset..<offset + count])
    }

    /// A length and that many bytes, borrowed.
    public mutating func borrowedString() throws(Failure) -> UnsafeRawBufferPointer {
        try slice(try count())
    }

    /// A length and that many bytes, copied.
    public mutating func bytes() throws(Failure) -> [UInt8] { Array(try borrowedString()) }

    /// A length and that much UTF-8 text.
    public mutating func text() throws(Failure) -> String {
        let start = self
        guard let text = String(validating: try borrowedString(), as: UTF8.self) else { throw start.failure(.notText) }
        return text
    }
}
