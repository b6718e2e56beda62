public import Causality
public import InboxModel

/// Change sets of one log, from one sequence through another.
public typealias SequenceRange = (replica: ReplicaID, from: UInt64, to: UInt64)

extension ReplicaTransaction {
    /// Merged change sets whose text is not in the full-text index yet, ascending by replica, at most `limit`
    /// altogether.
    public func unindexed(limit: Int) -> [SequenceRange] {
        var ranges: [SequenceRange] = []
        var left = UInt64(max(0, limit))
        for progress in working.replicas.progress where left > 0 && progress.indexed < progress.merged {
            let count = min(left, progress.merged - progress.indexed)
            ranges.append((replica: progress.replica, from: progress.indexed + 1, to: progress.indexed + count))
            left -= count
        }
        return ranges
    }

    /// Adds a text to the full-text index. Only words and places are kept, not the text.
    ///
    /// - Parameters:
    ///   - text: What was said.
    ///   - thread: In which thread. It must be merged.
    ///   - stamp: By which change set, and when.
    ///   - item: Which content of the change set.
    /// - Throws: `.inconsistent` where the thread or the log is not known.
    public func addSearchItem(_ text: String, thread: ThreadID, stamp: Stamp, item: Int) throws {
        let key = try heldKey(stamp.dot)
        try makeRoom()
        guard let number = try self.thread(thread)?.number else {
            throw ReplicaStoreError(.inconsistent, "Text of change set \(stamp.dot) names a thread that is not merged.")
        }
        // The item first: its number becomes the text's.
        try working.connection.run(
            "INSERT INTO search_item (thread, time, replica, sequence, item) VALUES (?, ?, ?, ?, ?)"
        ) {
            $0.bind(1, number)
            $0.bind(2, stamp.timestamp.sortable)
            $0.bind(3, key.number)
            $0.bind(4, Int64(key.sequence))
            $0.bind(5, Int64(item))
        }
        try working.connection.run("INSERT INTO search (rowid, text) VALUES (last_insert_rowid(), ?)") { $0.bindCopy(1, text) }
    }

    /// Notes that the full-text index has the log of `replica` up to `sequence`.
    ///
    /// - Throws: `.inconsistent` where that goes backwards or beyond what is merged.
    public func markIndexed(_ replica: ReplicaID, to sequence: UInt64) throws {
        try requireOpen()
        guard let position = working.replicas.position(of: replica), sequence >= working.replicas[position].indexed,
            sequence <= working.replicas[position].merged
        else {
            throw ReplicaStoreError(.inconsistent, "The log of \(replica) cannot be indexed up to \(sequence): it is not merged so far.")
        }
        working.replicas.update(position) { $0.indexed = sequence }
    }
}
