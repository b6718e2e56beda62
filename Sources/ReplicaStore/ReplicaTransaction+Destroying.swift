public import Causality
public import InboxModel

// What a purge does to the tables. `secure_delete` is on: what is replaced or deleted here is overwritten with zeros in its page. The
// write-ahead log holds the page as it was until `ReplicaStore.truncateLog`.

extension ReplicaTransaction {
    /// Puts `contents` in the place of a change set's contents: the same ones, with some destroyed.
    ///
    /// - Throws: `.inconsistent` where the log does not hold `dot`.
    public func replaceContents(of dot: Dot, with contents: ArraySlice<UInt8>) throws {
        let key = try heldKey(dot)
        hasDestroyed = true
        try working.connection.run("UPDATE log SET contents = ? WHERE id = ?") {
            $0.bindCopy(1, Array(contents))
            $0.bind(2, key.rawValue)
        }
    }

    /// The texts of a thread that the full-text index has.
    public func searchItems(of thread: ThreadID) throws -> [SearchItem] {
        try requireOpen()
        guard let number = try self.thread(thread)?.number else { return [] }
        var items: [SearchItem] = []
        try working.connection.forEachRow(
            """
            SELECT search_item.no, replica.id, sequence, item
            FROM search_item JOIN replica ON replica.no = search_item.replica WHERE thread = ?
            """, bind: { $0.bind(1, number) }
        ) { row in
            let dot = Dot(ReplicaID(UInt64(bitPattern: row.integer(1))), UInt64(bitPattern: row.integer(2)))
            items.append(
                SearchItem(number: row.integer(0), content: ContentReference(dot, UInt16(truncatingIfNeeded: row.integer(3)))))
        }
        return items
    }

    /// Takes a text out of the full-text index. The index keeps no text, so it must be told which: `text` must be what was added. Its
    /// words are gone from the tables when `mergeSearch` has come to an end.
    public func removeSearchItem(_ item: SearchItem, text: String) throws {
        try requireOpen()
        try working.connection.run("INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)") {
            $0.bind(1, item.number)
            $0.bindCopy(2, text)
        }
        try working.connection.run("DELETE FROM search_item WHERE no = ?") { $0.bind(1, item.number) }
    }

    /// Empties the full-text index, to be filled anew from the log.
    public func emptySearch() throws {
        try requireOpen()
        try working.connection.run("INSERT INTO search (search) VALUES ('delete-all')")
        try working.connection.run("DELETE FROM search_item")
        for position in working.replicas.entries.indices { working.replicas.update(position) { $0.indexed = 0 } }
    }

    /// Brings the parts of the full-text index together, a slice at a time: a part that lists a removed text under its words is
    /// written anew without it.
    ///
    /// - Parameters:
    ///   - isFirst: Whether this is the first slice: all parts that there are now are to become one.
    ///   - pagesMax: About how many pages to write.
    /// - Returns: Whether something is left to do.
    public func mergeSearch(isFirst: Bool, pagesMax: Int = 64) throws -> Bool {
        try requireOpen()
        let before = try changeCount()
        try working.connection.run("INSERT INTO search (search, rank) VALUES ('merge', ?)") {
            $0.bind(1, Int64(isFirst ? -pagesMax : pagesMax))
        }
        // As SQLite's documentation has it: fewer than two changed rows mean that there was nothing to merge.
        return try changeCount() - before >= 2
    }

    private func changeCount() throws -> Int64 {
        try working.connection.firstRow("SELECT total_changes()") { $0.integer(0) } ?? 0
    }

    /// The threads that this transaction has changed so far and that somebody ordered to purge. In the order of their first change.
    public var touchedPurges: [ThreadID] { touchedThreads.filter { !$0.state.purges.isEmpty }.map(\.id) }

    /// What the rows of threads tell about when something was last done in them, ascending by id, at most `countMax` after `id`; nil for
    /// from the first on.
    public func threadRows(after id: ThreadID?, countMax: Int) throws -> [ThreadEnd] {
        try requireOpen()
        try flush()
        var rows: [ThreadEnd] = []
        let sql = id == nil
            ? "SELECT id, status, activity FROM thread ORDER BY id LIMIT ?1"
            : "SELECT id, status, activity FROM thread WHERE id > ?2 ORDER BY id LIMIT ?1"
        try working.connection.forEachRow(
            sql,
            bind: {
                $0.bind(1, Int64(countMax))
                if let id { $0.bindCopy(2, high: id.high, low: id.low) }
            }
        ) { row in
            let ended: [ThreadStatus] = [.resolved, .merged]
            rows.append(
                ThreadEnd(
                    id: try StoredState.id(row.borrowedBlob(0)), hasEnded: ended.contains { Int64($0.rawValue) == row.integer(1) },
                    activity: HybridTimestamp(sortable: row.integer(2)).milliseconds))
        }
        return rows
    }

    /// The threads that a purge is in effect on, ascending.
    public func purgedThreads() throws -> [ThreadID] {
        try requireOpen()
        try flush()
        return try PurgedThreads.all(in: working.connection)
    }
}

/// Looks for the threads that a purge is in effect on.
enum PurgedThreads {
    /// All of them, ascending.
    static func all(in source: some StatementSource) throws -> [ThreadID] {
        var ids: [ThreadID] = []
        try source.forEachRow(
            "SELECT id FROM thread INDEXED BY thread_purged WHERE flags & \(ThreadFlags.purged.rawValue) <> 0"
        ) {
            ids.append(try StoredState.id($0.borrowedBlob(0)))
        }
        return ids.sorted()
    }
}

/// What a thread's row tells about its end.
public struct ThreadEnd: Hashable, Sendable {
    /// Which thread.
    public let id: ThreadID
    /// Whether it is resolved or goes on in another.
    public let hasEnded: Bool
    /// When something was last done in it, in milliseconds since 1970.
    public let activity: Int64
}

/// A text that the full-text index has.
public struct SearchItem: Hashable, Sendable {
    let number: Int64
    /// Where the text lies.
    public let content: ContentReference
}
