import Causality
public import InboxModel

/// One place where the words that were looked for occur.
public struct SearchHit: Hashable, Sendable {
    /// In which thread.
    public let thread: ThreadID
    /// In which change set, and when.
    public let stamp: Stamp
    /// Which content of the change set.
    public let item: Int
    /// Its place among all texts, in the order in which they were indexed; to go on after it.
    public let number: Int64
}

extension ReplicaReader {
    /// The texts in which all words of `text` occur, without case and accents; the last word may be the beginning of
    /// one. The latest indexed first: at most `limit`, of those before `number`. Nothing that a person types is an operator. The index
    /// holds no text, so there is no excerpt; open the content of each hit.
    ///
    /// With `wholeWords` the last word is no beginning. That is read from the latest on and ends with the last hit that is wanted, while
    /// beginnings are gathered from every text there is before the first hit comes.
    public func search(
        _ text: String, wholeWords: Bool = false, limit: Int = 50, before number: Int64 = .max
    ) throws -> [SearchHit] {
        guard let expression = SearchQuery(text, wholeWords: wholeWords).expression, limit > 0 else { return [] }
        return try read("Searching") { source in
            var hits: [SearchHit] = []
            try source.forEachRow(
                """
                SELECT thread.id, item.time, replica.id, item.sequence, item.item, search.rowid
                FROM search CROSS JOIN search_item AS item ON item.no = search.rowid
                CROSS JOIN thread ON thread.no = item.thread CROSS JOIN replica ON replica.no = item.replica
                WHERE search MATCH ?1 AND search.rowid < ?3 ORDER BY search.rowid DESC LIMIT ?2
                """,
                bind: {
                    $0.bindCopy(1, expression)
                    $0.bind(2, Int64(limit))
                    $0.bind(3, number)
                }
            ) { row in
                let dot = Dot(ReplicaID(UInt64(bitPattern: row.integer(2))), UInt64(bitPattern: row.integer(3)))
                let stamp = Stamp(dot, HybridTimestamp(sortable: row.integer(1)))
                hits.append(
                    SearchHit(
                        thread: try StoredState.id(row.borrowedBlob(0)), stamp: stamp, item: Int(row.integer(4)), number: row.integer(5)))
            }
            return hits
        }
    }
}
