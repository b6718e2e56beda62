import GRDB
import GRDBSQLite

/// One replica's database: the log as it was received, and the inbox that follows from it.
///
/// Ordering duties: one event is one `write`. Send nothing that depends on a transaction before `write` has returned.
/// `write` is not reentrant. The store is confined to its owner (not `Sendable`): it keeps merged state in memory
/// between transactions. Pages and reports use `reader` instead, from anywhere, and never wait for a merge.
public final class ReplicaStore {
    /// The format of the tables that this version writes and the newest that it reads.
    public static var formatVersion: Int64 { Schema.version }
    /// How many threads are kept in memory between transactions, unless told otherwise.
    public static let cacheCapacityDefault = 16_384

    /// Reads committed transactions, concurrently.
    public let reader: ReplicaReader

    private let database: any DatabaseWriter
    private let lock: DatabaseLock?
    /// Seals the database, where it is sealed; gone once it is closed.
    private var sealing: SealedVFS?
    private let connection: WriteConnection
    private let workingSet: WorkingSet
    let checkpointer: Checkpointer?
    private var isWriting = false
    private var isClosed = false
    /// Whether memory could not be brought in step with the tables after a failure; tried again before the next
    /// transaction.
    private var isStale = false

    /// Opens the database at `location`, making it or bringing older tables up to date where needed.
    ///
    /// - Parameters:
    ///   - location: Where it lies. Its directory must exist.
    ///   - readers: How many reads may run at once; only a file allows more than one.
    ///   - cacheCapacity: How many threads are kept in memory between transactions.
    /// - Throws: `ReplicaStoreError`: `.notFound` (no directory), `.permissionDenied`, `.locked` (a second process),
    ///   `.notADatabase`, `.sealed`, `.notSealed`, `.wrongKey`, `.newerDatabase`, `.corrupt`, `.diskFull`, `.inputOutput`. The
    ///   file is then as it was.
    public init(_ location: ReplicaLocation, readers: Int = 4, cacheCapacity: Int = cacheCapacityDefault) throws {
        let opened = try ReplicaDatabase(location, readers: readers)
        database = opened.writer
        lock = opened.lock
        sealing = opened.sealing
        (connection, workingSet, checkpointer) = try opened.writer.writeWithoutTransaction { database in
            guard let handle = database.sqliteConnection else {
                throw ReplicaStoreError(.other, "The database has no connection.")
            }
            let connection = WriteConnection(handle)
            let workingSet = try WorkingSet(connection, cacheCapacity: cacheCapacity)
            return (connection, workingSet, try Checkpointer(writer: handle, location: location, path: opened.path))
        }
        reader = ReplicaReader(opened.writer, location: location, commits: CommitCount())
    }

    deinit { release() }

    /// Closes the database, gives up its lock and wipes its copy of the key. Readers fail from then on. Nothing happens the second
    /// time.
    public func close() throws {
        if isClosed { return }
        isClosed = true
        defer { lock?.release() }
        do { try closeConnections() } catch { throw ReplicaStoreError(error, during: "Closing the database") }
    }

    /// Runs one transaction: everything that `body` does is kept, or nothing.
    ///
    /// Where `body` or the commit throws, the database and the memory of the store are as before and the error is
    /// passed on.
    ///
    /// - Parameters:
    ///   - durability: `.full` where the transaction authors change sets.
    ///   - body: Gets the transaction, which is valid only inside it.
    public func write<Result>(
        _ durability: Durability, _ body: (ReplicaTransaction) throws -> Result
    ) throws -> Result {
        if isClosed { throw ReplicaStoreError(.other, "The database was closed; open the store again.") }
        if isWriting { throw ReplicaStoreError(.inconsistent, "A transaction is open already; transactions do not nest.") }
        isWriting = true
        defer { isWriting = false }
        return try database.writeWithoutTransaction { _ in try transact(durability, body) }
    }

    /// How far every log is received, merged and indexed, ascending by replica; from memory, as of the last
    /// transaction.
    public var progress: [ReplicaProgress] { workingSet.replicas.progress }

