import Causality
import ChangeLog
import ReplicaStore
import SyncEngine

// Logs that nobody writes to any more collapse into a table. What is sealed is each node's own finding, made anew now and then: it decides
// what is kept in memory and what is left out of frames to peers that have found the same, and nothing that people see.

extension Turn {
    /// Finds which logs are sealed.
    ///
    /// One that is sealed stays so while nothing is added to it: that a member came who has still to catch up changes nothing of its end.
    mutating func sealRetired() throws {
        guard !node.state.isRelay else { return }
        let retired = RetiredLog.all(
            logs: transaction.progress(), stability: stability, roster: node.state.roster, clocks: node.state.logClocks,
            forks: node.state.forks)
        let table = SealedTable(
            retired.filter { $0.isSealed || $0.isMerged && node.state.sealed.heads[$0.head.replica] == $0.head }.map(\.head))
        for replica in node.state.sealed.heads.keys.sorted() where !table.contains(replica) { try unseal(replica) }
        guard table != node.state.sealed else { return }
        try replace(table)
        // Whoever wrote them says nothing more, so what it had seen is of no more use.
        for replica in table.heads.keys { node.state.logClocks.forget(replica) }
    }

    /// A log goes on, or has something to do with a fork, though it was sealed.
    mutating func unseal(_ replica: ReplicaID) throws {
        guard node.state.sealed.contains(replica) else { return }
        var table = node.state.sealed
        table.remove(replica)
        try replace(table)
        node.state.logClocks[replica] = try seenClock(of: replica, through: transaction.merged(of: replica))
    }

    private mutating func replace(_ table: SealedTable) throws {
        node.state.sealed = table
        node.state.engine.seal(table.sorted)
        try transaction.set(table.heads.isEmpty ? nil : table.canonicalBytes, for: SealedTable.settingKey)
    }
}

extension OfficeNode {
    /// The logs that nobody writes to any more, ascending by replica, and whether every member has them.
    var retiredLogs: [RetiredLog] {
        if state.isRelay { return [] }
        return RetiredLog.all(
            logs: store.progress, stability: stability, roster: state.roster, clocks: state.logClocks, forks: state.forks)
    }
}
