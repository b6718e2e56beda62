import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

// Logs that turn out to be forked: two change sets of one number, both signed. From then on the log ends before them, and what follows each
// goes on as a log of its own. Everything merged that names what has another name now is made anew, so that every node shows the same,
// whatever it knew first.

extension Turn {
    /// Judges branches that a peer has shown. What proves nothing, or nothing new, is passed over.
    mutating func take(branches serialized: [[UInt8]], from peer: MemberID) throws {
        struct Place: Hashable {
            let origin: ReplicaID
            let first: UInt64
            let previous: ChangeSetHash
        }
        var shown: [Place: [ChangeSetHash: [UInt8]]] = [:]
        for bytes in serialized {
            guard let branch = try? LogBranch(bytes: bytes), isOfItsAuthor(branch),
                let key = node.state.roster.signingKeys[branch.author], let hash = try? branch.verify(in: node.group, key: key)
            else {
                // It may be damaged, or its author is not known here yet: who holds the branch shows it again.
                node.state.unprovenBranches += 1
                continue
            }
            shown[Place(origin: branch.origin, first: branch.first, previous: branch.previous), default: [:]][hash] = bytes
        }
        for (place, branches) in shown.sorted(by: { $0.key.first < $1.key.first }) {
            try divide(place.origin, from: place.first, after: place.previous, branches)
        }
    }

    private func isOfItsAuthor(_ branch: LogBranch) -> Bool {
        node.state.roster.authors[branch.origin] == branch.author && node.state.forks.branches[branch.origin] == nil
    }

    /// Ends the log that was written as `origin` and whose change set before `first` has the hash `previous`, where `branches`, by the
    /// hashes of their first change sets, show that it goes on in more than one way.
    private mutating func divide(
        _ origin: ReplicaID, from first: UInt64, after previous: ChangeSetHash, _ branches: [ChangeSetHash: [UInt8]]
    ) throws {
        guard let log = try holder(of: origin, upTo: first - 1, previous) else { return }
        let isHeld = transaction.head(of: log).sequence >= first
        let held = isHeld ? try hash(at: Dot(log, first)) : nil
        let known = Set(node.state.forks.branches(leaving: log).filter { $0.base.sequence == first - 1 }.map(\.first))
        var news = branches.filter { $0.key != held && !known.contains($0.key) }
        guard !news.isEmpty, known.count + news.count + (held == nil ? 0 : 1) > 1 else { return }
        if let held {
            guard let evidence = try branches[held] ?? self.log.branch(of: log, from: first) else {
                return warn("fork", "what shows the fork of log \(origin) after change set \(first - 1) is too large to be passed on")
            }
            news[held] = evidence
        }
        guard node.state.forks.logs(of: origin).count + news.count <= LogForks.branchesMax + 1 else {
            return refuseBranch(of: origin)
        }
        if log == node.replica {
            try owe(NewReplicaReason(.forked, "change set \(first) was written twice"))
            node.state.mustAuthor = true
        }
        let division = Division(
            log: log, end: LogHead(log, first - 1, previous), origin: origin, held: held, evidence: news,
            moved: transaction.head(of: log).sequence, merged: transaction.merged(of: log))
        try carryOut(division)
        tellOfFork(division)
    }

    /// The log that holds change set `sequence` of the hash `hash` and was written as `origin`.
    private func holder(of origin: ReplicaID, upTo sequence: UInt64, _ hash: ChangeSetHash) throws -> ReplicaID? {
        if sequence == 0 { return origin }
        for log in node.state.forks.logs(of: origin) where node.state.forks.base(of: log) < sequence {
            guard transaction.head(of: log).sequence >= sequence else { continue }
            if try self.hash(at: Dot(log, sequence)) == hash { return log }
        }
        return nil
    }

    // MARK: Dividing

    /// What is to be done about a log.
    private struct Division {
        let log: ReplicaID
        let end: LogHead
        let origin: ReplicaID
        /// The hash of the first change set of the branch that is held under the log's name.
        let held: ChangeSetHash?
        /// What shows each branch that is new, by the hash of its first change set.
        let evidence: [ChangeSetHash: [UInt8]]
        /// How far the log was held and merged.
        let moved: UInt64
        let merged: UInt64

        var heldBranch: ReplicaID? { held.map { ReplicaID(branchOf: origin, from: $0) } }
    }

