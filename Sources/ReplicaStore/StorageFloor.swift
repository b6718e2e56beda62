import GRDB
import GRDBSQLite

/// What SQLite alone needs for the rows of a catch-up: the floor that `suture bench` measures storing against.
///
/// Raw upserts of rows of the same sizes into tables of the same shape, in transactions of the same length, with nothing merged,
/// checked or opened.
public enum StorageFloor {
    /// How many change sets of how many bytes.
    public struct Load: Sendable {
        /// Change sets: one log row and one timeline row each.
        public var changeSets: Int
        /// Bytes of body of a log row.
        public var bodyBytes: Int
        /// Bytes of contents of a log row.
        public var contentBytes: Int
        /// Threads: a row is written for every sixth change set, and again by later ones.
        public var threads: Int
        /// Bytes of a thread's state.
        public var stateBytes: Int
        /// Change sets of one transaction.
        public var batch: Int

        /// A load from its figures.
        public init(changeSets: Int, bodyBytes: Int, contentBytes: Int, threads: Int, stateBytes: Int, batch: Int) {
            self.changeSets = changeSets
            self.bodyBytes = bodyBytes
            self.contentBytes = contentBytes
            self.threads = threads
            self.stateBytes = stateBytes
            self.batch = batch
        }
    }

    /// Upserts `load` into a new database at `path` and returns how long that took.
    public static func measure(_ load: Load, at path: String) throws -> Duration {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            for pragma in ["journal_mode = WAL", "synchronous = NORMAL", "temp_store = MEMORY", "cache_size = -65536"] {
                try database.execute(sql: "PRAGMA \(pragma)")
            }
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.writeWithoutTransaction { database in
            for table in tables { try database.execute(sql: table) }
            guard let handle = database.sqliteConnection else {
                throw ReplicaStoreError(.other, "The database has no connection.")
            }
            let connection = WriteConnection(handle)
            defer { connection.finalizeStatements() }
            let clock = ContinuousClock()
            return try clock.measure { try run(load, connection) }
        }
    }

    private static let tables = [
        "CREATE TABLE log (id INTEGER PRIMARY KEY, hash BLOB, epoch INTEGER, body BLOB, contents BLOB) STRICT",
        "CREATE TABLE thread (no INTEGER PRIMARY KEY, activity INTEGER, state BLOB) STRICT",
        """
        CREATE TABLE timeline (thread INTEGER, time INTEGER, replica INTEGER, sequence INTEGER, kinds INTEGER,
            PRIMARY KEY (thread, time, replica, sequence)) STRICT, WITHOUT ROWID
        """,
    ]

    private static func run(_ load: Load, _ connection: WriteConnection) throws {
        let hash = [UInt8](repeating: 7, count: 32)
        let body = [UInt8](repeating: 1, count: load.bodyBytes)
        let contents = [UInt8](repeating: 2, count: load.contentBytes)
        let state = [UInt8](repeating: 3, count: load.stateBytes)
        var number: Int64 = 0
        var thread: Int64 = 0
        while number < Int64(load.changeSets) {
            try connection.run("BEGIN IMMEDIATE")
            for _ in 0..<min(load.batch, load.changeSets - Int(number)) {
                number += 1
                try connection.run("INSERT INTO log VALUES (?, ?, 1, ?, ?)") {
                    $0.bind(1, number)
                    $0.bindCopy(2, hash)
                    $0.bindCopy(3, body)
                    $0.bindCopy(4, contents)
                }
                thread = number * 7919 % Int64(max(1, load.threads))
                try connection.run("INSERT INTO timeline VALUES (?, ?, 1, ?, 1)") {
                    $0.bind(1, thread)
                    $0.bind(2, number)
                    $0.bind(3, number)
                }
                guard number % 6 == 0 else { continue }
                try connection.run(
                    """
                    INSERT INTO thread VALUES (?, ?, ?)
                    ON CONFLICT (no) DO UPDATE SET activity = excluded.activity, state = excluded.state
                    """
                ) {
                    $0.bind(1, thread)
                    $0.bind(2, number)
                    $0.bindCopy(3, state)
                }
            }
            try connection.run("COMMIT")
        }
    }
}
