import GRDB
#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// Opens the database of a replica, or says exactly why not, having changed nothing.
struct ReplicaDatabase {
    /// Writes through one connection, reads through others where the location allows.
    let writer: any DatabaseWriter
    /// Held for a file, nothing for memory.
    let lock: DatabaseLock?

    /// Seals it, where it is sealed. Outlives the connections.
    let sealing: SealedVFS?
    /// What SQLite opens.
    let path: String

    init(_ location: ReplicaLocation, readers: Int) throws {
        var isNew = false
        SealedFault.forget()
        switch location {
        case .memory:
            (lock, sealing, path) = (nil, nil, "")
            writer = try Self.reporting("Opening a database in memory") {
                try DatabaseQueue(configuration: Self.configuration(readers: 1))
            }
        case .file(let path, let seal):
            try Self.checkFile(at: path, isSealed: seal != nil)
            lock = try DatabaseLock(databasePath: path)
            try Self.createFile(at: path)
            isNew = try Self.size(of: path) == 0
            let sealing = try seal.map { seal throws in try SealedVFS(seal) }
            let uri = try sealing.map { sealing throws in try VFSFile(vfs: sealing.name, name: path).uri } ?? path
            if !isNew {
                let isJournalled = sealing == nil && access(path + "-journal", F_OK) == 0
                try Self.checkContents(of: path, at: uri, isJournalled: isJournalled)
            }
            writer = try Self.reporting("Opening \(path)") {
                try DatabasePool(path: uri, configuration: Self.configuration(readers: max(1, readers)))
            }
            (self.sealing, self.path) = (sealing, uri)
        case .vfs(let vfs, let name, let seal):
            lock = nil
            sealing = try seal.map { seal throws in try SealedVFS(seal, over: vfs) }
            let file = try VFSFile(vfs: sealing?.name ?? vfs, name: name)
            isNew = try !file.isPresent()
            if !isNew {
                try Self.checkContents(of: name, at: file.uri, isJournalled: try file.isPresent(suffix: "-journal"))
            }
            writer = try Self.reporting("Opening \(name)") {
                try DatabaseQueue(path: file.uri, configuration: Self.configuration(readers: 1, setsWAL: true))
            }
            path = file.uri
        }
        try Self.reporting("Bringing the tables up to date") { try Schema.migrator.migrate(writer) }
        if isNew && sealing != nil {
            // From here on the main file can tell a wrong key from the right one.
            try Self.reporting("Making the database") { try writer.writeWithoutTransaction { _ = try $0.checkpoint(.passive) } }
        }
    }

    /// How long a connection waits for a lock, in seconds.
    static let busySecondsMax = 5.0

    /// Connections as this module wants them.
    ///
    /// - Parameter setsWAL: Whether the journal mode must be set here, because GRDB would look for the log among real files.
    private static func configuration(readers: Int, setsWAL: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.label = "replica"
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(busySecondsMax)
        // Rows refer to each other by small numbers that this module gives out; checking each again would cost as
        // much as writing it.
        configuration.foreignKeysEnabled = false
        // Transactions are begun and ended through C. One that cannot be rolled back must become an error, not a trap.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            let isReader = database.configuration.readonly
            if setsWAL { try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL") }
            for pragma in [
                "temp_store = MEMORY",  // sorting spills nothing readable to disk
                "mmap_size = 0",  // pages go through the VFS, which may seal them
                "cache_size = \(isReader ? -8192 : -65536)",  // KiB
                "journal_size_limit = 67108864",
                // What is deleted is overwritten, so that a purge leaves nothing in free space. Sealed databases need it too:
                // a page that was never written would be a hole in the file, which is not authentic.
                "secure_delete = ON",
            ] {
                try database.execute(sql: "PRAGMA \(pragma)")
            }
        }
        return configuration
    }

    /// Refuses what cannot be a database before anything is made beside it.
    private static func checkFile(at path: String, isSealed: Bool) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw DatabaseLock.failure(errno, opening: path)
        }
        if status.st_mode & S_IFMT != S_IFREG {
            throw ReplicaStoreError(.notADatabase, "\(path) is not a regular file. Name a file for the database.")
        }
        guard access(path, R_OK | W_OK) == 0 else { throw DatabaseLock.failure(errno, opening: path) }
        // SQLite takes less than one page for an empty database and would write over it. Sealed, it may be a torn first page.
        if status.st_size > 0 && status.st_size < 512 && !isSealed { throw notADatabase(path) }
    }

    /// Makes an empty file that only its owner may read. SQLite gives the files beside it the same mode.
    private static func createFile(at path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseLock.failure(errno, opening: path) }
        _ = close(descriptor)
    }

    private static func size(of path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw DatabaseLock.failure(errno, opening: path) }
        return Int(status.st_size)
    }

    /// Looks into an existing file through a read-only connection: opening it for writing would already change it.
    private static func checkContents(of path: String, at uri: String, isJournalled: Bool) throws {
        var configuration = Configuration()
        // A rollback journal is left only where making the database was cut short; undoing that needs to write.
        configuration.readonly = !isJournalled
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: uri, configuration: configuration)
            try queue.read { database in
                let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
                let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
                if application != Schema.applicationID {
                    // A crash while the database was made may have left what GRDB makes before the first migration.
                    let tables = try Int64.fetchOne(
                        database,
                        sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN ('grdb_migrations', 'grdb_issue_102')")
                    let isEmpty = try tables == 0 && Schema.migrator.appliedIdentifiers(database).isEmpty
                    if application != 0 || version != 0 || !isEmpty { throw notADatabase(path) }
                    return
                }
                if try version > Schema.version || Schema.migrator.hasBeenSuperseded(database) {
                    throw ReplicaStoreError(
                        .newerDatabase,
                        "\(path) has format \(version); this program knows formats up to \(Schema.version). Upgrade the program.")
                }
            }
            try queue.close()
        } catch {
            let failure = ReplicaStoreError(error, during: "Reading \(path)")
            if failure.code == .notADatabase && looksSealed(path) {
                throw ReplicaStoreError(
                    .sealed, "\(path) is sealed and was opened without its key. Name the key in the configuration, at `at-rest`.",
                    underlying: failure)
            }
            throw failure
        }
    }

    /// Whether a file that is no plain database has the mark of a sealed one.
    static func looksSealed(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { _ = close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        return read(descriptor, &bytes, bytes.count) == bytes.count && SealedVFS.isSealed(firstPage: bytes)
    }

    private static func notADatabase(_ path: String) -> ReplicaStoreError {
        ReplicaStoreError(.notADatabase, "\(path) is not a database of this program. Name another file, or move it away.")
    }

    private static func reporting<Result>(_ task: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw ReplicaStoreError(error, during: task) }
    }
}