    private mutating func carryOut(_ division: Division) throws {
        try unseal(division.log)
        let before = node.state.forks.branches(leaving: division.log)
        for (hash, evidence) in division.evidence.sorted(by: { $0.key < $1.key }) {
            let id = ReplicaID(branchOf: division.origin, from: hash)
            let base = LogHead(id, division.end.sequence, division.end.hash)
            let isHeld = hash == division.held
            if isHeld { try transaction.splitLog(at: division.end, into: id) } else { try transaction.beginBranch(base) }
            try keep(
                ForkedBranch(
                    id: id, origin: division.origin, parent: division.log, base: base, first: hash, evidence: evidence, noticedAt: now,
                    wasHeld: isHeld))
        }
        // A fork further on was known before: its branches leave what has another name now.
        for var branch in before where branch.base.sequence > division.end.sequence {
            branch.parent = division.heldBranch ?? branch.parent
            try keep(branch)
        }
        try forgetNames(of: division)
        try rebuildMoved(division)
        let forks = node.state.forks
        for log in [division.log, division.heldBranch].compactMap({ $0 }) {
            guard let fork = forks.known(of: log) else { continue }
            let heads = fork.branches.map { transaction.head(of: $0) } + [transaction.head(of: log)]
            try interpret(node.state.engine.forked(fork, heads: heads, now: now))
            for head in heads { advance(to: head, authored: false) }
        }
        directives.append(.rewindPreparer)
    }

    private mutating func keep(_ branch: ForkedBranch) throws {
        node.state.forks.insert(branch)
        try transaction.set(branch.canonicalBytes, for: branch.settingKey)
    }

    /// Takes note of the new names wherever memory holds old ones.
    private mutating func forgetNames(of division: Division) throws {
        let forks = node.state.forks
        node.state.roster.fork(forks, try transaction.roster().map { try RosterOperation($0) })
        node.state.rosterChanged = true
        node.state.pending = PendingSets()
        node.state.hasBacklog = true
        for log in [division.log] + forks.branches(leaving: division.log).map(\.id) {
            node.state.logClocks[log] = try seenClock(of: log, through: transaction.merged(of: log))
        }
        node.mergeObserver?.divided(
            division.log, after: division.end.sequence, into: division.heldBranch,
            others: forks.branches(leaving: division.log).map(\.id).filter { $0 != division.heldBranch })
    }

    /// Makes anew what was merged of the branch that had the log's name.
    private mutating func rebuildMoved(_ division: Division) throws {
        guard let branch = division.heldBranch, division.merged > division.end.sequence, !node.state.isRelay else { return }
        noteMergedBefore(Dot(branch, division.merged))
        let setAside = Set(try transaction.quarantine().map(\.dot))
        var entities: Set<EntityName> = []
        var next = division.end.sequence + 1
        while next <= division.merged {
            let entries = try loadEntries(of: branch, from: next, countMax: Int(clamping: min(512, division.merged - next + 1)))
            if entries.isEmpty { break }
            for entry in entries where !setAside.contains(Dot(branch, entry.entry.sequence)) {
                for change in entry.body?.set.changes ?? [] {
                    if let entity = EntityName(change) { entities.insert(entity) }
                }
            }
            next += UInt64(entries.count)
        }
        var steps: [EntityName: [Dot]] = [:]
        for entity in entities {
            steps[entity] = try transaction.steps(of: entity).map { dot in
                dot.replica == division.log && dot.sequence > division.end.sequence ? Dot(branch, dot.sequence) : dot
            }
        }
        // Each once, though it may be about several of them.
        let sets = Dictionary(
            try changeSets(at: Set(steps.values.joined()).sorted()).map { ($0.dot, $0) }, uniquingKeysWith: { first, _ in first })
        for (entity, dots) in steps.sorted(by: { $0.key < $1.key }) {
            let order = CausalOrder.sorted(dots.compactMap { sets[$0] }, about: entity, forks: node.state.forks)
            try transaction.rebuild(entity, from: order)
        }
    }

    /// Finds out in which branch the change sets lie that removals name as cuts.
    mutating func placeCuts() throws {
        let cuts = node.state.roster.forkedCuts
        if cuts.isEmpty { return }
        var places: [LogHead: ReplicaID] = [:]
        for cut in cuts where cut.sequence > 0 {
            places[cut] = try holder(of: node.state.forks.origins[cut.replica], upTo: cut.sequence, cut.hash)
        }
        if node.state.roster.place(cuts: places) {
            node.state.rosterChanged = true
            node.state.mustReview = true
        }
    }

    // MARK: Telling

    private mutating func tellOfFork(_ division: Division) {
        let author = node.state.roster.author(of: division.origin)
        let name = author?.name ?? "a member"
        let branches = node.state.forks.branches(leaving: division.log).map(\.id.description).joined(separator: ", ")
        warn(
            "fork",
            "log \(division.log) of \(name) goes on in more than one way after change set \(division.end.sequence): two machines wrote as "
                + "\(name). All of it counts, as the logs \(branches). Find out whether a disk was copied or put back, or keys stolen")
        directives.append(.notice(.forked(member: name, division.origin, after: division.end.sequence)))
    }

    private mutating func refuseBranch(of origin: ReplicaID) {
        guard node.state.toldForkLimits.insert(origin).inserted else { return }
        let name = node.state.roster.author(of: origin)?.name ?? "a member"
        warn(
            "fork",
            "log \(origin) of \(name) goes on in more than \(LogForks.branchesMax) ways: no more of them are taken in. Somebody has its "
                + "keys and means harm: remove \(name), and what counts is the same everywhere")
    }

    private mutating func warn(_ code: String, _ message: String) { directives.append(.warning(NodeWarning(code, message))) }
}
