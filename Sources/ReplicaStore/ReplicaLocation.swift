/// Where a replica's database lies.
public enum ReplicaLocation: Hashable, Sendable {
    /// A file at this path. `-wal`, `-shm` and `.lock` files stand beside it. With a seal all of it is sealed at rest.
    case file(String, seal: DatabaseSeal? = nil)
    /// Memory, gone with the store: for tests and the simulator.
    case memory
    /// The file `name` of the SQLite VFS that is registered as `vfs`: for simulations, whose disks tear, lie and die by a seed.
    /// Never opens a real file. One connection reads and writes, as in memory; WAL, durability and recovery are those of a
    /// file, sealed where there is a seal. Nothing runs beside the writer: checkpoints happen inside `write`, after the commit
    /// that makes them due.
    case vfs(String, name: String, seal: DatabaseSeal? = nil)

    /// Whether one connection serves readers and the writer.
    var hasOneConnection: Bool {
        if case .file = self { false } else { true }
    }
}

/// When a committed transaction must survive a power cut.
public enum Durability: Hashable, Sendable {
    /// Before `write` returns: transactions that author change sets. One that a peer has and its author lost would be
    /// a fork.
    case full
    /// Before long: transactions that only merge what peers hold anyway. A crash of the process alone loses nothing.
    case normal
}
