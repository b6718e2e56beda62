public import Causality
public import ChangeLog

/// Consecutive change sets of one log.
public struct LogRange: Hashable, Sendable, CustomStringConvertible {
    /// Whose log.
    public let replica: ReplicaID
    /// Number of the first change set.
    public let first: UInt64
    /// Number of the last change set; not below `first`.
    public let last: UInt64

    /// The change sets from `first` to `last`.
    public init(_ replica: ReplicaID, _ first: UInt64, _ last: UInt64) {
        self.replica = replica
        self.first = first
        self.last = last
    }

    /// The change sets of `run`.
    public init(_ run: VerifiedRun) { self.init(run.header.replica, run.header.first, run.head.sequence) }

    /// `replica:first...last`.
    public var description: String { "\(replica):\(first)...\(last)" }
}
