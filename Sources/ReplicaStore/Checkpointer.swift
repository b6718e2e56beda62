import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database file beside the writer, on a connection and a queue of its own.
///
/// SQLite's automatic checkpoint runs inside a commit: the merge would wait for two `fsync` of some megabytes every
/// few thousand pages, a fifth of a catch-up's time and a pause that people feel. Here the writer goes on meanwhile.
/// The log can be started anew only when nothing in it is left to move, which under steady writing is never, so after
/// a checkpoint beside it the writer moves the little that came since by itself.
///
/// On a simulated disk nothing runs beside the writer: the same rule, for a smaller log, moves it inside the commit that
/// makes it due, so that the same transactions always give the same operations.
///
/// Everything here belongs to the writer's queue.
final class Checkpointer {
    /// Pages after which the log is moved: 32 MiB.
    static let slicePages = 8000
    /// The same on a simulated disk: 2 MiB, so that simulated hours meet it.
    static let slicePagesSimulated = 500
    /// Pages at which the writer moves everything, whatever happens beside it: 256 MiB.
    static let pagesMax = 64_000

    private let writer: OpaquePointer
    /// Runs checkpoints beside the writer; nil where nothing may.
    private let queue: DatabaseQueue?
    private let slicePages: Int
    private let progress = Progress()
    /// The log's size as the last commit left it; SQLite's hook writes it.
    private let size = LogSize()
    private var pagesAtStart = 0
    private var hasStarted = false

    /// What both queues look at.
    private final class Progress: Sendable {
        let isRunning = Atomic(false)
    }

    private final class LogSize {
        var pages = 0
    }

    /// How many pages the log holds, moved or not.
    var logPages: Int { size.pages }

    /// Takes over checkpointing from the connection `writer` of the database at `location`, which SQLite opens as `path`; nil for
    /// memory, which has no log.
    init?(writer: OpaquePointer, location: ReplicaLocation, path: String) throws {
        self.writer = writer
        switch location {
        case .memory: return nil
        case .file:
            queue = try Self.openQueue(path)
            slicePages = Self.slicePages
        case .vfs:
            queue = nil
            slicePages = Self.slicePagesSimulated
        }
        // Replaces the automatic checkpoint, which is a hook too.
        sqlite3_wal_hook(
            writer,
            { context, _, _, pages in
                if let context { Unmanaged<LogSize>.fromOpaque(context).takeUnretainedValue().pages = Int(pages) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(size).toOpaque())
    }

    private static func openQueue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "replica.checkpoint"
        // Another checkpoint of the same file is not waited for: it does the same work.
        configuration.busyMode = .immediateError
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw ReplicaStoreError(error, during: "Opening \(path)")
        }
    }

    /// Does or starts what is due after a commit. Failures are not the transaction's, which is durable in the log:
    /// what was not moved is moved next time, and a disk that is full or broken shows in the next write.
    func committed() {
        let pages = size.pages
        if pages < pagesAtStart { pagesAtStart = 0 }  // the log was started anew
        if progress.isRunning.load(ordering: .acquiring) {
            if pages >= Self.pagesMax { moveRest() }
        } else if hasStarted {
            moveRest()
        } else if pages - pagesAtStart >= slicePages {
            start(at: pages)
        }
    }

    private func start(at pages: Int) {
        guard let queue else { return moveRest() }
        pagesAtStart = pages
        hasStarted = true
        progress.isRunning.store(true, ordering: .releasing)
        queue.asyncWriteWithoutTransaction { [progress] database in
            if let connection = database.sqliteConnection {
                sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
            }
            progress.isRunning.store(false, ordering: .releasing)
        }
    }

    /// Moves what no reader holds back, on the writer's connection.
    private func moveRest() {
        sqlite3_wal_checkpoint_v2(writer, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        hasStarted = false
        pagesAtStart = size.pages
    }

    /// Whether a checkpoint runs beside the writer.
    var isRunning: Bool { progress.isRunning.load(ordering: .acquiring) }

    /// Waits until nothing runs beside the writer.
    func wait() { queue?.writeWithoutTransaction { _ in } }

    /// Waits for a checkpoint beside the writer and closes its connection. Before the writer's closes.
    func close() throws {
        sqlite3_wal_hook(writer, nil, nil)
        try queue?.close()
    }
}
