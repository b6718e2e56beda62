import Causality
public import InboxModel
import ReplicaStore

extension InboxReader {
    /// How many of each kind of match are looked at: enough for a page, and bounded where a word is everywhere.
    private static let hitsMax = 400
    private static let hitsAtOnce = 80
    /// How many patients of a name are looked at.
    private static let patientsMax = 20

    /// What somebody looks for by typing: a thread's code, a patient's name, words of messages, notes and subjects. Threads come once,
    /// those found by code first, then by name, then by whole words, then by beginnings of words, the newest first.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - limit: How many threads at most.
    ///   - fits: Whether a thread may be shown and passes the filters.
    public func find(_ text: String, limit: Int = 50, fits: (ThreadState) -> Bool) throws -> [ThreadListItem] {
        try onOneState { try $0.findOnOneState(text, limit: limit, fits: fits) }
    }

    private func findOnOneState(_ text: String, limit: Int, fits: (ThreadState) -> Bool) throws -> [ThreadListItem] {
        let directory = try directory()
        var seen: Set<ThreadID> = []
        var items: [ThreadListItem] = []
        func add(_ state: ThreadState) throws {
            guard items.count < limit, !seen.contains(state.id), fits(state) else { return }
            seen.insert(state.id)
            items.append(try item(state, directory))
        }
        for row in try store.threads(matching: text) { try add(row.state) }
        try store.forEachThread(of: store.patients(matching: text, limit: Self.patientsMax).map(\.id)) { state in
            try add(state)
            return items.count < limit
        }
        // Whole words first, and some at a time: where a word is everywhere, the first few fill the page.
        for wholeWords in [true, false] {
            var place = Int64.max
            var looked = 0
            while items.count < limit, looked < Self.hitsMax {
                let hits = try store.search(text, wholeWords: wholeWords, limit: Self.hitsAtOnce, before: place)
                for hit in hits where items.count < limit && !seen.contains(hit.thread) {
                    // A match would tell what was said.
                    if let state = try store.state(of: hit.thread), withholds?(state) != true { try add(state) }
                }
                guard let last = hits.last, hits.count == Self.hitsAtOnce else { break }
                place = last.number
                looked += hits.count
            }
        }
        return items
    }

    /// The line of one thread; nil where there is none of that id.
    public func item(of id: ThreadID) throws -> ThreadListItem? {
        try store.state(of: id).map { try item($0, try directory()) }
    }
}
