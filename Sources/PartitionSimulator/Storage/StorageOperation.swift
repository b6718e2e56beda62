import CShadowVFS

/// What SQLite asks of a disk.
public enum StorageOperation: String, Hashable, Sendable, Codable, CaseIterable {
    /// Reads a part of a file.
    case read
    /// Writes a part of a file.
    case write
    /// Makes what was written to a file durable.
    case sync
    /// Changes a file's length.
    case truncate
    /// Deletes a file.
    case delete
    /// Makes a file.
    case create

    /// How many of the next operations of this kind fail.
    func failures(in faults: shadow_faults) -> Int64 {
        switch self {
        case .read: faults.fail.0
        case .write: faults.fail.1
        case .sync: faults.fail.2
        case .truncate: faults.fail.3
        case .delete: faults.fail.4
        case .create: faults.fail.5
        }
    }

    /// Sets how many of the next operations of this kind fail.
    func setFailures(_ count: Int64, in faults: inout shadow_faults) {
        switch self {
        case .read: faults.fail.0 = count
        case .write: faults.fail.1 = count
        case .sync: faults.fail.2 = count
        case .truncate: faults.fail.3 = count
        case .delete: faults.fail.4 = count
        case .create: faults.fail.5 = count
        }
    }
}
