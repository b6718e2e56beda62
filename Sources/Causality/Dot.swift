/// The name of one change set: the replica that authored it and its number in that replica's log.
@frozen
public struct Dot: Hashable, Comparable, Sendable {
    /// The author.
    public let replica: ReplicaID
    /// The change set's number in its author's log, from 1.
    public let sequence: UInt64

    /// The dot of change set `sequence` of `replica`.
    @inlinable
    public init(_ replica: ReplicaID, _ sequence: UInt64) {
        self.replica = replica
        self.sequence = sequence
    }

    /// By replica, then by sequence: the last tie-break of every merge rule.
    @inlinable
    public static func < (left: Dot, right: Dot) -> Bool {
        left.replica == right.replica ? left.sequence < right.sequence : left.replica < right.replica
    }
}

extension Dot: CustomStringConvertible {
    /// `replica:sequence`, as logs and commands show it.
    public var description: String { "\(replica):\(sequence)" }
}
