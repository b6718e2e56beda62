public import Causality

// Logs that were forked: what lies beyond the fork goes on as branches, logs of their own that begin where they leave the other.

extension ReplicaTransaction {
    /// Begins a branch of which nothing is held yet: its first change set will follow `base`, which names the branch and the number and
    /// hash of the last change set before it.
    ///
    /// - Throws: `.inconsistent` where the branch has been begun.
    public func beginBranch(_ base: LogHead) throws {
        try requireOpen()
        guard working.replicas.position(of: base.replica) == nil else {
            throw ReplicaStoreError(.inconsistent, "The branch \(base.replica) has been begun already.")
        }
        let position = try working.replicas.intern(base.replica)
        working.replicas.update(position) {
            $0.received = base
            $0.merged = base.sequence
            $0.indexed = base.sequence
            $0.base = base.sequence
        }
    }

    /// Ends a log at `end` and makes what it holds beyond that the branch `branch`: the change sets with their signatures, roster changes,
    /// quarantine and what is indexed of them.
    ///
    /// Ordering duty: threads, patients and documents that name the change sets that moved are to be rebuilt in the same transaction; until
    /// then `steps(of:)` names those by the old log.
    ///
    /// - Throws: `.inconsistent` where the log does not hold more than `end`, or the branch has been begun.
    public func splitLog(at end: LogHead, into branch: ReplicaID) throws {
        try flush()
        guard let position = working.replicas.position(of: end.replica) else {
            throw ReplicaStoreError(.inconsistent, "The log \(end.replica) cannot be divided: nothing of it is held.")
        }
        let whole = working.replicas[position]
        guard whole.received.sequence > end.sequence, whole.base <= end.sequence else {
            throw ReplicaStoreError(
                .inconsistent, "The log \(end.replica) cannot be divided after change set \(end.sequence): it holds nothing beyond.")
        }
        isHalfApplied = true
        hasDestroyed = true
        try beginBranch(LogHead(branch, end.sequence, end.hash))
        guard let other = working.replicas.position(of: branch) else { return }
        try moveRows(from: whole.number, after: end.sequence, to: working.replicas[other].number)
        working.replicas.update(other) {
            $0.received = LogHead(branch, whole.received.sequence, whole.received.hash)
            $0.merged = max(whole.merged, end.sequence)
            $0.indexed = max(whole.indexed, end.sequence)
        }
        working.replicas.update(position) {
            $0.received = end
            $0.merged = min(whole.merged, end.sequence)
            $0.indexed = min(whole.indexed, end.sequence)
        }
        try working.replicas.flush(to: working.connection)
        isHalfApplied = false
    }

    private func moveRows(from number: Int64, after sequence: UInt64, to other: Int64) throws {
        let first = LogKey(number: number, sequence: sequence + 1).rawValue
        let last = LogKey(number: number, sequence: LogKey.sequenceMax).rawValue
        let distance = LogKey(number: other, sequence: 0).rawValue - LogKey(number: number, sequence: 0).rawValue
        for table in ["log", "signature", "roster", "quarantine"] {
            try working.connection.run("UPDATE \(table) SET id = id + ?1 WHERE id BETWEEN ?2 AND ?3") {
                $0.bind(1, distance)
                $0.bind(2, first)
                $0.bind(3, last)
            }
        }
        try working.connection.run("UPDATE search_item SET replica = ?1 WHERE replica = ?2 AND sequence > ?3") {
            $0.bind(1, other)
            $0.bind(2, number)
            $0.bind(3, Int64(sequence))
        }
    }
}
