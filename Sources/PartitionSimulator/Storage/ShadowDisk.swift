import CShadowVFS
public import ReplicaStore
import Synchronization

/// A disk in memory for one replica, which fails in every way that a disk does.
///
/// A store opened at `location` runs SQLite as on a file, with a write-ahead log, syncs and recovery. The disk keeps apart
/// what is durable and what is only written, in sectors of 512 bytes, and draws from its seed what a power cut keeps, loses
/// and tears.
///
/// Ordering duties: keep the disk as long as its stores. After `crash` or `restore` the stores opened before fail in every
/// call, as a process that is gone, and may be dropped at any time; open a new one. Confined to one thread at a time, with
/// its stores.
///
/// What does not come from the seed: the salts that SQLite puts into the log's header, drawn from a generator of the whole
/// process. They name generations of the log and change nothing else: not what is read, not how many operations there are.
public final class ShadowDisk {
    /// What it is called in messages; also the database's name.
    public let name: String

    private let vfs: String
    private let disk: OpaquePointer

    private static let count = Atomic<UInt64>(0)
    /// SQLite's names beside the database have 8 characters more.
    private static let nameBytesMax = 48

    /// An empty disk.
    ///
    /// Throws `SimulationError.Code.storage` where the name is empty or longer than 48 bytes.
    ///
    /// - Parameters:
    ///   - name: The database's name, without `.db`.
    ///   - seed: With the name: what crashes and rot draw from.
    public init(name: String, seed: UInt64) throws {
        guard (1...Self.nameBytesMax).contains(name.utf8.count) else {
            throw SimulationError(
                .storage, "a disk's name has 1 to \(Self.nameBytesMax) bytes, and \"\(name)\" has \(name.utf8.count)")
        }
        self.name = name
        vfs = "suture-shadow-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
        var random = SplitMix64(seed: seed, stream: "disk \(name)")
        guard let disk = shadow_disk_create(vfs, random.next()) else {
            throw SimulationError(.storage, "SQLite does not take the disk \(name): it is out of memory")
        }
        self.disk = disk
    }

    deinit { shadow_disk_release(disk) }

    /// Where a `ReplicaStore` finds its database on this disk.
    public var location: ReplicaLocation { .vfs(vfs, name: databaseName) }

    /// The same with everything that is stored sealed.
    public func location(seal: DatabaseSeal?) -> ReplicaLocation { .vfs(vfs, name: databaseName, seal: seal) }

    /// The name of the database among the disk's files; its log has `-wal` after it.
    public var databaseName: String { name + ".db" }

    // MARK: Crashes and images

    /// Ends the access of every store that is open, as a process or a machine that ends, and brings a dead disk back.
    ///
    /// Full disks, lies and failures that were not used up stay.
    public func crash(_ crash: StorageCrash) { shadow_disk_crash(disk, crash.number) }

    /// A copy of all that is stored, and of what of it is not durable yet.
    ///
    /// Throws `SimulationError.Code.storage` where memory is short.
    public func snapshot() throws -> ShadowDiskImage {
        guard let image = shadow_disk_snapshot(disk) else { throw Self.outOfMemory(name) }
        return ShadowDiskImage(image, databaseName: databaseName)
    }

    /// Puts what `image` holds in the place of all that is stored: a backup brought back, or with another disk's image a
    /// clone. Stores that are open end as in a crash. A disk of another name finds the database under its own.
    ///
    /// Throws `SimulationError.Code.storage` where memory is short; the disk is then as before.
    public func restore(_ image: ShadowDiskImage) throws {
        guard shadow_disk_restore(disk, image.image, image.databaseName, databaseName) != 0 else {
            throw Self.outOfMemory(name)
        }
    }

    private static func outOfMemory(_ name: String) -> SimulationError {
        SimulationError(.storage, "there is no memory for another copy of the disk \(name)")
    }

    // MARK: Faults

    /// How many bytes the files may have together, nil for any number. What would grow beyond fails as on a full disk.
    public var capacity: Int64? {
        get { faults.capacity < 0 ? nil : faults.capacity }
        set { faults.capacity = max(-1, newValue ?? -1) }
    }

    /// Whether there is no room for one byte more. Setting it to false takes the limit away.
    public var isFull: Bool {
        get { capacity.map { $0 <= bytesStored } ?? false }
        set { capacity = newValue ? bytesStored : nil }
    }

