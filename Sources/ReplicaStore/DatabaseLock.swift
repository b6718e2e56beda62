#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// An exclusive advisory lock on a file beside the database, held as long as this object lives.
///
/// SQLite itself lets several processes share a database. Two nodes on one replica would number their change sets
/// alike, which is a fork, so the second is refused. The kernel gives the lock up when the process ends, however it
/// ends; the file stays.
final class DatabaseLock {
    private var descriptor: Int32

    /// Locks the database at `path`.
    init(databasePath path: String) throws {
        let lockPath = path + ".lock"
        descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(errno, opening: lockPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            _ = close(descriptor)
            descriptor = -1
            guard reason == EWOULDBLOCK else { throw Self.failure(reason, opening: lockPath) }
            throw ReplicaStoreError(
                .locked, "The database \(path) is in use by another process. Stop that node, or use another data directory.")
        }
    }

    deinit { release() }

    /// Gives the lock up. Nothing happens the second time.
    func release() {
        guard descriptor >= 0 else { return }
        _ = close(descriptor)
        descriptor = -1
    }

    /// The failure that `number` means for the file at `path`.
    static func failure(_ number: Int32, opening path: String) -> ReplicaStoreError {
        let reason = String(cString: strerror(number))
        switch number {
        case EACCES, EPERM, EROFS:
            return ReplicaStoreError(
                .permissionDenied, "\(path) cannot be opened for writing: \(reason). Check owner and mode of it and its directory.")
        case ENOENT, ENOTDIR:
            return ReplicaStoreError(.notFound, "\(path) cannot be opened: \(reason). Create its directory first.")
        case ENOSPC, EDQUOT:
            return ReplicaStoreError(.diskFull, "\(path) cannot be made: \(reason). Free some space.")
        default:
            return ReplicaStoreError(.inputOutput, "\(path) cannot be opened: \(reason).")
        }
    }
}
