import Causality
import ChangeLog
import InboxModel
import ReplicaStore

// A laptop that was told to hold only some threads lets go of what was said in the others, once every office has said that it has it. The
// record stays whole. What is let go leaves the files as what is purged does (`PurgeWork`), and comes back when it is fetched.

extension Turn {
    /// Whether this node is one that may hold less than everything, and can read what it holds.
    private var mayHoldLess: Bool {
        !node.state.isRelay && node.state.writing != nil && node.state.roster.members[node.member]?.kind == .laptop
    }

    /// Looks at threads in which something has happened, and when it is time at all of them, a slice a turn.
    mutating func holdLess() throws {
        guard mayHoldLess, node.laptopScope != nil || !node.state.holding.threads.isEmpty else { return }
        if node.state.holding.isDirty, node.state.purges.isScrubbed {
            node.state.holding.isDirty = false
            try transaction.set(nil, for: PartialHolding.dirtyKey)
        }
        for thread in transaction.touched { try noteChange(in: thread.id) }
        // What waits to be merged comes first: it may bring a thread back.
        guard !node.state.hasBacklog else { return }
        if !node.state.holding.isPassing {
            guard node.state.holding.isDue(at: now) else { return }
            node.state.holding.beginPass(at: now)
        }
        try passSlice()
    }

    /// Something came to a thread: it is to be looked at again. One that is in the scope now is wanted whole.
    private mutating func noteChange(in thread: ThreadID) throws {
        guard var holding = node.state.holding[thread] else { return }
        if holding.isSettled {
            holding.isSettled = false
            try keep(holding, of: thread)
        }
        if holding.hasGaps, try isInScope(thread, try resolvedScope()) { node.state.fetching.want(thread) }
    }

    private mutating func passSlice() throws {
        guard case .after(let place) = node.state.holding.pass else { return }
        let scope = try resolvedScope()
        tellUnknown(scope)
        var held: VersionVector?
        let rows = try transaction.threadRows(after: place, countMax: PartialHolding.scanMax)
        var last = place
        var read = 0
        for row in rows {
            if read == PartialHolding.sliceMax { break }
            last = row.id
            let holding = node.state.holding[row.id]
            // Nearly all threads are told by their row: they are open, recent or settled.
            if holding == nil {
                guard let scope, row.hasEnded, !scope.isRecent(row.activity, at: now) else { continue }
            }
            if try isInScope(row.id, scope) {
                if let holding { try review(row.id, holding, scope) }
            } else if holding?.isSettled != true {
                read += 1
                let stable = held ?? heldAtOffices
                held = stable
                try letGo(row.id, held: stable)
            }
        }
        let isAtEnd = rows.count < PartialHolding.scanMax && last == rows.last?.id || rows.isEmpty
        node.state.holding.advancePass(to: isAtEnd ? nil : last)
    }

    /// A thread is in the scope of which something was let go or fetched once.
    private mutating func review(_ thread: ThreadID, _ holding: ThreadHolding, _ scope: ResolvedScope?) throws {
        if holding.hasGaps {
            node.state.fetching.want(thread)
        } else if scope.map({ !$0.isRecent(holding.fetchedAt, at: now) }) ?? true {
            try keep(nil, of: thread)
        }
    }

    /// Whether what was said in a thread is to be held: by the scope, or because somebody fetched it. Without a scope everything is.
    private func isInScope(_ thread: ThreadID, _ scope: ResolvedScope?) throws -> Bool {
        guard let scope, let state = try transaction.threadState(thread) else { return true }
        if let fetchedAt = node.state.holding[thread]?.fetchedAt, fetchedAt > 0, scope.isRecent(fetchedAt, at: now) { return true }
        return scope.holds(state, at: now)
    }

    /// Lets go of what was said in one thread, as far as every office has it.
    private mutating func letGo(_ thread: ThreadID, held heldAtOffices: VersionVector) throws {
        guard let state = try transaction.threadState(thread) else { return }
        let contents = try heldContents(of: thread)
        let said = state.contentsSaid(in: contents.sets)
        let here = contents.held(among: said)
        let stable = here.filter { heldAtOffices.covers($0.dot) }
        if !stable.isEmpty {
            try forget(stable, of: state, in: contents)
            try contents.letGo(stable, in: transaction)
            node.state.purges.soil(thread)
            node.state.holding.isDirty = true
            try transaction.set([1], for: PartialHolding.dirtyKey)
            directives.append(.changed([thread]))
        }
        let hasGaps = !stable.isEmpty || !contents.letGo(among: said).isEmpty
        try keep(ThreadHolding(hasGaps: hasGaps, isSettled: stable.count == here.count), of: thread)
    }

    /// What every office of the group has, by its own signed word. Nothing where there is no office.
    private var heldAtOffices: VersionVector {
        let offices = Set(node.state.roster.members.values.filter { $0.kind == .office }.map(\.id))
        let words = stability.standings.filter { offices.contains($0.member) }
        guard !words.isEmpty, words.count == offices.count, words.allSatisfy(\.isHeard) else { return VersionVector() }
        return words.dropFirst().reduce(words[0].clock) { $0.meet($1.clock) }
    }

    /// Remembers how a thread is held; nil for whole, as any other.
    mutating func keep(_ holding: ThreadHolding?, of thread: ThreadID) throws {
        guard holding != node.state.holding[thread] else { return }
        node.state.holding[thread] = holding
        try transaction.set(holding?.canonicalBytes, for: ThreadHolding.settingKey(of: thread))
    }

    private func resolvedScope() throws -> ResolvedScope? {
        guard let scope = node.laptopScope else { return nil }
        return ResolvedScope(
            scope, staff: try transaction.staff().compactMap { entry in entry.profile.map { (entry.id, $0) } },
            queues: try transaction.queues().compactMap { entry in entry.profile.map { (entry.id, $0) } })
    }

    /// A name that nobody has is worth a word: it may be a slip of the pen, and then too little is held.
    private mutating func tellUnknown(_ scope: ResolvedScope?) {
        guard let unknown = scope?.unknown, unknown != node.state.holding.toldUnknown else { return }
        node.state.holding.toldUnknown = unknown
        if unknown.isEmpty { return }
        let names = unknown.joined(separator: ", ")
        let text = "laptop.holds names \(names), which no person and no queue here is called"
        directives.append(.warning(NodeWarning("laptop", text)))
    }
}

extension OfficeNode {
    /// Whether an office was asked for what was let go here, and has not answered yet.
    public var isFetching: Bool { state.fetching.request != nil }

    /// How many threads have something that this laptop let go.
    public var partialThreadCount: Int { state.holding.gapCount }

    /// Whether a laptop that holds less than everything has something to do at `now`, in milliseconds since 1970.
    func mustLookAfterHolding(at now: Int64) -> Bool {
        guard laptopScope != nil || !state.holding.threads.isEmpty, state.writing != nil else { return false }
        guard state.roster.members[member]?.kind == .laptop else { return false }
        return state.holding.isPassing || state.holding.isDue(at: now) || state.fetching.isOverdue(at: now)
    }
}
