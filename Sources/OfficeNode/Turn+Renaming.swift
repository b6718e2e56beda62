import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

// Change sets by the names that they have where logs are known to be forked.

extension Turn {
    /// Finds the names that change sets have now.
    var names: ForkedNames {
        ForkedNames(forks: node.state.forks, head: { transaction.head(of: $0).sequence }, hash: { try hash(at: $0) })
    }

    /// The hash of a change set of the history that ends in `dot.replica`, if it is held.
    func hash(at dot: Dot) throws -> ChangeSetHash? {
        let head = transaction.head(of: dot.replica)
        if head.sequence == dot.sequence { return head.hash }
        if let branch = node.state.forks.branches[dot.replica], dot.sequence <= branch.base.sequence {
            return dot.sequence == branch.base.sequence ? branch.base.hash : try hash(at: Dot(branch.parent, dot.sequence))
        }
        return try transaction.hash(at: dot)
    }

    /// Whether a change set that another depends on is merged.
    ///
    /// Where another history is held under its name, the one that is meant is still to come: what shows the fork brings it.
    func isMerged(_ entry: TaggedClockEntry) throws -> Bool {
        if node.state.forks.isEmpty {
            return try transaction.merged(of: entry.replica) >= entry.sequence && hash(at: entry.dot)?.tag == entry.tag
        }
        // What is in common with other branches is named by the branch too.
        if entry.sequence <= node.state.forks.base(of: entry.replica) {
            guard try hash(at: entry.dot)?.tag == entry.tag else { return false }
            let pieces = node.state.forks.pieces(of: entry.replica, from: entry.sequence, through: entry.sequence)
            return pieces.allSatisfy { transaction.merged(of: $0.log) >= $0.last }
        }
        guard let log = try names.place(of: entry) else { return false }
        return transaction.merged(of: log) >= entry.sequence
    }

    /// What a page showed, by the names of today: this node showed what it held.
    func renamed(shown: VersionVector) -> VersionVector {
        let forks = node.state.forks
        if forks.isEmpty { return shown }
        var renamed = VersionVector()
        for entry in shown.entries {
            var log = entry.replica
            while let end = forks.end(of: log), entry.sequence > end, let held = forks.branches(leaving: log).first(where: \.wasHeld) {
                log = held.id
            }
            for piece in forks.clock(of: log, through: entry.sequence) { renamed.advance(piece.replica, to: piece.sequence) }
        }
        return renamed
    }

    /// What the author of a log had merged when it wrote change set `sequence`.
    func seenClock(of log: ReplicaID, through sequence: UInt64) throws -> SeenClock {
        try LogClocks.clock(
            of: log, through: sequence, group: node.group, epochs: node.state.epochs, forks: node.state.forks
        ) { try transaction.rows(of: $0, from: $1, bytesMax: .max, countMax: $2) }
    }

    /// Change sets that the log holds, opened, with the names that others have now. Those of which the key is not here, or that hold no
    /// changes, are left out. Quickest where `dots` ascend: an author's clock is then read on from one to the next.
    func changeSets(at dots: some Sequence<Dot>) throws -> [ChangeSet] {
        let names = names
        var walked: (dot: Dot, clock: SeenClock)?
        return try dots.compactMap { dot in
            guard let body = try loadEntries(of: dot.replica, from: dot.sequence, countMax: 1).first?.body, body.set.dot == dot else {
                return nil
            }
            func walk() throws -> SeenClock {
                let clock = try seenClock(at: dot, after: walked)
                walked = (dot, clock)
                return clock
            }
            return try names.renamed(body, seen: try walk())
        }
    }

    private func seenClock(at dot: Dot, after walked: (dot: Dot, clock: SeenClock)?) throws -> SeenClock {
        guard var (last, clock) = walked, last.replica == dot.replica, last.sequence < dot.sequence,
            dot.sequence - last.sequence < LogLimits.fullClockInterval
        else { return try seenClock(of: dot.replica, through: dot.sequence) }
        while last.sequence < dot.sequence {
            let count = Int(clamping: dot.sequence - last.sequence)
            let entries = try loadEntries(of: dot.replica, from: last.sequence + 1, countMax: count)
            guard let end = entries.last else { break }
            for entry in entries { if let body = entry.body { clock.advance(body) } }
            last = Dot(dot.replica, end.entry.sequence)
        }
        return clock
    }
}
