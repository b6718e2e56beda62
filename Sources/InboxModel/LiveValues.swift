public import Causality

/// The writes to one field that no other write has seen. More than one means that people wrote it while apart.
///
/// A write removes the values its context covers and adds its own. The values are kept ascending by dot, so that replicas
/// which hold the same change sets hold equal `LiveValues`, whatever order they merged in. Which of several is *shown* is
/// each field's own total order over them; it never removes one.
public struct LiveValues<Value: Hashable & Sendable>: Hashable, Sendable {
    /// One live write.
    public struct Entry: Hashable, Sendable {
        /// Which change set wrote it, and when.
        public let stamp: Stamp
        /// What it wrote.
        public let value: Value

        /// The write of `value` by `stamp`.
        public init(_ stamp: Stamp, _ value: Value) {
            self.stamp = stamp
            self.value = value
        }
    }

    /// The live writes, ascending by dot.
    public private(set) var entries: [Entry]

    /// No write yet.
    public init() { entries = [] }

    /// Whether nothing was ever written, or all of it was removed.
    public var isEmpty: Bool { entries.isEmpty }

    /// Whether writes from people who had not seen each other are live.
    public var isConcurrent: Bool { entries.count > 1 }

    /// Removes what `seen` covers and adds `value`. Of two writes in one change set the later stays.
    public mutating func write(_ value: Value, at stamp: Stamp, seen: SeenContext) {
        remove(seen: seen)
        if PlantedBug.isPlanted(.lastWriterWins) { entries = [] }
        insert(value, at: stamp)
    }

    /// Adds `value` and removes nothing.
    public mutating func insert(_ value: Value, at stamp: Stamp) {
        let entry = Entry(stamp, value)
        if let last = entries.last, stamp.dot < last.stamp.dot {
            let index = entries.firstIndex { stamp.dot < $0.stamp.dot } ?? entries.endIndex
            entries.insert(entry, at: index)
        } else {
            entries.append(entry)
        }
    }

    /// Removes what `seen` covers.
    public mutating func remove(seen: SeenContext) {
        if entries.isEmpty { return }
        entries.removeAll { seen.covers($0.stamp.dot) }
    }

    /// Removes what `seen` covers, of those values for which `condition` holds.
    public mutating func remove(seen: SeenContext, where condition: (Value) -> Bool) {
        entries.removeAll { seen.covers($0.stamp.dot) && condition($0.value) }
    }

    /// The entry written last by (time, dot).
    public var latest: Entry? { entries.max { $0.stamp < $1.stamp } }

    /// The entry written first by (time, dot).
    public var earliest: Entry? { entries.min { $0.stamp < $1.stamp } }
}

/// What the author of one change had seen: the context that the change carries, and the changes before it in its own set.
public struct SeenContext: Sendable {
    /// The vector clock that the author's page showed.
    public let context: VersionVector
    /// The change set itself: later changes in it supersede earlier ones.
    public let own: Dot

    /// What a change of set `own` with `context` had seen.
    public init(_ context: VersionVector, own: Dot) {
        self.context = context
        self.own = own
    }

    /// Whether the author had seen `dot`.
    @inline(__always)
    public func covers(_ dot: Dot) -> Bool { dot == own || context.covers(dot) }
}

extension LiveValues: CanonicalCodable where Value: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(entries.count))
        for entry in entries {
            entry.stamp.encode(into: &writer)
            entry.value.encode(into: &writer)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let count = try reader.count(elementSizeMinimum: 17)
        entries = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let stamp = try Stamp(from: &reader)
            entries.append(Entry(stamp, try Value(from: &reader)))
        }
    }
}