    /// Moves the write-ahead log into the main file and cuts it to nothing where no reader holds it.
    public func checkpoint() throws {
        if isClosed { throw ReplicaStoreError(.other, "The database was closed; open the store again.") }
        do {
            try database.writeWithoutTransaction { database in
                checkpointer?.wait()
                _ = try database.checkpoint(.truncate)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return  // A reader holds it: what could be moved was.
        } catch {
            throw ReplicaStoreError(error, during: "Moving the write-ahead log into the database")
        }
    }

    /// Moves the write-ahead log into the main file and cuts it to nothing, so that no page is left in it as it once was. False where
    /// somebody reads or a checkpoint runs: to be tried again later, as waiting would keep the next command waiting too.
    public func truncateLog() throws -> Bool {
        if isClosed { throw ReplicaStoreError(.other, "The database was closed; open the store again.") }
        if checkpointer?.isRunning == true { return false }
        return try database.writeWithoutTransaction { database in
            guard let handle = database.sqliteConnection else { return false }
            sqlite3_busy_timeout(handle, Self.truncationWaitMax)
            defer { sqlite3_busy_timeout(handle, Int32(ReplicaDatabase.busySecondsMax * 1000)) }
            let result = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
            if result & 0xFF == SQLITE_BUSY || result & 0xFF == SQLITE_LOCKED { return false }
            guard result == SQLITE_OK else {
                throw ReplicaStoreError(
                    sqlite: sqlite3_extended_errcode(handle), during: "Emptying the write-ahead log",
                    detail: String(cString: sqlite3_errmsg(handle)))
            }
            return true
        }
    }

    /// How long emptying the write-ahead log waits for readers, in milliseconds.
    private static let truncationWaitMax: Int32 = 20

    /// Runs `body` with the raw connection: for tests that damage or limit a database.
    func withDatabase<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try database.writeWithoutTransaction(body)
    }

    private func transact<Result>(
        _ durability: Durability, _ body: (ReplicaTransaction) throws -> Result
    ) throws -> Result {
        if isStale {
            try workingSet.reload()
            isStale = false
        }
        let positions = workingSet.replicas
        connection.arm(durability)
        workingSet.transaction += 1
        let transaction = ReplicaTransaction(workingSet)
        do {
            let result = try body(transaction)
            try transaction.finish()
            if try connection.commit() { checkpointer?.committed() }
            tell(transaction)
            return result
        } catch {
            transaction.invalidate()
            undo(transaction, positions)
            throw error
        }
    }

    /// Tells readers what a transaction that is committed has changed, of what they keep in memory.
    private func tell(_ transaction: ReplicaTransaction) {
        if transaction.hasDestroyed { reader.openedTexts.forget() }
        if transaction.hasChangedDirectory { reader.commits.directoryChanged() }
        let touched = transaction.touchedThreads
        if touched.isEmpty && !transaction.hasEmptied { return }
        // Counted before anybody is asked whether they want to know: who begins to read in between finds that it was counted.
        let commit = reader.commits.threadsChanged()
        if transaction.hasEmptied {
            reader.listed.forget()
        } else if reader.listed.isWanted {
            reader.listed.note(touched.map { workingSet.rows.listed($0) }, commit: commit)
        }
    }

    private func undo(_ transaction: ReplicaTransaction, _ positions: ReplicaTable) {
        // At once and from memory: should reading fail as well, nobody must see the logs as far as the transaction had brought them.
        workingSet.replicas = positions
        do {
            try connection.rollBack()
            try workingSet.restore(forgetting: transaction.touchedThreadIDs)
        } catch {
            // The first error is what the caller must see. This one is met again, or gone, when the next transaction
            // begins.
            isStale = true
        }
    }

    private func closeConnections() throws {
        try database.writeWithoutTransaction { _ in
            connection.finalizeStatements()
            try checkpointer?.close()
        }
        try database.close()
        reader.openedTexts.forget()
        sealing = nil
    }

    private func release() {
        if isClosed { return }
        isClosed = true
        // An object that goes away cannot report; SQLite's log is complete without a clean close.
        do { try closeConnections() } catch {}
        lock?.release()
    }
}
