/// How far one replica's log is held: the last change set and its hash.
@frozen
public struct LogHead: Hashable, Sendable {
    /// Whose log.
    public let replica: ReplicaID
    /// The last change set's number; 0 for none.
    public let sequence: UInt64
    /// Its hash; `ChangeSetHash.zero` for none.
    public let hash: ChangeSetHash

    /// A log of `replica` that ends with change set `sequence`.
    public init(_ replica: ReplicaID, _ sequence: UInt64, _ hash: ChangeSetHash) {
        self.replica = replica
        self.sequence = sequence
        self.hash = hash
    }

    /// A log of which nothing is held.
    public init(empty replica: ReplicaID) { self.init(replica, 0, .zero) }

    /// The last change set's name.
    public var dot: Dot { Dot(replica, sequence) }
}
