import Causality
public import InboxModel
import ReplicaStore

extension InboxReader {
    /// How many of each kind of match are looked at: enough for a page, and bounded where a word is everywhere.
    private static let hitsMax = 400

    /// What somebody looks for by typing: a thread's code, a patient's name, words of messages, notes and subjects. Threads come once,
    /// those found by code first, then by name, then by words, the newest first.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - limit: How many threads at most.
    ///   - fits: Whether a thread may be shown and passes the filters.
    public func find(_ text: String, limit: Int = 50, fits: (ThreadState) -> Bool) throws -> [ThreadListItem] {
        let directory = try directory()
        var seen: Set<ThreadID> = []
        var items: [ThreadListItem] = []
        func add(_ state: ThreadState) throws {
            guard items.count < limit, !seen.contains(state.id), fits(state) else { return }
            seen.insert(state.id)
            items.append(try item(state, directory))
        }
        for row in try store.threads(matching: text) { try add(row.state) }
        for patient in try store.patients(matching: text, limit: 20) {
            for row in try store.threads(ThreadFilter(.all, patient: patient.id), limit: limit) { try add(row.state) }
        }
        for hit in try store.search(text, limit: Self.hitsMax) where items.count < limit && !seen.contains(hit.thread) {
            // A match would tell what was said.
            if let state = try store.state(of: hit.thread), withholds?(state) != true { try add(state) }
        }
        return items
    }

    /// The line of one thread; nil where there is none of that id.
    public func item(of id: ThreadID) throws -> ThreadListItem? {
        try store.state(of: id).map { try item($0, try directory()) }
    }

    private func item(_ state: ThreadState, _ directory: Directory) throws -> ThreadListItem {
        var texts = ThreadTexts(reader: self, state: state)
        return ThreadListItem(
            state: state, cursor: nil, directory: directory, subject: texts.subject(), patient: try patientName(state.opening?.patient))
    }
}
