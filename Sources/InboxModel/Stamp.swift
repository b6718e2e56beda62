public import Causality

/// Which change set wrote something, and when: the pair by which every list in a thread is ordered.
@frozen
public struct Stamp: Hashable, Comparable, Sendable {
    /// When, by the author's hybrid clock.
    public let timestamp: HybridTimestamp
    /// Which change set.
    public let dot: Dot

    /// A stamp of `dot` at `timestamp`.
    @inlinable
    public init(_ dot: Dot, _ timestamp: HybridTimestamp) {
        self.dot = dot
        self.timestamp = timestamp
    }

    /// By time, then by dot: a total order.
    @inlinable
    public static func < (left: Stamp, right: Stamp) -> Bool {
        left.timestamp == right.timestamp ? left.dot < right.dot : left.timestamp < right.timestamp
    }
}

extension Stamp: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        dot.encode(into: &writer)
        writer.fixed64(timestamp.rawValue)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let dot = try Dot(from: &reader)
        self.init(dot, HybridTimestamp(rawValue: try reader.fixed64()))
    }
}
