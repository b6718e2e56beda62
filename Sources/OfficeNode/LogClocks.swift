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
        for entry in body.clock { clocks[replica, default: VersionVector()].advance(entry.replica, to: entry.sequence) }
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
    /// Where to begin reading a log for what its author had merged before change set `sequence`: at the last full clock, which is in
    /// the first change set and in every 256th.
    static func start(before sequence: UInt64) -> UInt64 {
        max(1, (sequence - 1) / LogLimits.fullClockInterval * LogLimits.fullClockInterval)
    }

    /// The clocks of a replica that goes on: each log is read back to its last full clock.
    init(_ store: ReplicaReader, group: GroupID, epochs: [EpochID: EpochKey]) throws {
        let opener = ChangeSetOpener(group: group)
        for progress in try store.progress() where progress.merged > 0 {
            let first = Self.start(before: progress.merged + 1)
            // With the one before it, whose hash is needed to open the first.
            let begin = max(1, first - 1)
            var previous = ChangeSetHash.zero
            for row in try store.rows(
                of: progress.replica, from: begin, bytesMax: .max, countMax: Int(clamping: progress.merged - begin + 1))
            {
                if row.sequence >= first, let key = epochs[EpochID(try Digest(copying: row.epoch))],
                    let body = try opener.changes(
                        of: LogEntry(row), replica: progress.replica, previous: previous, key: key)
                {
                    advance(body, of: progress.replica)
                }
                previous = row.hash
            }
        }
    }
}
