import ChangeLog
import Glibc
import ReplicaStore
import Vault

/// Which machine and which database file a replica was written on last. Kept in the replica; compared with where it is opened, so that
/// a copy is known as one.
///
/// The number of the device is left out: it changes with a restart of the machine on some file systems. So a move within one file
/// system is no copy, and one to another file system looks like one (`suture run --same-machine` says that it is none).
struct HostRecord: Hashable {
    private static let machineKey = "host:machine"
    private static let fileKey = "host:file"
    private static let markedKey = "host:marked"
    private static let domain = Domain("suture machine v1")

    /// A hash of the machine's id with the group, so that the id itself is not kept; empty where the machine has none.
    var machine: [UInt8]
    /// The number of the database file in its file system.
    var file: UInt64
    /// Whether a mark was written beside the database: from then on a missing one is a finding.
    var isMarked: Bool

    /// Where the database at `path` is now.
    init(databasePath path: String, group: GroupID, machineIDPath: String = "/etc/machine-id") throws(NodeServiceError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw NodeServiceError(
                .inputOutput, "\(path) cannot be looked at: \(String(cString: strerror(errno)))", context: path, errorNumber: errno)
        }
        file = UInt64(status.st_ino)
        // A machine without an id has one fewer thing to be known by; that is no reason not to start.
        let id = try? FileFault.contents(of: machineIDPath, bytesMax: 4096)
        machine = (id ?? nil).map { Digest.hash(Self.domain, group.bytes + $0).bytes } ?? []
        isMarked = true
    }

    /// What the replica remembers; nil where it was never opened by a node.
    init?(_ reader: ReplicaReader) throws {
        guard let machine = try reader.setting(Self.machineKey), let file = try reader.setting(Self.fileKey) else { return nil }
        self.machine = machine
        self.file = UInt64(String(decoding: file, as: UTF8.self)) ?? 0
        isMarked = try reader.setting(Self.markedKey) != nil
    }

    /// Remembers it.
    func write(_ transaction: ReplicaTransaction) throws {
        try transaction.set(machine, for: Self.machineKey)
        try transaction.set(Array("\(file)".utf8), for: Self.fileKey)
        try transaction.set(isMarked ? [1] : nil, for: Self.markedKey)
    }
}
