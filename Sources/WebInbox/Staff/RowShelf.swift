import InboxModel
import PageTemplates
import ReplicaStore
import Synchronization

/// Rows of lists as they were rendered lately. A list that is looked at again has mostly the same rows, for everybody who sees it, and
/// rendering them is most of what its page costs.
///
/// They show names and subjects, so those of a thread that changes are forgotten, as by a purge, and all of them where a node is locked.
final class RowShelf: Sendable {
    private struct Contents {
        var rows = TwoGenerations<ThreadRowView, RenderedHTML>(generationMax: 4_096)
        var forgotten: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    /// How often some were forgotten. To be taken before the threads are read whose rows are asked for.
    var forgotten: UInt64 { contents.withLock { $0.forgotten } }

    /// The HTML of `row`, which `render` makes where it is not here. It is kept unless something was forgotten since `forgotten` was taken:
    /// it may show what was destroyed meanwhile.
    func html(of row: ThreadRowView, since forgotten: UInt64, _ render: () throws -> RenderedHTML) rethrows -> RenderedHTML {
        if let held = contents.withLock({ $0.rows.find(row) }) { return held }
        let html = try render()
        contents.withLock { contents in
            if contents.forgotten == forgotten { contents.rows.keep(html, for: row) }
        }
        return html
    }

    /// How many there are.
    var count: Int { contents.withLock { $0.rows.count } }

    /// Forgets the rows of threads that changed: nobody is shown them again.
    func forget(_ threads: [ThreadID]) {
        let changed = Set(threads)
        contents.withLock { contents in
            contents.forgotten += 1
            contents.rows.removeAll { changed.contains($0.id) }
        }
    }

    /// Forgets all of them.
    func forget() {
        contents.withLock { contents in
            contents.forgotten += 1
            contents.rows.removeAll()
        }
    }
}
