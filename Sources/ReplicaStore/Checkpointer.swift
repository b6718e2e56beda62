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
/// Everything here belongs to the writer's queue.
final class Checkpointer {
    /// Pages after which the log is moved: 32 MiB.
    static let slicePages = 8000
    /// Pages at which the writer moves everything, whatever happens beside it: 256 MiB.
    static let pagesMax = 64_000

    private let writer: OpaquePointer
    private let queue: DatabaseQueue
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

    /// Takes over checkpointing from the connection `writer` of the database at `path`.
    init(writer: OpaquePointer, path: String) throws {
        self.writer = writer
        var configuration = Configuration()
        configuration.label = "replica.checkpoint"
        // Another checkpoint of the same file is not waited for: it does the same work.
        configuration.busyMode = .immediateError
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        // Replaces the automatic checkpoint, which is a hook too.
        sqlite3_wal_hook(
            writer,
            { context, _, _, pages in
                if let context { Unmanaged<LogSize>.fromOpaque(context).takeUnretainedValue().pages = Int(pages) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(size).toOpaque())
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
        } else if pages - pagesAtStart >= Self.slicePages {
            start(at: pages)
        }
    }

    private func start(at pages: Int) {
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

    /// Waits until nothing runs beside the writer.
    func wait() { queue.writeWithoutTransaction { _ in } }

    /// Waits for a checkpoint beside the writer and closes its connection. Before the writer's closes.
    func close() throws {
        sqlite3_wal_hook(writer, nil, nil)
        try queue.close()
    }
}
