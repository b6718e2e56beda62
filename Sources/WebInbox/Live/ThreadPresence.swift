import InboxModel

/// Who looks at a thread and who writes in it, at this node, now. Kept in memory; what nobody repeats is believed for some seconds.
struct ThreadPresence {
    /// How long somebody counts as writing after their last sign of it, in milliseconds.
    static let writingTime: Int64 = 20_000
    /// How long somebody counts as looking: twice as long as their page waits before it says so again.
    static let lookingTime: Int64 = 16_000
    /// Threads that are remembered before what has ended is cleared away at once.
    private static let threadsMax = 1000

    private struct Signs {
        /// Until when each of them is believed.
        var writing: [StaffID: Int64] = [:]
        var looking: [StaffID: Int64] = [:]

        var isEmpty: Bool { writing.isEmpty && looking.isEmpty }

        mutating func drop(before now: Int64) -> Bool {
            let count = writing.count + looking.count
            writing = writing.filter { now < $0.value }
            looking = looking.filter { now < $0.value }
            return writing.count + looking.count < count
        }
    }

    private var threads: [ThreadID: Signs] = [:]

    /// Somebody writes in a thread. Returns whether that is news.
    mutating func writes(_ staff: StaffID, in thread: ThreadID, now: Int64) -> Bool {
        note(\.writing, staff, thread, now: now, until: now + Self.writingTime)
    }

    /// Somebody looks at a thread. Returns whether that is news.
    mutating func looks(_ staff: StaffID, at thread: ThreadID, now: Int64) -> Bool {
        note(\.looking, staff, thread, now: now, until: now + Self.lookingTime)
    }

    private mutating func note(
        _ kind: WritableKeyPath<Signs, [StaffID: Int64]>, _ staff: StaffID, _ thread: ThreadID, now: Int64, until: Int64
    ) -> Bool {
        if threads.count > Self.threadsMax { _ = end(before: now) }
        let isNew = (threads[thread]?[keyPath: kind][staff] ?? 0) <= now
        threads[thread, default: Signs()][keyPath: kind][staff] = until
        return isNew
    }

    /// Somebody left a thread. Returns whether that is news.
    mutating func leaves(_ staff: StaffID, _ thread: ThreadID) -> Bool {
        guard var signs = threads[thread] else { return false }
        let wasLooking = signs.looking.removeValue(forKey: staff) != nil
        let wasWriting = signs.writing.removeValue(forKey: staff) != nil
        threads[thread] = signs.isEmpty ? nil : signs
        return wasLooking || wasWriting
    }

    /// Clears away what is over. Returns the threads where something was, ascending.
    mutating func end(before now: Int64) -> [ThreadID] {
        var changed: [ThreadID] = []
        for (thread, signs) in threads {
            var left = signs
            guard left.drop(before: now) else { continue }
            changed.append(thread)
            threads[thread] = left.isEmpty ? nil : left
        }
        return changed.sorted()
    }

    /// Who writes and who only looks, both ascending.
    func people(in thread: ThreadID, now: Int64) -> (writing: [StaffID], looking: [StaffID]) {
        guard let signs = threads[thread] else { return ([], []) }
        let writing = signs.writing.filter { now < $0.value }.keys
        return (writing.sorted(), signs.looking.filter { now < $0.value && !writing.contains($0.key) }.keys.sorted())
    }
}
