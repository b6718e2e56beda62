/// Where a replica's database lies.
public enum ReplicaLocation: Hashable, Sendable {
    /// A file at this path. `-wal`, `-shm` and `.lock` files stand beside it.
    case file(String)
    /// Memory, gone with the store: for tests and the simulator.
    case memory
}

/// When a committed transaction must survive a power cut.
public enum Durability: Hashable, Sendable {
    /// Before `write` returns: transactions that author change sets. One that a peer has and its author lost would be
    /// a fork.
    case full
    /// Before long: transactions that only merge what peers hold anyway. A crash of the process alone loses nothing.
    case normal
}
