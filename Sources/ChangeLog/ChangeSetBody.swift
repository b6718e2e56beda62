public import Causality
public import InboxModel

/// The plaintext of a change set's sealed changes: what happened, and what its author's replica had seen.
public struct ChangeSetBody: Hashable, Sendable {
    /// Version of the change format.
    public static let schema: UInt32 = 1

    /// What happened, by whom, when.
    public var set: ChangeSet
    /// The entries of the author's clock that changed since its previous change set; all entries where `isFullClock`.
    /// Ascending by replica, without the author's own.
    public var clock: [TaggedClockEntry]
    /// Whether `clock` is the whole clock.
    public var isFullClock: Bool

    /// A body from its parts.
    public init(set: ChangeSet, clock: [TaggedClockEntry], isFullClock: Bool) {
        self.set = set
        self.clock = clock
        self.isFullClock = isFullClock
    }

    /// Appends the body's bytes (`ChangeSetBody` in `Protocol/suture/change.proto`).
    public func encode(into writer: inout ByteWriter) {
        writer.number(1, UInt64(Self.schema))
        writer.littleEndian64(2, set.stamp.timestamp.rawValue)
        if !clock.isEmpty { writer.message(3) { $0.packedClock(clock) } }
        writer.number(4, isFullClock ? 1 : 0)
        writer.actor(5, set.actor)
        if let office = set.office { writer.identifier(6, office) }
        var encoder = ChangeEncoder()
        for change in set.changes { writer.message(7) { encoder.encode(change, into: &$0) } }
    }

    /// Reads the body of change set `dot`.
    public static func decode(_ buffer: UnsafeRawBufferPointer, of dot: Dot) throws(ByteReader.Failure) -> ChangeSetBody {
        var reader = ByteReader(buffer)
        var timestamp: UInt64 = 0
        var clock: [TaggedClockEntry] = []
        var isFullClock = false
        var actor = Actor.system
        var office: OfficeID?
        var changes: [Change] = []
        var decoder = ChangeDecoder()
        while let tag = try reader.nextField() {
            switch tag.number {
            case 2: timestamp = try reader.littleEndian64(tag)
            case 3:
                var inner = ByteReader(try reader.delimited(tag))
                clock = try inner.packedTaggedClock()
            case 4: isFullClock = try reader.number(tag) != 0
            case 5:
                var inner = ByteReader(try reader.delimited(tag))
                actor = try inner.actor()
            case 6: office = try reader.identifier(tag)
            case 7:
                if changes.count == LogLimits.changesMax { throw reader.failure(.malformed("too many changes")) }
                changes.append(try decoder.decode(try reader.delimited(tag)))
            default: try reader.skip(tag)
            }
        }
        let stamp = Stamp(dot, HybridTimestamp(rawValue: timestamp))
        let set = ChangeSet(stamp: stamp, actor: actor, office: office, changes: changes)
        return ChangeSetBody(set: set, clock: clock, isFullClock: isFullClock)
    }
}
