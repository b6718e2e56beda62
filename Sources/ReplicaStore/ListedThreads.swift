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
        /// nil until they were read.
        var rows: ListedRows?
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

    /// Every listed thread, in no order.
    ///
    /// - Parameters:
    ///   - asOf: What `CommitCount.threads` was before the snapshot of `source` began.
    ///   - now: What it is now.
    ///   - source: Reads the table where it is not in memory.
    func threads(asOf: UInt64, now: () -> UInt64, in source: some StatementSource) throws -> [ListedThread] {
        let held: [ListedThread]? = contents.withLock { contents in
            if let rows = contents.rows { return rows.threads }
            // What is committed from here on is noted; `now` says whether something was between the snapshot and here.
            if contents.waitingSince == nil { contents.waitingSince = now() }
            return nil
        }
        if let held { return held }
        var rows = ListedRows()
        try Self.read(source) { rows.set($0, to: $1) }
        contents.withLock { contents in
            guard contents.rows == nil, let since = contents.waitingSince, since <= asOf else { return }
            var read: ListedRows? = rows
            // Some of it the snapshot may have seen: a row's last state is the same whichever way it comes.
            for noted in contents.waiting where noted.commit > asOf { Self.apply(noted.changes, to: &read) }
            contents = Contents()
            contents.rows = read
        }
        return rows.threads
    }

    /// Every listed thread from the tables, with `thread.no`.
    static func read(_ source: some StatementSource, _ body: (Int64, ListedThread) -> Void) throws {
        // The covering index has all but the number, which is the key of each of its entries.
        try source.forEachRow("SELECT \(ListedThread.columns), no FROM thread INDEXED BY thread_work WHERE listed = 1") { row in
            body(row.integer(8), ListedThread(row))
        }
    }

    private static func apply(_ changes: [Change], to rows: inout ListedRows?) {
        for change in changes { rows?.set(change.number, to: change.thread) }
    }
}

/// Listed threads by `thread.no`, one beside the other: whoever counts goes through all of them.
struct ListedRows {
    /// In no order.
    private(set) var threads: [ListedThread] = []
    private var numbers: [Int64] = []
    private var places: [Int64: Int] = [:]

    /// Keeps a thread in place of what was kept under `number`, or nothing for nil.
    mutating func set(_ number: Int64, to thread: ListedThread?) {
        switch (places[number], thread) {
        case (nil, nil): break
        case (nil, let thread?):
            places[number] = threads.count
            threads.append(thread)
            numbers.append(number)
        case (let place?, let thread?): threads[place] = thread
        case (let place?, nil):
            // The last one takes its place.
            places[numbers[numbers.count - 1]] = place
            places[number] = nil
            threads.swapAt(place, threads.count - 1)
            numbers.swapAt(place, numbers.count - 1)
            threads.removeLast()
            numbers.removeLast()
        }
    }
}
