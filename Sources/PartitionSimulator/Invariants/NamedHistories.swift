import Causality
import ChangeLog
import InboxModel

/// A log as a replica holds it: where it was forked, a branch begins after `base`.
struct NamedLog {
    let head: LogHead
    let base: UInt64
}

/// A change set by the names that logs have where it is known which of them are forked.
struct NamedEntry {
    let dot: Dot
    let hash: ChangeSetHash
    /// What its author's replica had merged, its own log before it included.
    let clock: VersionVector
    let set: ChangeSet
}

/// The change sets of logs that a replica holds, from the ledger, by the names that they have there. What a change set names of a forked
/// log is found by walking the ledger from what its author had seen; nothing of how the nodes do it is used.
struct NamedHistories {
    private let ledger: Ledger
    private var entries: [ReplicaID: [NamedEntry]] = [:]
    /// The logs with more than one history of which branches are held.
    private var forked: Set<ReplicaID> = []
    /// Of those: the name of each change set, by its hash, and the clock of the history that it ends.
    private var names: [ChangeSetHash: ReplicaID] = [:]
    private var clocks: [ChangeSetHash: VersionVector] = [:]

    /// Nil where the ledger does not know all of `logs`, or a branch has another name than its first change set gives it.
    init?(_ logs: [NamedLog], ledger: Ledger) {
        self.ledger = ledger
        var histories: [(log: NamedLog, entries: [Ledger.Entry])] = []
        for log in logs {
            guard let history = ledger.history(endingAt: log.head) else { return nil }
            let own = Array(history.dropFirst(Int(clamping: log.base)))
            histories.append((log, own))
            let origin = ledger.origin(of: log.head.replica)
            guard origin != log.head.replica else { continue }
            forked.insert(origin)
            guard let first = own.first, ReplicaID(branchOf: origin, from: first.hash) == log.head.replica else { return nil }
        }
        if forked.isEmpty {
            for (log, history) in histories {
                entries[log.head.replica] = history.map { NamedEntry(dot: $0.dot, hash: $0.hash, clock: $0.clock, set: $0.set) }
            }
            return
        }
        // Ascending by where they begin, so that what a branch leaves has its clocks.
        for (log, history) in histories.sorted(by: { $0.log.base < $1.log.base })
        where forked.contains(ledger.origin(of: log.head.replica)) {
            for entry in history {
                names[entry.hash] = log.head.replica
                var clock = clocks[entry.previous] ?? VersionVector()
                clock.advance(log.head.replica, to: entry.dot.sequence)
                clocks[entry.hash] = clock
            }
        }
        for (log, history) in histories { entries[log.head.replica] = history.map { named($0, in: log.head.replica) } }
    }

    /// The change sets of one of the logs beyond its base and beyond number `sequence`, in order.
    func entries(of log: NamedLog, after sequence: UInt64) -> ArraySlice<NamedEntry> {
        let all = entries[log.head.replica] ?? []
        return all.dropFirst(Int(clamping: max(sequence, log.base) - log.base))
    }

    private func named(_ entry: Ledger.Entry, in log: ReplicaID) -> NamedEntry {
        var clock = clocks[entry.previous] ?? VersionVector(Dot(log, entry.dot.sequence - 1))
        for seen in entry.clock.entries where seen.replica != entry.dot.replica {
            clock.join(self.clock(of: Dot(seen.replica, seen.sequence), seenBy: entry))
        }
        let set = entry.set.renaming(
            { context in
                var renamed = VersionVector()
                for seen in context.entries { renamed.join(self.clock(of: Dot(seen.replica, seen.sequence), seenBy: entry)) }
                return renamed
            },
            dot: { dot in
                history(of: dot, seenBy: entry).flatMap { names[$0.hash] }.map { Dot($0, dot.sequence) } ?? dot
            })
        let dot = Dot(log, entry.dot.sequence)
        let stamp = Stamp(dot, set.stamp.timestamp)
        return NamedEntry(
            dot: dot, hash: entry.hash, clock: clock,
            set: ChangeSet(stamp: stamp, actor: set.actor, office: set.office, changes: set.changes))
    }

    private func clock(of dot: Dot, seenBy entry: Ledger.Entry) -> VersionVector {
        history(of: dot, seenBy: entry).flatMap { clocks[$0.hash] } ?? VersionVector(dot)
    }

    /// The change set that an author meant by `dot`, of a forked log: of the history that it had seen.
    private func history(of dot: Dot, seenBy author: Ledger.Entry) -> Ledger.Entry? {
        let origin = ledger.origin(of: dot.replica)
        guard forked.contains(origin) else { return nil }
        var end: Ledger.Entry?
        if dot.replica == author.dot.replica {
            end = author
        } else if let seen = author.seen[dot.replica] {
            end = ledger.entries(at: Dot(origin, seen.sequence)).first { $0.hash.tag == seen.tag && names[$0.hash] != nil }
        }
        while let entry = end, entry.dot.sequence > dot.sequence {
            end = ledger.entry(at: Dot(origin, entry.dot.sequence - 1), entry.previous)
        }
        return end?.dot.sequence == dot.sequence ? end : nil
    }
}
