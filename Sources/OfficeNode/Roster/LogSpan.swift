public import Causality

/// Consecutive change sets of one log that an administrator takes out of quarantine.
public struct LogSpan: Hashable, Sendable {
    /// Whose log.
    public let replica: ReplicaID
    /// First and last change set.
    public let sequences: ClosedRange<UInt64>

    /// The change sets `sequences` of `replica`.
    public init(_ replica: ReplicaID, _ sequences: ClosedRange<UInt64>) {
        self.replica = replica
        self.sequences = sequences
    }
}
