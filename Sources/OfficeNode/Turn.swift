import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

/// One transaction of a node: the events of a batch, applied in order, and the directives they lead to.
struct Turn {
    let node: OfficeNode
    let transaction: ReplicaTransaction
    let now: Int64
    /// Whether the transaction lasts once it is committed: only then may change sets be authored in it. What finds something to author
    /// in another asks for one that does (`BrainState.mustAuthor`).
    let mayAuthor: Bool
    var directives: [Directive] = []
    /// Who tried to sign in at other nodes, by what this turn merged.
    var signIns: [SignInElsewhere] = []
    /// Heads that this turn moved, for the run preparer.
    private var moved: [ReplicaID: LogHead] = [:]
    /// Heads of logs that this turn authored; two where it began a new log after it had written to the old one.
    private var authored: [ReplicaID: LogHead] = [:]
    private let clockBefore: HybridTimestamp
    /// What was merged when the turn began: what goes beyond it is news.
    private var mergedBefore: VersionVector

    init(node: OfficeNode, transaction: ReplicaTransaction, now: Int64, mayAuthor: Bool = true) {
        self.mayAuthor = mayAuthor
        self.node = node
        self.transaction = transaction
        self.now = now
        clockBefore = node.state.clock.last
        mergedBefore = VersionVector(
            ascending: transaction.progress().filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) })
    }

    mutating func handle(_ event: NodeEvent) throws {
        switch event {
        case .command(let request):
            do {
                if PlantedBug.isPlanted(.needsPeers), !node.state.engine.peers.contains(where: \.isConnected) {
                    throw CommandRefusal(.storage, "no other node is connected")
                }
                try requireContact(for: request.command)
                directives.append(.answer(request.id, .success(try perform(request))))
            } catch let refusal as CommandRefusal {
                directives.append(.answer(request.id, .failure(refusal)))
            }
        case .frame(let key, let frame): try receive(frame, from: key)
        case .connected(let key):
            guard let peer = node.state.roster.member(curveKey: key) else { return }
            do {
                try interpret(node.state.engine.connected(peer.id, now: now))
            } catch let error as SyncError {
                // A connection to ourselves says that something is wrong, but not with what else is in this turn.
                directives.append(.warning(NodeWarning("connection", error.message)))
            }
        case .disconnected(let key):
            if let peer = node.state.roster.member(curveKey: key) {
                try interpret(node.state.engine.disconnected(peer.id, now: now))
            }
        case .startReplica(let reason):
            try owe(reason)
            try startReplicaIfOwed()
        case .tick:
            try interpret(node.state.engine.tick(now: now, log: log))
            try expireInvitations()
            try keepUp()
            try acknowledge()
        }
    }

    /// Ends the turn: merges what has become mergeable, indexes a slice, pushes what was authored, and says what changed.
    mutating func finish() throws {
        try placeCuts()
        try settleRoster()
        try mergeBacklog()
        try reviewQuarantine()
        try lookAfterPurges()
        try holdLess()
        try fetchContents()
        try indexSlice()
        if !authored.isEmpty {
            let heads = authored.values.sorted { $0.replica < $1.replica }
            try interpret(node.state.engine.authored(heads, now: now, log: log))
        }
        if node.state.rosterChanged {
            node.state.rosterChanged = false
            directives.append(contentsOf: node.state.membershipDirectives(of: node))
            try interpret(node.state.engine.rosterChanged(now: now))
        }
        try lookAfterContact(isAuthored: !authored.isEmpty)
        if node.state.clock.last != clockBefore { try NodeSettings.remember(node.state.clock.last, in: transaction) }
        if !moved.isEmpty {
            directives.append(.prepared(moved.values.sorted { $0.replica < $1.replica }))
        }
        if !signIns.isEmpty { directives.append(.signInsElsewhere(signIns)) }
        try tellWhatChanged()
        let hasMore = node.state.hasBacklog || node.state.mustAuthor || hasUnindexed || node.state.purges.wantsTurn
            || node.state.engine.wantsTickSoon || node.state.holding.isPassing
        node.state.isSettled = !hasMore && node.state.purges.isDone
        if hasMore { directives.append(.wake) }
    }

    /// What was merged when the turn began has another name now, and is no news by it.
    mutating func noteMergedBefore(_ dot: Dot) { mergedBefore.advance(to: dot) }

    /// Takes note that a log moved.
    mutating func advance(to head: LogHead, authored: Bool) {
        moved[head.replica] = head
        if authored { self.authored[head.replica] = head }
    }

    /// Turns the engine's actions into directives and commits what it accepts.
    mutating func interpret(_ actions: [SyncAction]) throws {
        for action in actions {
            switch action {
            case .send(let peer, let frame):
                if let member = node.state.roster.reachable(peer) {
                    directives.append(.send(member.curveKey, frame))
                }
            case .accept(let run, let peer, let byteCount): try accept(run, from: peer, byteCount: byteCount)
            case .branches(let branches, let peer): try take(branches: branches, from: peer)
            case .contentsWanted(let names, let peer): try give(names, to: peer)
            case .contents(let contents, let peer): try take(contents, from: peer)
            case .warning(let warning):
                directives.append(.warning(node.state.warning(of: warning)))
                try noteOwnLog(warning)
            }
        }
    }

    private mutating func tellWhatChanged() throws {
        if PlantedBug.isPlanted(.tellsNobody) { return }
        let touched = transaction.touched
        if !touched.isEmpty { directives.append(.changed(touched.map(\.id))) }
        for thread in touched {
            let before = thread.before?.flags ?? []
            let added = thread.after.flags.subtracting(before)
            let isAskedFor: ThreadFlags = [.contested, .handOffPending]
            if !thread.after.flags.isDisjoint(with: isAskedFor), let state = try transaction.threadState(thread.id) {
                tellPeople(of: state, isNewlyContested: added.contains(.contested))
            }
            if added.contains(.answeredTwice) { directives.append(.notice(.answeredTwice(thread.id))) }
            if added.contains(.filedTwice) { directives.append(.notice(.filedTwice(thread.id))) }
            if added.contains(.unseenByResolver) { directives.append(.notice(.unseenByResolver(thread.id))) }
            if before.contains(.contested) && !thread.after.flags.contains(.contested), let owner = thread.after.owner {
                directives.append(.notice(.settled(thread.id, owner: owner)))
            }
        }
    }

    /// Tells of claims and offers that are news: also of a third claim on a thread that two contest already, and of an offer that
    /// takes the place of another.
    private mutating func tellPeople(of state: ThreadState, isNewlyContested: Bool) {
        if state.flags.contains(.contested) {
            let claims = state.owners.entries.filter { $0.value.rank > .automation }
            let known = claims.filter { mergedBefore.covers($0.stamp.dot) }.map(\.value.owner)
            let hasNews = claims.contains { !mergedBefore.covers($0.stamp.dot) && !known.contains($0.value.owner) }
            if isNewlyContested || hasNews { directives.append(.notice(.contested(state.id, claimants: state.claimants))) }
        }
        for offer in state.offers.entries where !mergedBefore.covers(offer.stamp.dot) {
            directives.append(.notice(.offered(state.id, to: offer.value)))
        }
    }
}
