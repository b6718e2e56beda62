import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import SyncEngine

// What a laptop let go comes back from an office or a relay: by name and digest, as its author sealed it. The digest is the one that the
// author's signature vouches for, so it does not matter whom it comes from.

extension Turn {
    /// How many threads one turn looks at before something is asked for.
    private static let fetchSliceMax = 16

    /// A person wants to read what is not held here.
    mutating func fetch(_ thread: ThreadID, by actor: Actor) throws -> CommandOutcome {
        guard let state = try transaction.threadState(thread), let opening = state.opening else {
            throw CommandRefusal(.notFound, "there is no thread \(thread) here")
        }
        try allow(.readTexts, by: actor, scope: try scope(of: state, actor: actor), patient: opening.patient)
        let contents = try heldContents(of: thread)
        var outcome = CommandOutcome()
        outcome.thread = thread
        if contents.letGo(among: state.contentsSaid(in: contents.sets)).isEmpty { return outcome }
        guard !holdersInReach.isEmpty else {
            throw CommandRefusal(.conflict, "no office can be reached now: fetch it when this laptop is connected to one")
        }
        node.state.fetching.want(thread)
        return outcome
    }

    /// Asks for what is wanted next, unless an answer is waited for.
    mutating func fetchContents() throws {
        if node.state.fetching.wanted.isEmpty { return }
        if node.state.fetching.isOverdue(at: now) { node.state.fetching.missed() }
        guard node.state.fetching.request == nil else { return }
        let holders = holdersInReach
        // Who connects is asked.
        if holders.isEmpty { return }
        for _ in 0..<Self.fetchSliceMax {
            guard let thread = node.state.fetching.next() else { return }
            let gaps = try gaps(in: thread)
            if gaps.isEmpty {
                try noteFetched(thread, hasGaps: false)
                node.state.fetching.end()
                continue
            }
            guard let holder = node.state.fetching.choose(among: holders) else {
                // None of them gave it, or answers. The next pass asks again.
                node.state.fetching.end()
                continue
            }
            let names = gaps.prefix(SyncEngine.fetchMax)
            node.state.fetching.ask(.init(peer: holder, names: Set(names), sentAt: now))
            return try interpret(node.state.engine.fetch(Array(names), from: holder))
        }
    }

    /// Puts back what an office sent. What was not asked for, or is not what the change set's author sealed, is passed over.
    mutating func take(_ contents: [FetchedContent], from peer: MemberID) throws {
        guard let request = node.state.fetching.request, request.peer == peer, let thread = node.state.fetching.thread else { return }
        let asked = contents.filter { request.names.contains($0.name) && !$0.sealed.isEmpty }
        var count = 0
        for (dot, group) in Dictionary(grouping: asked, by: \.name.dot).sorted(by: { $0.key < $1.key }) {
            guard let row = try transaction.row(at: dot) else { continue }
            let entry = LogEntry(row)
            let before = try entry.contentsLetGo()
            let sealed = Dictionary(group.map { ($0.name.index, $0.sealed) }, uniquingKeysWith: { first, _ in first })
            let whole = try entry.takingBack(sealed)
            let back = Set(before.keys).subtracting(try whole.contentsLetGo().keys)
            if back.isEmpty { continue }
            try transaction.replaceContents(of: dot, with: whole.contents)
            try indexAgain(dot, contents: back)
            count += back.count
        }
        node.state.fetching.answered(gave: count > 0)
        if count > 0 { try noteFetched(thread, hasGaps: true) }
        try fetchContents()
    }

    /// Answers a member that let contents go: what is held of them, as much as a frame takes; what is not held, as empty.
    mutating func give(_ names: [ContentName], to peer: MemberID) throws {
        var answer: [FetchedContent] = []
        var room = SyncEngine.fetchedBytesMax
        for name in names {
            let row = try transaction.row(at: name.dot)
            let sealed = try row.flatMap { try LogEntry($0).heldContent(name.index) } ?? []
            if !answer.isEmpty && sealed.count > room { break }
            room -= sealed.count
            answer.append(FetchedContent(name: name, sealed: sealed))
        }
        try interpret(node.state.engine.give(answer, to: peer))
    }

    /// What was said in a thread and is not held here, ascending.
    private func gaps(in thread: ThreadID) throws -> [ContentName] {
        guard let state = try transaction.threadState(thread) else { return [] }
        let contents = try heldContents(of: thread)
        // What is purged is not asked for: it is destroyed wherever it still is.
        return contents.letGo(among: state.contentsSaid(in: contents.sets)).filter { !state.isPurged($0.dot) }
            .map { ContentName($0.dot, $0.index) }
    }

    private mutating func noteFetched(_ thread: ThreadID, hasGaps: Bool) throws {
        try keep(ThreadHolding(hasGaps: hasGaps, isSettled: false, fetchedAt: now), of: thread)
        if !hasGaps { directives.append(.changed([thread])) }
    }

    /// Who is connected and holds everything: offices, then relays, either ascending. A relay cannot read what it gives.
    private var holdersInReach: [MemberID] {
        let peers = node.state.engine.peers.filter { peer in
            peer.isConnected && peer.state != .refused && node.state.roster.reachable(peer.member) != nil
        }
        func all(_ kind: MemberKind) -> [MemberID] {
            peers.map(\.member).filter { node.state.roster.members[$0]?.kind == kind }
        }
        return all(.office) + all(.relay)
    }
}
