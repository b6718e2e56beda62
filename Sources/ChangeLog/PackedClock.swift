public import Causality

/// A clock entry on the wire: how far a replica's log was seen, and which history that was.
public struct TaggedClockEntry: Hashable, Sendable {
    /// Whose log.
    public let replica: ReplicaID
    /// How far.
    public let sequence: UInt64
    /// The first four bytes of that change set's hash.
    public let tag: UInt32

    /// An entry from its parts.
    public init(_ replica: ReplicaID, _ sequence: UInt64, tag: UInt32) {
        self.replica = replica
        self.sequence = sequence
        self.tag = tag
    }

    /// The entry that says how far `head` goes.
    public init(_ head: LogHead) { self.init(head.replica, head.sequence, tag: head.hash.tag) }

    /// The change set that the entry names.
    public var dot: Dot { Dot(replica, sequence) }
}

// Packed clocks: entries one after another, ascending by replica, no count; each the replica (8 bytes, big-endian) and the
// sequence (variable length). Tagged clocks have four bytes of hash after each entry.

extension ByteWriter {
    mutating func packedClock(_ clock: VersionVector) {
        for entry in clock.entries {
            fixed64(entry.replica.rawValue)
            varint(entry.sequence)
        }
    }

    mutating func packedClock(_ entries: [TaggedClockEntry]) {
        for entry in entries {
            fixed64(entry.replica.rawValue)
            varint(entry.sequence)
            fixed32(entry.tag)
        }
    }

    mutating func packedDots(_ dots: [Dot]) {
        for dot in dots {
            fixed64(dot.replica.rawValue)
            varint(dot.sequence)
        }
    }
}

extension ByteReader {
    mutating func packedClock() throws(Failure) -> VersionVector {
        var entries: [VersionVector.Entry] = []
        entries.reserveCapacity(remaining / 9)
        while !isAtEnd {
            let replica = ReplicaID(try fixed64())
            let sequence = try varint()
            if sequence == 0 || entries.last.map({ $0.replica >= replica }) == true {
                throw failure(.malformed("clock entries out of order, repeated or 0"))
            }
            entries.append(VersionVector.Entry(replica, sequence))
        }
        return VersionVector(ascending: entries)
    }

    mutating func packedTaggedClock() throws(Failure) -> [TaggedClockEntry] {
        var entries: [TaggedClockEntry] = []
        entries.reserveCapacity(remaining / 13)
        while !isAtEnd {
            let replica = ReplicaID(try fixed64())
            let sequence = try varint()
            if sequence == 0 || entries.last.map({ $0.replica >= replica }) == true {
                throw failure(.malformed("clock entries out of order, repeated or 0"))
            }
            entries.append(TaggedClockEntry(replica, sequence, tag: try fixed32()))
        }
        return entries
    }

    mutating func packedDots() throws(Failure) -> [Dot] {
        var dots: [Dot] = []
        while !isAtEnd {
            let replica = ReplicaID(try fixed64())
            let dot = Dot(replica, try varint())
            if dot.sequence == 0 || dots.last.map({ $0 >= dot }) == true {
                throw failure(.malformed("dots out of order, repeated or 0"))
            }
            dots.append(dot)
        }
        return dots
    }
}
