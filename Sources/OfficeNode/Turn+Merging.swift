import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

extension Turn {
    /// How many change sets one turn merges from the backlog, so that a person's command never waits long.
    static let sliceMax = 2048

    /// Whether any log holds more than is merged.
    var anyBacklog: Bool { transaction.progress().contains { $0.merged < $0.received.sequence } }

    /// Merges consecutive entries of `replica` until one must wait. Returns how many were merged.
    mutating func merge(_ entries: ArraySlice<VerifiedEntry>, of replica: ReplicaID) throws -> Int {
        var count = 0
        for entry in entries {
            guard try merge(entry, of: replica) else { break }
            noteMerged(entry, of: replica)
            count += 1
        }
        return count
    }

    /// Merges what the log holds beyond what is merged, as far as dependencies and keys allow, at most one slice.
    mutating func mergeBacklog() throws {
        if node.state.isRelay { node.state.hasBacklog = false }
        guard node.state.hasBacklog else { return }
        var budget = Self.sliceMax
        var progressed = true
        while progressed && budget > 0 {
            progressed = false
            for progress in transaction.progress() where progress.merged < progress.received.sequence {
                let merged = try mergeNext(of: progress.replica, budget: budget)
                if merged > 0 { progressed = true }
                budget -= merged
                if budget <= 0 { break }
            }
        }
        // Where nothing moved, what is left waits for other logs or for a key: their arrival raises the flag again.
        node.state.hasBacklog = budget <= 0 && anyBacklog
    }

    private mutating func mergeNext(of replica: ReplicaID, budget: Int) throws -> Int {
        let next = transaction.merged(of: replica) + 1
        var entries = node.state.pending.take(of: replica, from: next)
        if entries.isEmpty { entries = try loadEntries(of: replica, from: next, countMax: min(budget, 512))[...] }
        let batch = entries.prefix(budget)
        let merged = try merge(batch, of: replica)
        node.state.pending.append(entries.dropFirst(merged), of: replica)
        return merged
    }

    /// Opens change sets.
    var opener: ChangeSetOpener { ChangeSetOpener(group: node.group, origins: node.state.forks.origins) }

    /// Reads and opens change sets that are in the log already.
    func loadEntries(of replica: ReplicaID, from first: UInt64, countMax: Int) throws -> [VerifiedEntry] {
        let rows = try transaction.rows(of: replica, from: first, bytesMax: 1 << 20, countMax: countMax)
        let opener = opener
        var previous = first == 1 ? ChangeSetHash.zero : try hash(at: Dot(replica, first - 1))
        var entries: [VerifiedEntry] = []
        entries.reserveCapacity(rows.count)
        for row in rows {
            guard let before = previous else { break }
            let key = node.state.epochs[EpochID(try Digest(copying: row.epoch))]
            entries.append(try opener.verifiedEntry(LogEntry(row), replica: replica, previous: before, key: key))
            previous = row.hash
        }
        return entries
    }

    /// Merges one change set if what it depends on is merged. Returns false where it must wait.
    private mutating func merge(_ verified: VerifiedEntry, of replica: ReplicaID) throws -> Bool {
        let dot = Dot(replica, verified.entry.sequence)
        try unseal(replica)
        if let branch = node.state.forks.branches[replica], dot.sequence == branch.base.sequence + 1 {
            guard transaction.merged(of: branch.parent) >= branch.base.sequence else { return false }
            node.state.logClocks[replica] = try seenClock(of: replica, through: branch.base.sequence)
        }
        if !node.state.roster.counts(dot) {
            try quarantine(dot, .removed)
            // What follows in the log builds on what this one says its author had seen.
            if let body = verified.body { node.state.logClocks.advance(body, of: replica) }
            tell(dot, verified.body, isSetAside: true)
            return true
        }
        if verified.needsKey { return false }
        guard let body = verified.body else {
            try transaction.skip(dot)
            tell(dot, nil)
            return true
        }
        for dependency in body.clock where dependency.replica != replica {
            if PlantedBug.isPlanted(.mergesBeforeDependencies) { continue }
            guard try isMerged(dependency) else { return false }
        }
        node.state.logClocks.advance(body, of: replica)
        guard node.state.logClocks.cover(body.set, by: node.state.forks.origins[replica]) else {
            try quarantine(dot, .context)
            tell(dot, body, isSetAside: true)
            return true
        }
        let set = node.state.forks.isEmpty ? body.set : try names.renamed(body, seen: node.state.logClocks[replica])
        if !node.state.roster.isAdopted(dot) {
            let refusal: AccessRefusal?
            do {
                refusal = try self.refusal(of: set, past: past(of: dot, seen: node.state.logClocks[replica]))
            } catch is PastUnreadable {
                return false
            }
            if refusal != nil {
                try quarantine(dot, .access)
                tell(dot, body, isSetAside: true)
                return true
            }
        }
        noteClock(of: replica, body.set.stamp.timestamp)
        if PlantedBug.isPlanted(.refusesTheFuture), body.set.stamp.timestamp.milliseconds > now + 300_000 {
            try transaction.skip(dot)
            return true
        }
        try transaction.merge(set)
        noteSignIns(of: set)
        tell(dot, body)
        return true
    }

    private mutating func quarantine(_ dot: Dot, _ reason: QuarantineReason) throws {
        try transaction.skip(dot, quarantineReason: reason.rawValue, at: now)
        node.state.heldBack = nil
        let text = "change set \(dot) was kept but not merged: \(reason.explanation)"
        directives.append(.warning(NodeWarning("quarantine", text)))
    }

    /// Follows a peer's clock, or reports that it is far ahead: at most once an hour for each member.
    private mutating func noteClock(of replica: ReplicaID, _ timestamp: HybridTimestamp) {
        node.state.hear(of: replica, at: timestamp.milliseconds)
        guard let ahead = node.state.clock.witness(timestamp, now: now) else {
            if !node.state.clockLeads.isEmpty { node.state.clockLeads[replica] = nil }
            return
        }
        node.state.clockLeads[replica] = ahead
        let last = node.state.clockWarnings[replica] ?? .min / 2
        guard now - last >= 3_600_000 else { return }
        node.state.clockWarnings[replica] = now
        let author = node.state.roster.authors[replica].flatMap { node.state.roster.members[$0]?.name } ?? "a member"
        directives.append(
            .warning(
                NodeWarning(
                    "clock",
                    "the clock of \(author) is \(ahead / 60_000) minutes ahead of this node's: set the clock of whichever is wrong"
                )))
    }
}

extension ChangeSetOpener {
    /// An entry that the log holds, opened where its epoch's key is at hand.
    func verifiedEntry(
        _ entry: LogEntry, replica: ReplicaID, previous: ChangeSetHash, key: EpochKey?
    ) throws -> VerifiedEntry {
        let roster = try rosterChanges(of: entry)
        guard let key else { return VerifiedEntry(entry: entry, rosterChanges: roster, body: nil, needsKey: true) }
        let body = try changes(of: entry, replica: replica, previous: previous, key: key)
        return VerifiedEntry(entry: entry, rosterChanges: roster, body: body, needsKey: false)
    }
}
