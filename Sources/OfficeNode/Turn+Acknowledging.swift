import Causality
import ChangeLog
import InboxModel
import ReplicaStore

// Idle nodes acknowledge. Whatever a node writes carries the clock of what it has merged, signed; one that writes nothing of its own says
// so with a change set that holds nothing else. What everybody has in that way is stable.

extension Turn {
    /// How long a node that has merged something may keep silent about it, in milliseconds: an hour.
    static let acknowledgementInterval: Int64 = 3600 * 1000

    /// Takes note of a change set that was merged.
    mutating func noteMerged(_ entry: VerifiedEntry, of replica: ReplicaID) {
        node.state.logClocks.note(entry, of: replica)
        guard replica != node.replica, !entry.isAcknowledgement, node.state.unacknowledgedSince == nil else { return }
        node.state.unacknowledgedSince = now
    }

    /// Takes note of a change set that this node wrote: with it everything that is merged is acknowledged.
    mutating func noteAuthored(_ entry: VerifiedEntry) {
        node.state.logClocks.note(entry, of: node.replica)
        node.state.unacknowledgedSince = nil
    }

    /// Says what is merged here, where that is due.
    mutating func acknowledge() throws {
        // What waits to be merged will be said with it.
        guard node.state.mustAcknowledge(at: now), !node.state.hasBacklog else { return }
        guard !node.state.isRelay, node.state.writing != nil, node.state.roster.formerMember(node.member) == nil else {
            // It may not write. When it may again, a change set that lets it is merged, and acknowledged with all before it.
            node.state.unacknowledgedSince = nil
            return
        }
        guard mayAuthor else {
            node.state.mustAuthor = true
            return
        }
        _ = try author(ActionDraft(), by: .system)
    }
}

extension BrainState {
    /// Whether something merged has waited long enough to be acknowledged.
    func mustAcknowledge(at now: Int64) -> Bool {
        guard let unacknowledgedSince else { return false }
        // A clock that was set back does not put it off.
        return abs(now - unacknowledgedSince) >= Turn.acknowledgementInterval
    }

    /// Since when something is merged that this replica's log has not acknowledged: for a node that goes on.
    func oldestUnacknowledged(_ logs: [ReplicaProgress]) -> Int64? {
        if isRelay { return nil }
        let own = logClocks[replica]
        let unsaid = logs.filter { log in
            log.replica != replica && logClocks.said(log) > own[log.replica]?.sequence ?? 0
        }
        if unsaid.isEmpty { return nil }
        // When the last of it was written: not before that can it have been merged here.
        return unsaid.compactMap { logClocks.end(of: $0.replica)?.writtenAt?.milliseconds }.max() ?? 0
    }
}
