import InboxModel

/// One thread in memory: its state, and what its row holds.
final class CachedThread {
    let id: ThreadID
    /// `thread.no`.
    let number: Int64
    var state: ThreadState
    /// What the row repeats of the state as it was written last; nil while there is no row.
    var stored: ThreadColumns?
    /// Whether the state is ahead of the row.
    var isDirty = false
    /// The transaction that touched it last.
    var touchedIn: UInt64 = 0

    init(id: ThreadID, number: Int64, state: ThreadState, stored: ThreadColumns?) {
        self.id = id
        self.number = number
        self.state = state
        self.stored = stored
    }
}

/// The threads touched lately, across transactions, so that a burst of messages to one thread decodes and encodes it
/// once.
///
/// Two generations: what is found moves to the young one; when that is full, it becomes the old one and the former
/// old one is forgotten. That keeps at least the last half of `capacity` distinct threads at the cost of one
/// dictionary operation, where an exact order of use would cost a list.
struct ThreadCache {
    private var young: [IDWords: CachedThread] = [:]
    private var old: [IDWords: CachedThread] = [:]
    private let generationMax: Int

    /// A cache of about `capacity` threads, at least one.
    init(capacity: Int) { generationMax = max(1, capacity / 2) }

    /// Whether the next insertion would pass the capacity. Write dirty threads, then `rotate()`.
    var isFull: Bool { young.count >= generationMax }

    /// The thread, if it is here.
    mutating func find(_ id: ThreadID) -> CachedThread? {
        let key = IDWords(id)
        if let thread = young[key] { return thread }
        guard let thread = old.removeValue(forKey: key) else { return nil }
        young[key] = thread
        return thread
    }

    /// Adds a thread that was not found.
    mutating func insert(_ thread: CachedThread) { young[IDWords(thread.id)] = thread }

    /// Forgets a thread.
    mutating func remove(_ id: ThreadID) {
        let key = IDWords(id)
        young.removeValue(forKey: key)
        old.removeValue(forKey: key)
    }

    /// Forgets the old generation. None of it may be dirty.
    mutating func rotate() {
        old = young
        young = [:]
        young.reserveCapacity(min(generationMax, old.count))
    }

    /// Forgets everything.
    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
