public import Causality

/// A value with exactly one byte form, whatever order it was built in: equal values have equal bytes, in every process.
///
/// Replica tables and logical digests use this form. The wire and the log do not (`Protocol/` specifies those).
public protocol CanonicalCodable {
    /// Appends the value's bytes.
    func encode(into writer: inout ByteWriter)
    /// Reads what `encode(into:)` wrote.
    init(from reader: inout ByteReader) throws(ByteReader.Failure)
}

extension CanonicalCodable {
    /// The value's bytes.
    public var canonicalBytes: [UInt8] {
        var writer = ByteWriter(capacity: 64)
        encode(into: &writer)
        return writer.bytes
    }

    /// The value whose bytes are all of `bytes`.
    public init(canonicalBytes bytes: [UInt8]) throws(ByteReader.Failure) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ByteReader.Failure) in try Self.decode(buffer) }
        }
        self = try result.get()
    }

    /// The value whose bytes are all of `buffer`.
    public static func decode(_ buffer: UnsafeRawBufferPointer) throws(ByteReader.Failure) -> Self {
        var reader = ByteReader(buffer)
        let value = try Self(from: &reader)
        try reader.finish()
        return value
    }
}

extension ByteWriter {
    mutating func optional<Value: CanonicalCodable>(_ value: Value?) {
        flag(value != nil)
        value?.encode(into: &self)
    }

    mutating func list<Value: CanonicalCodable>(_ values: [Value]) {
        varint(UInt64(values.count))
        for value in values { value.encode(into: &self) }
    }
}

extension ByteReader {
    mutating func optional<Value: CanonicalCodable>(_ type: Value.Type) throws(Failure) -> Value? {
        try flag() ? try Value(from: &self) : nil
    }

    mutating func list<Value: CanonicalCodable>(_ type: Value.Type) throws(Failure) -> [Value] {
        let count = try count()
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try Value(from: &self)) }
        return values
    }

    mutating func enumerated<Value: RawRepresentable>(
        _ type: Value.Type, _ name: String
    ) throws(Failure) -> Value where Value.RawValue == UInt8 {
        let start = self
        guard let value = Value(rawValue: try byte()) else { throw start.failure(.malformed("an unknown \(name)")) }
        return value
    }
}

extension Bool: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.flag(self) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) { self = try reader.flag() }
}

extension String: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.string(self) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) { self = try reader.text() }
}

extension Int64: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.fixed64(UInt64(bitPattern: self)) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = Int64(bitPattern: try reader.fixed64())
    }
}

extension Dot: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.fixed64(replica.rawValue)
        writer.varint(sequence)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(ReplicaID(try reader.fixed64()), try reader.varint())
    }
}

extension VersionVector: CanonicalCodable {}
