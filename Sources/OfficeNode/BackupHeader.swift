public import Causality
public import ChangeLog
public import InboxModel
public import Vault

/// What a backup says about itself before it is opened. Not secret, and bound to what is sealed.
public struct BackupHeader: Hashable, Sendable {
    /// The group.
    public let group: GroupID
    /// The member whose replica it is a copy of.
    public let member: MemberID
    /// When it was made, by that node's clock: milliseconds since 1970.
    public let madeAt: Int64
    /// The digest of the heads of all logs in it: two backups of the same state have the same.
    public let clockDigest: Digest
    /// Whether the member's secret keys are in it.
    public let hasIdentity: Bool

    /// A header from its parts.
    public init(group: GroupID, member: MemberID, madeAt: Int64, clockDigest: Digest, hasIdentity: Bool) {
        self.group = group
        self.member = member
        self.madeAt = madeAt
        self.clockDigest = clockDigest
        self.hasIdentity = hasIdentity
    }
}

extension BackupHeader: CanonicalCodable {
    /// Appends the header's bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.raw(group.bytes)
        writer.raw(member.bytes)
        madeAt.encode(into: &writer)
        writer.raw(clockDigest.bytes)
        writer.flag(hasIdentity)
    }

    /// Reads what `encode(into:)` wrote.
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(
            group: GroupID(try Self.digest(from: &reader)), member: MemberID(try Self.digest(from: &reader)),
            madeAt: try Int64(from: &reader), clockDigest: try Self.digest(from: &reader), hasIdentity: try reader.flag())
    }

    static func digest(from reader: inout ByteReader) throws(ByteReader.Failure) -> Digest {
        let start = reader
        let bytes = try reader.slice(Digest.byteCount)
        do { return try Digest(copying: bytes) } catch { throw start.failure(.malformed("a hash")) }
    }
}

/// How much a backup holds.
public struct BackupSummary: Hashable, Sendable {
    /// How many change sets of each log, ascending by replica.
    public var logs: [LogCount]
    /// How many slices came before the one that says this.
    public var slices: UInt64
    /// The digest of everything that the node showed, with how far each log was merged then.
    public var digest: Digest
    /// How far each log was merged when the digest was made.
    public var merged: VersionVector

    /// One log.
    public struct LogCount: Hashable, Sendable {
        /// Whose.
        public let replica: ReplicaID
        /// The number of its last change set.
        public let changeSets: UInt64
    }

    /// How many change sets in all.
    public var changeSets: UInt64 { logs.reduce(0) { $0 + $1.changeSets } }
}
