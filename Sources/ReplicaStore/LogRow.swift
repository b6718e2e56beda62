public import Causality

/// One verified change set on its way into the log. The slices share the memory of the frame it came in.
public struct LogRow: Sendable {
    /// Its number in its author's log.
    public let sequence: UInt64
    /// Its hash.
    public let hash: ChangeSetHash
    /// Header and sealed changes.
    public let body: ArraySlice<UInt8>
    /// Sealed contents.
    public let contents: ArraySlice<UInt8>

    /// A row from its parts.
    public init(sequence: UInt64, hash: ChangeSetHash, body: ArraySlice<UInt8>, contents: ArraySlice<UInt8>) {
        self.sequence = sequence
        self.hash = hash
        self.body = body
        self.contents = contents
    }
}

/// One change set of the log, as it is stored.
public struct StoredLogRow: Hashable, Sendable {
    /// Its number in its author's log.
    public let sequence: UInt64
    /// Its hash.
    public let hash: ChangeSetHash
    /// The epoch it is sealed under.
    public let epoch: [UInt8]
    /// Header and sealed changes.
    public let body: [UInt8]
    /// Sealed contents.
    public let contents: [UInt8]
    /// The signature of its hash, where one was received.
    public let signature: [UInt8]?

    /// A row from its parts: as another replica stored it.
    public init(
        sequence: UInt64, hash: ChangeSetHash, epoch: [UInt8], body: [UInt8], contents: [UInt8], signature: [UInt8]?
    ) {
        self.sequence = sequence
        self.hash = hash
        self.epoch = epoch
        self.body = body
        self.contents = contents
        self.signature = signature
    }
}

/// How far one replica's log is received, merged and indexed here.
public struct ReplicaProgress: Hashable, Sendable {
    /// Whose log.
    public let replica: ReplicaID
    /// The last change set held; those before it are held too.
    public let received: LogHead
    /// The inbox has the log up to here.
    public let merged: UInt64
    /// The full-text index has the log up to here.
    public let indexed: UInt64
    /// Where the log begins: 0, or for a branch of a forked log the last number that it has in common with the others. Change sets
    /// up to there are in the log that it leaves.
    public let base: UInt64
}

/// A change set that is held and not merged.
public struct QuarantinedSet: Hashable, Sendable {
    /// Which.
    public let dot: Dot
    /// Why, in words for an administrator.
    public let reason: String
    /// When it was set aside, in milliseconds since 1970.
    public let receivedAt: Int64
}

/// Roster changes of a change set, as they are stored.
public struct RosterRow: Hashable, Sendable {
    /// Which change set.
    public let dot: Dot
    /// Its hash.
    public let hash: ChangeSetHash
    /// The serialized roster changes.
    public let bytes: [UInt8]
}

/// A signature over the hash of one change set, at the head of a run.
public typealias LogSignature = (sequence: UInt64, bytes: [UInt8])
