import Synchronization

/// Rows of lists as they were rendered lately. A list that is looked at again has mostly the same rows, for everybody who sees it, and
/// rendering them is most of what its page costs.
///
/// They show names and subjects, so a node that is locked forgets them.
final class RowShelf: Sendable {
    /// How many are kept at least, where so many differ.
    private static let generationMax = 4_096

    private struct Contents {
        var young: [ThreadRowView: String] = [:]
        var old: [ThreadRowView: String] = [:]
    }

    private let contents = Mutex(Contents())

    /// The HTML of `row`, which `render` makes where it is not here.
    func html(of row: ThreadRowView, _ render: () throws -> String) rethrows -> String {
        let held: String? = contents.withLock { contents in
            if let html = contents.young[row] { return html }
            guard let html = contents.old[row] else { return nil }
            Self.insert(html, for: row, in: &contents)
            return html
        }
        if let held { return held }
        let html = try render()
        contents.withLock { Self.insert(html, for: row, in: &$0) }
        return html
    }

    /// How many there are.
    var count: Int { contents.withLock { $0.young.count + $0.old.count } }

    /// Forgets all of them.
    func forget() { contents.withLock { $0 = Contents() } }

    private static func insert(_ html: String, for row: ThreadRowView, in contents: inout Contents) {
        if contents.young.count >= generationMax {
            contents.old = contents.young
            contents.young = [:]
        }
        contents.young[row] = html
    }
}
