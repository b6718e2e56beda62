import Causality
import ReplicaStore
public import Vault

extension OfficeNode {
    /// Makes the inbox anew from the log: every materialised table is emptied and every change set merged again. Returns the
    /// digests from before and after, which are equal unless the tables had been damaged.
    ///
    /// - Parameter report: Is told now and then how many change sets were merged.
    public func rebuild(progress report: (UInt64) -> Void = { _ in }) throws -> (before: Digest, after: Digest) {
        let before = try LogicalDigest.compute(store.reader)
        let saved = state
        do {
            try store.write(.full) { transaction in
                try transaction.resetMaterialised()
                for set in try transaction.quarantine() { try transaction.removeQuarantine(set.dot) }
                let bases = transaction.progress().filter { $0.base > 0 }.map { VersionVector.Entry($0.replica, $0.base) }
                mergeObserver?.emptied(bases: VersionVector(ascending: bases))
                state.pending = PendingSets()
                state.logClocks = LogClocks()
                state.heldBack = nil
                state.sealed = SealedTable()
                state.hasBacklog = true
                var turn = Turn(node: self, transaction: transaction, now: state.clock.last.milliseconds)
                while state.hasBacklog {
                    try turn.mergeBacklog()
                    report(transaction.progress().reduce(0) { $0 + $1.merged })
                }
            }
        } catch {
            state = saved
            mergeObserver?.undone()
            throw error
        }
        mergeObserver?.committed()
        state.unacknowledgedSince = saved.unacknowledgedSince
        state.hasBacklog = store.progress.contains { $0.merged < $0.received.sequence }
        state.purges.add(try store.reader.purgedThreads())
        // The search index is to be filled again.
        state.isSettled = false
        return (before, try LogicalDigest.compute(store.reader))
    }
}
