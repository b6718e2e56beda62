public import Causality

/// Where something that was said lies: content `index` of change set `dot`.
///
/// Content is sealed apart from the change that refers to it, so that it can be destroyed while the record of who did
/// what stays. A change names its content by the index alone; state that outlives the change set needs the dot too.
@frozen
public struct ContentReference: Hashable, Comparable, Sendable {
    /// The change set that carries the content.
    public let dot: Dot
    /// Its place among that change set's contents, from 0.
    public let index: UInt16

    /// Content `index` of change set `dot`.
    @inlinable
    public init(_ dot: Dot, _ index: UInt16) {
        self.dot = dot
        self.index = index
    }

    /// By change set, then place.
    @inlinable
    public static func < (left: ContentReference, right: ContentReference) -> Bool {
        left.dot == right.dot ? left.index < right.index : left.dot < right.dot
    }
}

extension ContentReference: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        dot.encode(into: &writer)
        writer.varint(UInt64(index))
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let dot = try Dot(from: &reader)
        let start = reader
        guard let index = UInt16(exactly: try reader.shortestVarint()) else {
            throw start.failure(.malformed("a content index of more than 16 bits"))
        }
        self.init(dot, index)
    }
}
