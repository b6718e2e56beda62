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
    var directives: [Directive] = []
    /// Heads that this turn moved, for the run preparer.
    private var moved: [ReplicaID: LogHead] = [:]
    private var hasAuthored = false
    private let clockBefore: HybridTimestamp

    init(node: OfficeNode, transaction: ReplicaTransaction, now: Int64) {
        self.node = node
        self.transaction = transaction
        self.now = now
        clockBefore = node.state.clock.last
    }

    mutating func handle(_ event: NodeEvent) throws {
        switch event {
        case .command(let request):
            do {
                directives.append(.answer(request.id, .success(try perform(request))))
            } catch let refusal as CommandRefusal {
                directives.append(.answer(request.id, .failure(refusal)))
            }
        case .frame(let key, let frame): try receive(frame, from: key)
        case .connected(let key):
            if let peer = node.state.roster.member(curveKey: key) {
                try interpret(node.state.engine.connected(peer.id, now: now))
            }
        case .disconnected(let key):
            if let peer = node.state.roster.member(curveKey: key) {
                try interpret(node.state.engine.disconnected(peer.id, now: now))
            }
        case .tick:
            try interpret(node.state.engine.tick(now: now, log: log))
            try expireInvitations()
        }
    }

    /// Ends the turn: merges what has become mergeable, indexes a slice, pushes what was authored, and says what changed.
    mutating func finish() throws {
        try mergeBacklog()
        try indexSlice()
        if hasAuthored {
            try interpret(node.state.engine.authored([node.state.sealer.head], now: now, log: log))
        }
        if node.state.rosterChanged {
            node.state.rosterChanged = false
            directives.append(contentsOf: node.state.membershipDirectives(of: node))
            try interpret(node.state.engine.rosterChanged(now: now))
        }
        if node.state.clock.last != clockBefore { try NodeSettings.remember(node.state.clock.last, in: transaction) }
        if !moved.isEmpty {
            directives.append(.prepared(moved.values.sorted { $0.replica < $1.replica }))
        }
        tellWhatChanged()
        if node.state.hasBacklog || hasUnindexed { directives.append(.wake) }
    }

    /// Takes note that a log moved.
    mutating func advance(to head: LogHead, authored: Bool) {
        moved[head.replica] = head
        if authored { hasAuthored = true }
    }

    /// Turns the engine's actions into directives and commits what it accepts.
    mutating func interpret(_ actions: [SyncAction]) throws {
        for action in actions {
            switch action {
            case .send(let peer, let frame):
                if let member = node.state.roster.reachable.first(where: { $0.id == peer }) {
                    directives.append(.send(member.curveKey, frame))
                }
            case .accept(let run, let peer, let byteCount): try accept(run, from: peer, byteCount: byteCount)
            case .warning(let warning):
                directives.append(.warning(NodeWarning("sync", String(describing: warning))))
            }
        }
    }

    private mutating func tellWhatChanged() {
        let touched = transaction.touched
        if !touched.isEmpty { directives.append(.changed(touched.map(\.id))) }
        for thread in touched {
            let before = thread.before?.flags ?? []
            let added = thread.after.flags.subtracting(before)
            let removed = before.subtracting(thread.after.flags)
            if added.contains(.contested), let state = try? transaction.threadState(thread.id) {
                directives.append(.notice(.contested(thread.id, claimants: state.claimants)))
            }
            if added.contains(.answeredTwice) { directives.append(.notice(.answeredTwice(thread.id))) }
            if added.contains(.filedTwice) { directives.append(.notice(.filedTwice(thread.id))) }
            if added.contains(.unseenByResolver) { directives.append(.notice(.unseenByResolver(thread.id))) }
            if removed.contains(.contested), let owner = thread.after.owner {
                directives.append(.notice(.settled(thread.id, owner: owner)))
            }
            if added.contains(.handOffPending), let state = try? transaction.threadState(thread.id),
                let to = state.offeredTo
            {
                directives.append(.notice(.offered(thread.id, to: to)))
            }
        }
    }
}
