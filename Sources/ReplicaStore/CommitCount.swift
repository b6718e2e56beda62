import Synchronization

/// Counts the transactions that a replica's only writer has committed, so that readers know whether what they keep in memory still holds.
///
/// Ordering duties: whoever reads asks for the count before the first query. What is found then is at least as new as the count.
final class CommitCount: Sendable {
    private let threadCommits = Atomic<UInt64>(0)
    private let directoryCommits = Atomic<UInt64>(0)

    /// Transactions that changed threads.
    var threads: UInt64 { threadCommits.load(ordering: .acquiring) }
    /// Transactions that changed documents of the directory.
    var directory: UInt64 { directoryCommits.load(ordering: .acquiring) }

    /// A transaction that changed threads is visible. Returns the new count.
    func threadsChanged() -> UInt64 { threadCommits.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue }

    /// A transaction that changed documents is visible.
    func directoryChanged() { directoryCommits.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}
