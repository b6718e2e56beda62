import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

// What follows from a changed roster: who is spoken to, what counts, who needs a key.

extension Turn {
    /// How long an administrator's node waits for another to grant a key that is missing, in milliseconds: ten minutes. Whoever
    /// admitted the member or began the epoch does it at once.
    private static let grantPatience: Int64 = 10 * 60 * 1000
    private static let dayLength: Int64 = 24 * 3600 * 1000
    /// How often keys are looked after, in milliseconds: an hour.
    static let upkeepInterval: Int64 = 3600 * 1000

    /// Puts into effect what the roster says since the last turn.
    mutating func settleRoster() throws {
        guard node.state.rosterChanged else { return }
        for peer in node.state.engine.peers where node.state.roster.reachable(peer.member) == nil {
            try interpret(node.state.engine.removePeer(peer.member, now: now))
        }
        node.state.watchRelays()
        node.state.mustReview = true
        let isMember = node.state.roster.members[node.member] != nil
        if isMember && !node.state.roster.counts(Dot(node.replica, node.state.sealer.head.sequence + 1)) {
            try owe(NewReplicaReason(.reinstated))
            node.state.mustAuthor = true
        }
        // Who is a member decides whose acknowledgements purges wait for.
        node.state.purges.add(try transaction.purgedThreads().filter { try !isDestroyedHere($0) })
        try grantMissingKeys()
    }

    // MARK: Keys

    /// Grants epoch keys to members that lack them: a device admitted at one office while another began an epoch.
    mutating func grantMissingKeys() throws {
        guard let own = node.state.roster.members[node.member], own.isAdministrator, node.state.writing != nil else { return }
        let missing = missingGrants()
        node.state.missingGrants = node.state.missingGrants.filter { missing.contains($0.key) }
        var records: [RosterRecord] = []
        for gap in missing.sorted(by: { ($0.member, $0.epoch) < ($1.member, $1.epoch) }) {
            let since = node.state.missingGrants[gap] ?? now
            node.state.missingGrants[gap] = since
            guard now - since >= Self.grantPatience || node.state.roster.isResponsible(node.member, for: gap) else { continue }
            guard let key = node.state.epochs[gap.epoch], let member = node.state.roster.members[gap.member] else { continue }
            records.append(.epochGranted(try grant(key, to: member)))
            if mayAuthor { node.state.missingGrants[gap] = nil }
        }
        try upkeep(records)
    }

    /// Authors what the node does by itself; in the next turn, where this one's transaction may be lost.
    private mutating func upkeep(_ records: [RosterRecord]) throws {
        guard !records.isEmpty else { return }
        guard mayAuthor else {
            node.state.mustAuthor = true
            return
        }
        _ = try author(ActionDraft(), by: .system, roster: records)
    }

    private func missingGrants() -> Set<MissingGrant> {
        let granted = Set(node.state.roster.grants.map { MissingGrant(member: $0.member, epoch: $0.epoch) })
        var missing: Set<MissingGrant> = []
        for member in node.state.roster.members.values where member.kind != .relay && member.id != node.member {
            for epoch in node.state.epochs.keys {
                let gap = MissingGrant(member: member.id, epoch: epoch)
                if !granted.contains(gap) { missing.insert(gap) }
            }
        }
        return missing
    }

    /// Grants keys that are missing still, and begins a new epoch where the one in use has become old. The administrator with the
    /// smallest id does it first, the others a day later each.
    mutating func keepUp() throws {
        // A clock that was set back does not stop it.
        guard abs(now - node.state.upkeptAt) >= Self.upkeepInterval || mayAuthor && node.state.mustAuthor else { return }
        if mayAuthor { node.state.mustAuthor = false }
        node.state.upkeptAt = now
        try sealRetired()
        try grantMissingKeys()
        let administrators = node.state.roster.members.values.filter(\.isAdministrator).map(\.id).sorted()
        guard let rank = administrators.firstIndex(of: node.member), let epoch = node.state.writing,
            let begun = node.state.roster.epochTimes[epoch], begun > 0
        else { return }
        let days = node.state.roster.policy.epochDays ?? GroupPolicy.epochDaysDefault
        guard now - begun >= Int64(days + rank) * Self.dayLength else { return }
        try upkeep(newEpoch(without: nil))
    }

    // MARK: What counts

    /// Sets aside what is merged and does not count any more, and merges what counts again; makes anew what it was about.
    ///
    /// A removal may arrive after what it cuts off. The outcome is the same as if it had come first.
    mutating func reviewQuarantine() throws {
        guard node.state.mustReview else { return }
        node.state.mustReview = false
        let held = try transaction.quarantine()
        node.state.heldBack = nil
        var reinstated: [Dot] = []
        for set in held where mayCount(set) {
            switch try standing(of: set.dot) {
            case .merges: reinstated.append(set.dot)
            case .waits: node.state.mustReview = true
            case .oversteps: try setAside(set, as: .context)
            case .exceedsAccess:
                if node.state.roster.isAdopted(set.dot) { reinstated.append(set.dot) } else { try setAside(set, as: .access) }
            }
        }
        let removed = droppedSets(besides: Set(held.map(\.dot)))
        let refused = try refusedSets(besides: Set(held.map(\.dot) + removed))
        let dropped = removed + refused
        guard !reinstated.isEmpty || !dropped.isEmpty else { return }
        var entities: [EntityName: Set<Dot>] = [:]
        for dot in reinstated + dropped {
            for change in try changeSets(at: [dot]).flatMap(\.changes) {
                if let entity = EntityName(change) { entities[entity, default: []].insert(dot) }
            }
        }
        for dot in removed { try transaction.setAside(dot, reason: QuarantineReason.removed.rawValue, at: now) }
        for dot in refused { try transaction.setAside(dot, reason: QuarantineReason.access.rawValue, at: now) }
        for dot in reinstated { try transaction.removeQuarantine(dot) }
        let without = Set(dropped)
        for (entity, dots) in entities.sorted(by: { $0.key < $1.key }) {
            let steps = Set(try transaction.steps(of: entity)).union(dots).subtracting(without)
            let sets = try changeSets(at: steps.sorted())
            try transaction.rebuild(entity, from: CausalOrder.sorted(sets, about: entity, forks: node.state.forks))
        }
        for dot in reinstated { try indexAgain(dot) }
        node.mergeObserver?.reviewed(setAside: dropped, reinstated: reinstated)
        if !removed.isEmpty {
            let text = "\(removed.count) change sets of removed members were taken out of the inbox and set aside for review"
            directives.append(.warning(NodeWarning("quarantine", text)))
        }
        if !refused.isEmpty {
            let text = "\(refused.count) adopted change sets were set aside again: who adopted them was removed from the group"
            directives.append(.warning(NodeWarning("quarantine", text)))
        }
    }

