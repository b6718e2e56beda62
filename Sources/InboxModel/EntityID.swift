public import Causality

/// The name of one entity: 128 bits, of which the first 48 are the milliseconds at which it was made and the rest random,
/// so that rows and index entries arrive nearly in order. `Entity` only keeps ids of different kinds apart.
///
/// Ids of things that automation makes are derived from their cause instead, so that two nodes that fire one rule while
/// apart make one thing.
@frozen
public struct EntityID<Entity>: Hashable, Comparable, Sendable {
    /// Bits 127 to 64: 48 bits of milliseconds, 16 random.
    public let high: UInt64
    /// Bits 63 to 0: random.
    public let low: UInt64

    /// An id from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id at `milliseconds` since 1970 from 80 random bits (the upper 48 bits of `entropy.0` are not used).
    public init(milliseconds: Int64, entropy: (UInt64, UInt64)) {
        let time = HybridTimestamp(milliseconds: milliseconds).rawValue
        self.init(high: time | (entropy.0 & 0xFFFF), low: entropy.1)
    }

    /// By time of making.
    @inlinable
    public static func < (left: EntityID, right: EntityID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

extension EntityID: CustomStringConvertible {
    /// Thirty-two hexadecimal digits.
    public var description: String { Hexadecimal.string(of: high) + Hexadecimal.string(of: low) }

    /// An id from the thirty-two digits that `description` gives, or nil where the text is not that.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 32,
            let high = Hexadecimal.value(of: text.prefix(16)), let low = Hexadecimal.value(of: text.suffix(16))
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension EntityID: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.fixed64(high)
        writer.fixed64(low)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(high: try reader.fixed64(), low: try reader.fixed64())
    }
}

/// Names the kind of a `ThreadID`.
public enum ThreadEntity {}
/// Names the kind of a `MessageID`.
public enum MessageEntity {}
/// Names the kind of a `PatientID`.
public enum PatientEntity {}
/// Names the kind of a `StaffID`.
public enum StaffEntity {}
/// Names the kind of a `QueueID`.
public enum QueueEntity {}
/// Names the kind of a `CategoryID`.
public enum CategoryEntity {}
/// Names the kind of an `OfficeID`.
public enum OfficeEntity {}
/// Names the kind of an `AccountID`.
public enum AccountEntity {}
/// Names the kind of a `TokenID`.
public enum TokenEntity {}
/// Names the kind of an `AuthorityID`.
public enum AuthorityEntity {}

/// One conversation with one patient about one matter.
public typealias ThreadID = EntityID<ThreadEntity>
/// One message or note in a thread.
public typealias MessageID = EntityID<MessageEntity>
/// One patient record.
public typealias PatientID = EntityID<PatientEntity>
/// One person who works for the group.
public typealias StaffID = EntityID<StaffEntity>
/// One queue: the people who together receive a category.
public typealias QueueID = EntityID<QueueEntity>
/// One category of message.
public typealias CategoryID = EntityID<CategoryEntity>
/// One office: a place patients are seen at.
public typealias OfficeID = EntityID<OfficeEntity>
/// One person's account.
public typealias AccountID = EntityID<AccountEntity>
/// One key of a program to the JSON API.
public typealias TokenID = EntityID<TokenEntity>
/// One certificate authority of the group's pages.
public typealias AuthorityID = EntityID<AuthorityEntity>
