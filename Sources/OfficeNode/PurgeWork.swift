import Causality
import InboxModel

/// What a node has still to do about purges. A value in memory: at a start it is made anew from the threads.
struct PurgeWork: Sendable {
    /// How far removing what was destroyed from the database file is.
    enum Scrubbing: Sendable {
        /// Nothing to remove.
        case idle
        /// The full-text index is brought together.
        case merging(isFirst: Bool)
        /// The write-ahead log is to be emptied after the next transaction.
        case emptying
    }

    /// How long emptying the write-ahead log waits after somebody was in the way, in milliseconds.
    static let patience: Int64 = 1000
    /// How many threads one turn looks at.
    static let sliceMax = 16

    /// Threads to be looked at.
    private(set) var due: Set<ThreadID> = []
    /// Threads of which something was destroyed, or may have been before a restart, that may still be found in the database's files.
    private var dirty: Set<ThreadID> = []
    /// Threads of which nothing destroyed is left in the database's files, since this program started.
    private var clean: Set<ThreadID> = []
    private(set) var scrubbing = Scrubbing.idle
    /// When to try again to empty the log, in milliseconds since 1970.
    private var notBefore: Int64 = .min

    /// Whether a turn would find something to do at once.
    var wantsTurn: Bool {
        if case .merging = scrubbing { return true }
        return !due.isEmpty
    }

    /// Whether nothing at all is left to do.
    var isDone: Bool {
        if case .idle = scrubbing { return due.isEmpty }
        return false
    }

    mutating func add(_ threads: some Sequence<ThreadID>) { due.formUnion(threads) }

    /// Nothing can be done about them now.
    mutating func forgetDue() { due = [] }

    /// The threads to look at now, taken out.
    mutating func take() -> [ThreadID] {
        let slice = due.sorted().prefix(Self.sliceMax)
        due.subtract(slice)
        return Array(slice)
    }

    /// Whether nothing of what was destroyed of `thread` is left in the files.
    func isClean(_ thread: ThreadID) -> Bool { clean.contains(thread) }

    /// Something of `thread` was destroyed in the tables, or must be taken to have been.
    mutating func soil(_ thread: ThreadID) {
        clean.remove(thread)
        dirty.insert(thread)
        scrubbing = .merging(isFirst: true)
    }

    /// Something was destroyed or let go before a restart, and may still be in the files.
    mutating func soil() { scrubbing = .merging(isFirst: true) }

    /// Whether nothing is to be removed from the files.
    var isScrubbed: Bool {
        if case .idle = scrubbing { true } else { false }
    }

    /// A slice of the full-text index was merged.
    mutating func merged(isMore: Bool) { scrubbing = isMore ? .merging(isFirst: false) : .emptying }

    /// Whether the write-ahead log is to be emptied at `now`.
    func mayEmpty(at now: Int64) -> Bool {
        if case .emptying = scrubbing { return now >= notBefore || notBefore - now > Self.patience }
        return false
    }

    /// The write-ahead log was emptied: the threads concerned are looked at again, to say so.
    mutating func emptied() {
        scrubbing = .idle
        clean.formUnion(dirty)
        due.formUnion(dirty)
        dirty = []
    }

    /// Somebody was in the way.
    mutating func postpone(at now: Int64) { notBefore = now + Self.patience }
}