    /// Whether what was set aside may be merged after all, by what the roster says now.
    private func mayCount(_ set: QuarantinedSet) -> Bool {
        switch QuarantineReason(rawValue: set.reason) {
        case .removed: node.state.roster.counts(set.dot)
        case .access: node.state.roster.isAdopted(set.dot)
        case .context, nil: false
        }
    }

    private func setAside(_ set: QuarantinedSet, as reason: QuarantineReason) throws {
        if set.reason != reason.rawValue { try transaction.setAside(set.dot, reason: reason.rawValue, at: now) }
    }

    /// Merged change sets that count only because they were adopted, where that counts no more, ascending.
    private func refusedSets(besides held: Set<Dot>) throws -> [Dot] {
        var refused: Set<Dot> = []
        for range in node.state.roster.adoptions {
            let last = min(range.last, transaction.merged(of: range.replica))
            guard range.first <= last else { continue }
            for sequence in range.first...last {
                let dot = Dot(range.replica, sequence)
                if held.contains(dot) || node.state.roster.isAdopted(dot) || !node.state.roster.counts(dot) { continue }
                if case .exceedsAccess = try standing(of: dot) { refused.insert(dot) }
            }
        }
        return refused.sorted()
    }

    /// Merged change sets of removed members that do not count, ascending; without those set aside already.
    private func droppedSets(besides held: Set<Dot>) -> [Dot] {
        var dropped: [Dot] = []
        for log in node.state.roster.cutLogs {
            let merged = transaction.merged(of: log.replica)
            guard merged > log.sequence else { continue }
            for sequence in log.sequence + 1...merged {
                let dot = Dot(log.replica, sequence)
                if !held.contains(dot) && !node.state.roster.counts(dot) { dropped.append(dot) }
            }
        }
        return dropped
    }

    /// What becomes of a change set that is to be merged after all, as where it arrives when it counts already.
    enum Standing {
        /// It can be opened, and all that its author had seen is merged.
        case merges
        /// Something that it needs is not here yet.
        case waits
        /// It names what its author cannot have seen.
        case oversteps
        /// It does what whoever it names might not do.
        case exceedsAccess

        /// Whether it counts. Throws `PastUnreadable` where that cannot be said yet.
        func counts() throws -> Bool {
            if case .waits = self { throw PastUnreadable() }
            return self == .merges
        }
    }

    /// What becomes of a change set by itself and what its author had merged, whatever the roster says of its author.
    func standing(of dot: Dot) throws -> Standing {
        let start = max(LogClocks.start(before: dot.sequence), node.state.forks.base(of: dot.replica) + 1)
        var clocks = LogClocks()
        // What a branch has in common with others is read there.
        if start > 1 { clocks[dot.replica] = try seenClock(of: dot.replica, through: start - 1) }
        var next = start
        while next <= dot.sequence {
            let entries = try loadEntries(of: dot.replica, from: next, countMax: Int(clamping: dot.sequence - next + 1))
            if entries.isEmpty { return .waits }
            for entry in entries {
                if entry.needsKey { return .waits }
                guard let body = entry.body else { continue }
                clocks.advance(body, of: dot.replica)
                guard entry.entry.sequence == dot.sequence else { continue }
                guard try body.clock.allSatisfy({ try isMerged($0) }) else { return .waits }
                guard clocks.cover(body.set, by: node.state.forks.origins[dot.replica]) else { return .oversteps }
                let set = node.state.forks.isEmpty ? body.set : try names.renamed(body, seen: clocks[dot.replica])
                do {
                    return try refusal(of: set, past: past(of: dot, seen: clocks[dot.replica])) == nil ? .merges : .exceedsAccess
                } catch is PastUnreadable {
                    return .waits
                }
            }
            next += UInt64(entries.count)
        }
        return .merges
    }
}

/// Why a change set is kept and not merged. The words are stored.
public enum QuarantineReason: String, Hashable, Sendable, CaseIterable {
    /// Its author was a member no longer.
    case removed
    /// It says to have seen what its author cannot have seen.
    case context
    /// It does what whoever it names might not do, as far as its author knew.
    case access

    /// What to tell people.
    public var explanation: String {
        switch self {
        case .context: "it says to have seen what its author had not: the device is faulty or somebody has tampered with it"
        case .access:
            "whoever it names might not do that, and a node that follows the access policy does not write it: find out what the device is, "
                + "and adopt it where it should count"
        case .removed: "its author had been removed from the group: look at it, and adopt it where it should count"
        }
    }
}
