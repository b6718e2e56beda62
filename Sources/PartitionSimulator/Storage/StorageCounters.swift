import CShadowVFS

/// What happened on a disk since it was made.
public struct StorageCounters: Hashable, Sendable, Codable {
    /// Operations that change what is stored: writes, syncs, truncations, deletions and files made. Numbered from 0: the
    /// number of the next one.
    public var operations: Int64
    /// Reads, also those that failed; as the following.
    public var reads: Int64
    /// Writes.
    public var writes: Int64
    /// Syncs.
    public var syncs: Int64
    /// Changes of a file's length.
    public var truncations: Int64
    /// Deletions.
    public var deletions: Int64
    /// Files made.
    public var creations: Int64
    /// Bytes read.
    public var bytesRead: Int64
    /// Bytes written.
    public var bytesWritten: Int64
    /// Calls that a fault let fail: an error that was asked for, a full disk, a dead one.
    public var failures: Int64
    /// Syncs that lied.
    public var lies: Int64
    /// Crashes.
    public var crashes: Int64
    /// Sectors that were not synced and that a power cut kept.
    public var sectorsKept: Int64
    /// Sectors that a power cut lost.
    public var sectorsLost: Int64
    /// Sectors of which a power cut kept a part.
    public var sectorsTorn: Int64
    /// Files whose making or deleting a power cut undid.
    public var entriesUndone: Int64
    /// Bits that rotted.
    public var bitsRotted: Int64

    /// How many faults had an effect.
    public var faultsInjected: Int64 { failures + lies + crashes + bitsRotted }

    init(_ counts: shadow_counts) {
        operations = counts.operations
        (reads, writes, syncs, truncations, deletions, creations) = counts.calls
        bytesRead = counts.bytes_read
        bytesWritten = counts.bytes_written
        failures = counts.failed
        lies = counts.lied
        crashes = counts.crashes
        sectorsKept = counts.sectors_kept
        sectorsLost = counts.sectors_lost
        sectorsTorn = counts.sectors_torn
        entriesUndone = counts.entries_undone
        bitsRotted = counts.bits_rotted
    }
}
