import GRDB
import GRDBSQLite

/// Why the replica's database could not do something. Messages name places and numbers, never anything that was said.
public struct ReplicaStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure, for callers that decide by it.
    public enum Code: String, Hashable, Sendable {
        /// A file, directory or row that was expected is not there.
        case notFound
        /// The file is not a replica's database.
        case notADatabase
        /// The database is sealed, and no key was given.
        case sealed
        /// The database is sealed with another key than the one given.
        case wrongKey
        /// A key was given, and the database is not sealed.
        case notSealed
        /// A newer version of the program wrote the database.
        case newerDatabase
        /// The database is damaged.
        case corrupt
        /// Another process, or another store in this one, has the database open.
        case locked
        /// There is no room left for the database.
        case diskFull
        /// The operating system failed to read or write.
        case inputOutput
        /// The file or its directory may not be read or written.
        case permissionDenied
        /// The call does not fit what the database holds: a gap, a repetition, an unknown name.
        case inconsistent
        /// Anything else.
        case other
    }

    /// What kind of failure.
    public let code: Code
    /// What was wrong, where, and what to do.
    public let message: String
    /// The failure below this one, if there was one.
    public let underlying: (any Error)?

    /// A failure from its parts.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The code and the message.
    public var description: String { "\(code.rawValue): \(message)" }
}

extension ReplicaStoreError {
    /// The failure that SQLite reported as `result` while doing `task`.
    init(sqlite result: Int32, during task: String, detail: String = "", underlying: (any Error)? = nil) {
        if let fault = SealedFault.take(for: result) {
            self = fault.error(during: task, underlying: underlying)
            return
        }
        let code: Code =
            switch result & 0xFF {
            case SQLITE_NOTADB: .notADatabase
            case SQLITE_CORRUPT: .corrupt
            case SQLITE_BUSY, SQLITE_LOCKED: .locked
            case SQLITE_FULL: .diskFull
            // The WAL's index could not grow: the file system has no room, though SQLite calls it input/output.
            case SQLITE_IOERR where result == SQLITE_IOERR_SHMSIZE_CODE: .diskFull
            case SQLITE_IOERR: .inputOutput
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .permissionDenied
            case SQLITE_CANTOPEN: .inputOutput
            case SQLITE_CONSTRAINT: .inconsistent
            default: .other
            }
        let reason = detail.isEmpty ? String(cString: sqlite3_errstr(result)) : detail
        self.init(code, "\(task): \(reason) (SQLite result \(result)).\(Self.advice(for: code))", underlying: underlying)
    }

    /// The failure that GRDB reported while doing `task`; errors of this module pass as they are.
    init(_ error: any Error, during task: String) {
        if let own = error as? ReplicaStoreError {
            self = own
        } else if let error = error as? DatabaseError {
            // `message` is SQLite's own and has no bound values; GRDB's description would have the statement too.
            self.init(
                sqlite: error.extendedResultCode.rawValue, during: task, detail: error.message ?? "", underlying: error)
        } else {
            self.init(.other, "\(task): \(type(of: error)).", underlying: error)
        }
    }

    /// What to do about damage.
    static let restoring = " Stop the node, keep a copy of the file, and restore it or join anew."

    private static func advice(for code: Code) -> String {
        switch code {
        case .corrupt: restoring
        case .diskFull: " Free some space; nothing of this transaction was kept."
        case .locked: " Stop the other process first."
        case .permissionDenied: " Check the owner and mode of the file and its directory."
        default: ""
        }
    }
}

/// `SQLITE_IOERR_SHMSIZE`, a macro that Swift does not import.
private let SQLITE_IOERR_SHMSIZE_CODE: Int32 = SQLITE_IOERR | (19 << 8)
