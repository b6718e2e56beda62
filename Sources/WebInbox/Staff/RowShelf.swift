import InboxModel
import PageTemplates
import ReplicaStore
import Synchronization

/// Rows of lists as they were rendered lately. A list that is looked at again has mostly the same rows, for everybody who sees it, and
/// rendering them is most of what its page costs.
///
/// They show names and subjects, so those of a thread that changes are forgotten, as by a purge, and all of them where a node is locked.
final class RowShelf: Sendable {
    private let rows = Mutex(TwoGenerations<ThreadRowView, RenderedHTML>(generationMax: 4_096))

    /// The HTML of `row`, which `render` makes where it is not here.
    func html(of row: ThreadRowView, _ render: () throws -> RenderedHTML) rethrows -> RenderedHTML {
        if let held = rows.withLock({ $0.find(row) }) { return held }
        let html = try render()
        rows.withLock { $0.keep(html, for: row) }
        return html
    }

    /// How many there are.
    var count: Int { rows.withLock { $0.count } }

    /// Forgets the rows of threads that changed: nobody is shown them again.
    func forget(_ threads: [ThreadID]) {
        let changed = Set(threads)
        rows.withLock { rows in
            if rows.count > 0 { rows.removeAll { changed.contains($0.id) } }
        }
    }

    /// Forgets all of them.
    func forget() { rows.withLock { $0.removeAll() } }
}
