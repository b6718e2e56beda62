public import Causality

/// Messages of the patient that go on in another thread, because they are about another matter. Said in the thread where they were
/// written: they stay readable there, and wait for an answer there no longer.
public struct ThreadSplit: Hashable, Sendable {
    /// One message.
    public struct Part: Hashable, Comparable, Sendable {
        /// The message.
        public let message: MessageID
        /// The change set that brought it.
        public let changeSet: Dot

        /// `message`, which `changeSet` brought.
        public init(_ message: MessageID, in changeSet: Dot) {
            self.message = message
            self.changeSet = changeSet
        }

        /// By change set, then message.
        public static func < (left: Part, right: Part) -> Bool {
            left.changeSet == right.changeSet ? left.message < right.message : left.changeSet < right.changeSet
        }
    }

    /// The messages. Ascending.
    public let parts: [Part]
    /// Where they go on.
    public let into: ThreadID

    /// A split from its parts.
    public init(_ parts: [Part], into: ThreadID) {
        self.parts = parts.sorted()
        self.into = into
    }
}

/// Messages that were written in another thread and go on here. Said in the same change set as the copies of the messages, after them.
public struct ThreadContinuation: Hashable, Sendable {
    /// Where they were written.
    public let from: ThreadID
    /// The messages as they stand there, in the order of the copies.
    public let parts: [ThreadSplit.Part]
    /// Whether one of them waited for an answer there: then it waits here.
    public let isWaiting: Bool

    /// A continuation from its parts.
    public init(from: ThreadID, _ parts: [ThreadSplit.Part], isWaiting: Bool) {
        self.from = from
        self.parts = parts
        self.isWaiting = isWaiting
    }
}

/// A split of a thread, as it is kept there.
public struct SplitMark: Hashable, Comparable, Sendable {
    /// Which change set split it, and when.
    public let stamp: Stamp
    /// What goes on where.
    public let split: ThreadSplit

    /// A split from its parts.
    public init(stamp: Stamp, split: ThreadSplit) {
        self.stamp = stamp
        self.split = split
    }

    /// By time and dot, then by where it goes on and what.
    public static func < (left: SplitMark, right: SplitMark) -> Bool {
        if left.stamp != right.stamp { return left.stamp < right.stamp }
        if left.split.into != right.split.into { return left.split.into < right.split.into }
        return left.split.parts.lexicographicallyPrecedes(right.split.parts)
    }
}

extension ThreadState {
    /// Where a message goes on: in several threads where people split it off while apart, the first split first.
    public func continuations(of message: MessageID) -> [ThreadID] {
        var threads: [ThreadID] = []
        for mark in splits where mark.split.parts.contains(where: { $0.message == message }) && !threads.contains(mark.split.into) {
            threads.append(mark.split.into)
        }
        return threads
    }

    /// Merges what is said about splitting.
    mutating func split(_ change: ThreadChange, seen: SeenContext, at stamp: Stamp) {
        switch change {
        case .split(let split):
            let mark = SplitMark(stamp: stamp, split: split)
            guard !splits.contains(mark) else { return }
            splits.append(mark)
            splits.sort()
            // Only what its author saw waiting: a split names messages, and cannot settle one that came since.
            let moved = Set(split.parts.map(\.changeSet))
            attention.removeAll { $0.kind == .inbound && moved.contains($0.stamp.dot) && seen.covers($0.stamp.dot) }
        case .continued(let continuation):
            // The copies came before it in the same change set, and wait together.
            if !continuation.isWaiting { attention.removeAll { $0.kind == .inbound && $0.stamp.dot == stamp.dot } }
        default: break
        }
    }
}

extension ThreadSplit.Part: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        message.encode(into: &writer)
        changeSet.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let message = try MessageID(from: &reader)
        self.init(message, in: try Dot(from: &reader))
    }
}

extension SplitMark: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        stamp.encode(into: &writer)
        writer.list(split.parts)
        split.into.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let stamp = try Stamp(from: &reader)
        let parts = try reader.list(ThreadSplit.Part.self)
        self.init(stamp: stamp, split: ThreadSplit(parts, into: try ThreadID(from: &reader)))
    }
}
