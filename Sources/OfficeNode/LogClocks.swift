import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

/// What the author of each log had merged when it wrote what is merged of it here: the sum of the clock entries that its change
/// sets carry.
///
/// A context that names more than that is a lie: replicas that merge it before what it names would show something else than those
/// that merge it after. So such a change set is set aside, on every node alike, because its log alone decides.
struct LogClocks: Sendable {
    private var clocks: [ReplicaID: VersionVector] = [:]

    /// What the author of `replica` had merged.
    subscript(replica: ReplicaID) -> VersionVector { clocks[replica] ?? VersionVector() }

    /// Takes note of a change set, after those before it in its log.
    mutating func advance(_ body: ChangeSetBody, of replica: ReplicaID) {
        if body.clock.isEmpty { return }
        clocks[replica, default: VersionVector()].join(
            VersionVector(ascending: body.clock.map { VersionVector.Entry($0.replica, $0.sequence) }))
    }

    /// Whether every context of a change set is within what its author had merged and written. Its own clock entries must have been taken
    /// note of.
    func cover(_ set: ChangeSet) -> Bool {
        let replica = set.dot.replica
        let clock = clocks[replica]
        return set.changes.allSatisfy { change in
            change.context.entries.allSatisfy { entry in
                if entry.replica == replica { return entry.sequence < set.dot.sequence }
                return entry.sequence <= clock?[entry.replica] ?? 0
            }
        }
    }
}

extension LogClocks {
    /// The clocks of a replica that goes on: each log is read back to its last full clock.
    init(_ store: ReplicaReader, group: GroupID, epochs: [EpochID: EpochKey]) throws {
        let reader = InboxReader(store: store, group: group, epochs: epochs)
        for progress in try store.progress() where progress.merged > 0 {
            // Full in the first change set and in every 256th.
            let start = max(1, progress.merged / LogLimits.fullClockInterval * LogLimits.fullClockInterval)
            for sequence in start...progress.merged {
                if let body = try reader.body(at: Dot(progress.replica, sequence)) { advance(body, of: progress.replica) }
            }
        }
    }
}
