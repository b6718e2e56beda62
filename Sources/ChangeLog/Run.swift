public import Causality
public import Vault

/// The fields of a run before its entries.
public struct RunHeader: Hashable, Sendable {
    /// Whose log.
    public var replica: ReplicaID
    /// The member that authored it.
    public var author: MemberID
    /// Number of the first entry's change set.
    public var first: UInt64
    /// The epoch of all entries.
    public var epoch: EpochID
    /// The author's signature of the last entry's hash.
    public var signature: Signature

    /// A header from its parts.
    public init(replica: ReplicaID, author: MemberID, first: UInt64, epoch: EpochID, signature: Signature) {
        self.replica = replica
        self.author = author
        self.first = first
        self.epoch = epoch
        self.signature = signature
    }
}

/// A change set whose place in its log was verified, and what is in it where the epoch key was at hand.
public struct VerifiedEntry: Sendable {
    /// As kept.
    public let entry: LogEntry
    /// Serialized roster changes, usually none.
    public let rosterChanges: [UInt8]?
    /// What happened; nil where there are no changes or the epoch key is missing (`needsKey`).
    public let body: ChangeSetBody?
    /// Whether there are sealed changes that could not be opened for want of the epoch key.
    public let needsKey: Bool

    /// An entry from its parts: one that a log holds already and that was opened again.
    public init(entry: LogEntry, rosterChanges: [UInt8]?, body: ChangeSetBody?, needsKey: Bool) {
        self.entry = entry
        self.rosterChanges = rosterChanges
        self.body = body
        self.needsKey = needsKey
    }
}

/// A run that connects to a log and carries its author's signature.
public struct VerifiedRun: Sendable {
    /// Its header.
    public let header: RunHeader
    /// What it follows: its first entry names this head's hash.
    public let anchor: LogHead
    /// Its change sets, in order; never empty.
    public let entries: [VerifiedEntry]

    /// The end of the log with this run.
    public var head: LogHead {
        entries.last.map { LogHead(header.replica, $0.entry.sequence, $0.entry.hash) } ?? anchor
    }
}
