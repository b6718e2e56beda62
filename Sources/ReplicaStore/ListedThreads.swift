import Synchronization

/// Every listed thread in memory, for counting: each page of the daily list counts a dozen lists, and reading them all from the index each
/// time was most of what the page cost.
///
/// Read once, when somebody first counts; from then on the writer says after each commit which rows it changed. Until it is asked for, it
/// costs the writer nothing.
///
/// Ordering duties: the writer notes a transaction after its commit and before it begins another one. A reader takes `CommitCount.threads`
/// before its snapshot begins and hands it on as `asOf`.
final class ListedThreads: Sendable {
    /// A row of `thread` after a commit: nil where it is not listed any more.
    typealias Change = (number: Int64, thread: ListedThread?)

    /// What is noted while nobody has finished reading the table; where more comes, reading begins anew.
    private static let waitingMax = 50_000

    private struct Contents {
        /// By `thread.no`; nil until they were read.
        var rows: [Int64: ListedThread]?
        /// The commit after which `waiting` began; nil while nobody has asked.
        var waitingSince: UInt64?
        var waiting: [(commit: UInt64, changes: [Change])] = []
        var waitingCount = 0
    }

    private let contents = Mutex(Contents())

    /// Whether the writer should say what it changes.
    var isWanted: Bool { contents.withLock { $0.rows != nil || $0.waitingSince != nil } }

    /// The rows that commit number `commit` changed.
    func note(_ changes: [Change], commit: UInt64) {
        contents.withLock { contents in
            if contents.rows != nil {
                Self.apply(changes, to: &contents.rows)
            } else if contents.waitingSince != nil {
                contents.waiting.append((commit, changes))
                contents.waitingCount += changes.count
                if contents.waitingCount > Self.waitingMax { contents = Contents() }
            }
        }
    }

    /// The tables were emptied, or what was noted cannot be known: reads anew when somebody counts.
    func forget() { contents.withLock { $0 = Contents() } }

    /// Calls `body` with every listed thread. It must not ask for anything else: the writer waits meanwhile.
    ///
    /// - Parameters:
    ///   - asOf: What `CommitCount.threads` was before the snapshot of `source` began.
    ///   - now: What it is now.
    ///   - source: Reads the table where it is not in memory.
    func forEach(asOf: UInt64, now: () -> UInt64, in source: some StatementSource, _ body: (ListedThread) -> Void) throws {
        let isHeld = contents.withLock { contents in
            if let rows = contents.rows {
                for row in rows.values { body(row) }
                return true
            }
            // What is committed from here on is noted; `now` says whether something was between the snapshot and here.
            if contents.waitingSince == nil { contents.waitingSince = now() }
            return false
        }
        if isHeld { return }
        var rows: [Int64: ListedThread] = [:]
        try Self.read(source) { rows[$0] = $1 }
        for row in rows.values { body(row) }
        contents.withLock { contents in
            guard contents.rows == nil, let since = contents.waitingSince, since <= asOf else { return }
            var read: [Int64: ListedThread]? = rows
            // Some of it the snapshot may have seen: a row's last state is the same whichever way it comes.
            for noted in contents.waiting where noted.commit > asOf { Self.apply(noted.changes, to: &read) }
            contents = Contents()
            contents.rows = read
        }
    }

    /// Every listed thread from the tables, with `thread.no`.
    static func read(_ source: some StatementSource, _ body: (Int64, ListedThread) -> Void) throws {
        // The covering index has all but the number, which is the key of each of its entries.
        try source.forEachRow("SELECT \(ListedThread.columns), no FROM thread INDEXED BY thread_work WHERE listed = 1") { row in
            body(row.integer(8), ListedThread(row))
        }
    }

    private static func apply(_ changes: [Change], to rows: inout [Int64: ListedThread]?) {
        for change in changes { rows?[change.number] = change.thread }
    }
}
