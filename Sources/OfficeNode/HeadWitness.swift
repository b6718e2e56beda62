public import Causality
import ChangeLog
import ReplicaStore
import Vault

/// Another member's signed word that it held a log up to some change set.
///
/// Each change set carries the clock of its author, whose entries name the last change set seen of other logs by number and the beginning
/// of its hash; the author signed it. So a log that was cut short, or replaced by another history, is shown up by what others signed.
public struct HeadWitness: Hashable, Sendable {
    /// Who signed, by name.
    public let member: String
    /// Up to which change set.
    public let sequence: UInt64
}

extension InboxReader {
    /// For every log, which other members signed that they hold it, and how far; the furthest first.
    ///
    /// Looks at the last change sets of each log: its full clock and what changed since.
    public func headWitnesses() throws -> [ReplicaID: [HeadWitness]] {
        let roster = try roster()
        var witnesses: [ReplicaID: [String: UInt64]] = [:]
        for progress in try store.progress() where progress.received.sequence > 0 {
            guard let member = roster.author(of: progress.replica)?.name else { continue }
            let last = progress.received.sequence
            let first = max(forks.base(of: progress.replica) + 1, LogClocks.start(before: last + 1))
            for body in try bodies(of: progress.replica, min(first, last)...last) {
                for entry in body.clock where entry.replica != progress.replica && roster.author(of: entry.replica)?.name != member {
                    // Only where it names the history that is held here.
                    guard try store.logRow(at: entry.dot)?.hash.tag == entry.tag else { continue }
                    witnesses[entry.replica, default: [:]][member] = max(witnesses[entry.replica]?[member] ?? 0, entry.sequence)
                }
            }
        }
        return witnesses.mapValues { members in
            members.map { HeadWitness(member: $0.key, sequence: $0.value) }.sorted { ($1.sequence, $0.member) < ($0.sequence, $1.member) }
        }
    }
}