    /// Whether syncing says that it did and does not. What was written meanwhile is durable after the first honest sync of
    /// its file.
    public var liesOnSync: Bool {
        get { faults.lies_on_sync != 0 }
        set { faults.lies_on_sync = newValue ? 1 : 0 }
    }

    /// Lets the next `count` operations of a kind fail with an input or output error, without doing anything.
    public func failNextOperations(_ count: Int, kind: StorageOperation) { kind.setFailures(Int64(count), in: &faults) }

    /// Whether what any transaction does fails at the moment: there is no room, or errors were asked for that nothing has met yet.
    public var isFailing: Bool { isFull || [.read, .write, .sync].contains { (kind: StorageOperation) in kind.failures(in: faults) > 0 } }

    /// Lets the disk die at an operation: that one and every later call fail, until `crash` or `restore`.
    ///
    /// - Parameters:
    ///   - operation: Its number, as `counters.operations` counts; that of the next one to happen now.
    ///   - tearing: Whether a write that dies leaves a first part of itself behind, as long as the seed says.
    public func crashAt(operation: Int64, tearing: Bool = false) {
        faults.dies_at = operation
        faults.tears_last_write = tearing ? 1 : 0
    }

    /// Ends every fault that was asked for and has not come yet, and gives room again. A dead disk stays dead.
    public func endFaults() {
        for kind in StorageOperation.allCases { kind.setFailures(0, in: &faults) }
        faults.capacity = -1
        faults.lies_on_sync = 0
        faults.dies_at = -1
    }

    /// Runs `body`, which only reads, without using up or meeting any fault: for checks that watch a node from outside.
    public func undisturbed<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = faults.fail
        for kind in StorageOperation.allCases { kind.setFailures(0, in: &faults) }
        defer { faults.fail = before }
        return try body()
    }

    /// Whether the disk died, by `crashAt`, and was not brought back.
    public var isDead: Bool { faults.is_dead != 0 }

    /// Flips stored bits, drawn by the seed; says which. Fewer where nothing is stored.
    ///
    /// What SQLite holds in its cache stays as it was until it is read again. The log has checksums: a frame with a flipped
    /// bit, and all after it, count as never written when the log is recovered. Pages of the database have none: a flip in
    /// a tree's structure is found by SQLite or by `ReplicaReader.checkIntegrity`, one in a change set by
    /// `InboxReader.verifyLogs`, and one in a thread, patient, document or timeline by comparing digests;
    /// `OfficeNode.rebuild` mends the last. Nothing finds a flip in the words of the search index, in the roster's copy of
    /// what the log says, or in a value of the node's own settings that stays readable.
    ///
    /// - Parameter file: In which file; nil for any of them, the larger the likelier.
    @discardableResult
    public func rot(bits: Int, in file: String? = nil) -> [RottenBit] {
        var rotten: [RottenBit] = []
        for _ in 0..<max(0, bits) {
            var place = shadow_rot()
            guard shadow_disk_rot(disk, file, &place) != 0 else { break }
            rotten.append(RottenBit(place))
        }
        return rotten
    }

    /// Draws crashes and rot from another seed from here on: to try one moment with several outcomes.
    public func reseed(_ seed: UInt64) { shadow_disk_reseed(disk, seed) }

    private var faults: shadow_faults {
        get { shadow_disk_faults(disk).pointee }
        _modify { yield &shadow_disk_faults(disk).pointee }
    }

    // MARK: What is stored

    /// What happened so far.
    public var counters: StorageCounters { StorageCounters(shadow_disk_counts(disk).pointee) }

    /// Sectors, and names of files, that a power cut could lose now.
    public var unsyncedCount: Int64 { shadow_disk_unsynced(disk) }

    /// The files that exist, in the order in which they were made.
    public var files: [String] {
        var names: [String] = []
        while let name = shadow_disk_file(disk, Int32(names.count)) { names.append(String(cString: name)) }
        return names
    }

    /// What a file holds as a reader would see it; empty where there is none.
    public func contents(of file: String) -> [UInt8] {
        var count: Int64 = 0
        guard let bytes = shadow_disk_bytes(disk, file, &count) else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// How many bytes all files have together.
    public var bytesStored: Int64 {
        files.reduce(0) { sum, file in
            var count: Int64 = 0
            _ = shadow_disk_bytes(disk, file, &count)
            return sum + count
        }
    }
}
