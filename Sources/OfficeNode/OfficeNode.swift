public import Causality
public import ChangeLog
public import ReplicaStore
public import SyncEngine
public import Vault

/// The whole behaviour of a node: events go in, directives come out.
///
/// Synchronous and deterministic: it reads no clock, no randomness but the source it was given, no socket, no thread. It owns
/// its replica. One call of `handle` is one transaction; directives leave only after it is durable.
public final class OfficeNode {
    /// The group.
    public let group: GroupID
    /// This node's member id.
    public let member: MemberID
    /// The replica that this node writes. Another one from the moment on that it must begin a new log.
    public var replica: ReplicaID { state.replica }

    /// How far the log that this node writes has come.
    public var ownHead: LogHead { state.sealer.head }

    /// Watches what is merged; nobody in production.
    public var mergeObserver: (any MergeObserver)?

    /// How many milliseconds a laptop may be away from the offices of its group by its own configuration, before it closes; nil for any
    /// time. What the group's policy says counts too. Ordering duty: set before the first event.
    public var contactLimit: Int64?

    /// What a laptop holds of what was said; nil for everything. What it let go is fetched again when this is taken away. Offices and
    /// relays hold everything, whatever this says. Ordering duty: set before the first event.
    public var laptopScope: LaptopScope?

    let store: ReplicaStore
    let identity: MemberIdentity
    let random: any RandomSource
    var state: BrainState

    /// Opens the node whose replica `store` holds. Throws `NodeError` where the replica was never founded or joined to a group.
    ///
    /// - Parameters:
    ///   - store: The replica; the node becomes its only writer.
    ///   - identity: The member's keys; must be those that the replica was made with.
    ///   - random: Every random byte the node uses comes from here.
    ///   - configuration: Limits of the anti-entropy.
    public convenience init(
        store: ReplicaStore, identity: MemberIdentity, random: any RandomSource,
        configuration: SyncConfiguration = SyncConfiguration()
    ) throws {
        // Without a first change set, founding or joining was cut short by a crash: it is begun anew, not gone on with.
        if store.progress.isEmpty { throw NodeError.notFounded }
        try self.init(beginning: store, identity: identity, random: random, configuration: configuration)
    }

    /// Opens the node of a replica whose log may be empty still: for founding and joining.
    init(
        beginning store: ReplicaStore, identity: MemberIdentity, random: any RandomSource,
        configuration: SyncConfiguration = SyncConfiguration()
    ) throws {
        self.store = store
        self.identity = identity
        self.random = random
        member = identity.member
        let settings = try NodeSettings(store)
        guard settings.member == identity.member else {
            throw NodeError(
                .wrongIdentity,
                """
                the replica belongs to member \(settings.member.short) but the keys are those of \(identity.member.short): put the \
                identity file of this replica back
                """)
        }
        group = settings.group
        state = try BrainState(
            settings: settings, store: store, identity: identity, configuration: configuration)
    }

    /// Handles a batch of events at wall time `now` (milliseconds since 1970) as one transaction.
    ///
    /// Never throws: what cannot be stored is undone whole, answered to whoever asked, and warned of.
    public func handle(_ events: [NodeEvent], now: Int64) -> [Directive] {
        state.contact.advance(to: now)
        if let directives = handleGreetings(events, now: now) { return directives }
        let before = state
        do {
            let authors = state.newReplica != nil || state.mustAuthor || events.contains(where: \.authors)
            // A relay is held to what it acknowledges: members rely on it that may never be online together.
            let mustLast = (authors || state.isRelay) && !PlantedBug.isPlanted(.acknowledgesBeforeDurable)
            let durability: Durability = mustLast ? .full : .normal
            let directives = try store.write(durability) { transaction in
                var turn = Turn(node: self, transaction: transaction, now: now, mayAuthor: authors)
                try turn.startReplicaIfOwed()
                for event in events { try turn.handle(event) }
                try turn.finish()
                return turn.directives
            }
            mergeObserver?.committed()
            return directives + emptyLogAfterPurge(now: now)
        } catch {
            if !PlantedBug.isPlanted(.forgetsToRestore) { state = before }
            mergeObserver?.undone()
            return failed(events, error, now: now)
        }
    }

    /// What there is to do at the start, before any event: whom to let in and whom to connect to.
    public func start() -> [Directive] {
        state.membershipDirectives(of: self) + [.wake]
    }

    /// What verifying runs needs: for the shell's preparer.
    public func makePreparer() -> RunPreparer {
        RunPreparer(group: group, heads: store.progress.map(\.received), keys: state.verificationKeys)
    }

    /// Reads for pages and commands, on connections of their own.
    public func makeReader() -> InboxReader {
        InboxReader(store: store.reader, group: group, epochs: state.epochs, forks: state.forks)
    }

    private func failed(_ events: [NodeEvent], _ error: any Error, now: Int64) -> [Directive] {
        var directives: [Directive] = [
            .rewindPreparer, .warning(NodeWarning("storage", "a transaction was undone: \(error)")),
        ]
        for event in events {
            switch event {
            case .command(let request):
                let refusal = CommandRefusal(.storage, "the node could not store it, nothing was changed: \(error)")
                directives.append(.answer(request.id, .failure(refusal)))
            case .frame(let key, let frame): directives += decline(frame, from: key, now: now)
            case .connected(let key): directives += note(connected: true, key, now: now)
            case .disconnected(let key): directives += note(connected: false, key, now: now)
            case .startReplica, .tick: break
            }
        }
        return directives
    }

    /// Connections begin and end whether the replica can be written or not, and nobody says so twice.
    private func note(connected: Bool, _ key: CurvePublicKey, now: Int64) -> [Directive] {
        guard let peer = state.roster.member(curveKey: key), peer.id != member else { return [] }
        let actions =
            connected
            ? (try? state.engine.connected(peer.id, now: now)) ?? []  // Throws only for a connection to ourselves.
            : state.engine.disconnected(peer.id, now: now)
        return actions.compactMap { action in
            guard case .send(let to, let frame) = action,
                let receiver = state.roster.reachable(to)
            else { return nil }
            return .send(receiver.curveKey, frame)
        }
    }
}

extension OfficeNode {
    /// Tells a peer that its run could not be stored, so that it waits instead of sending it again at once.
    private func decline(_ frame: PreparedFrame, from key: CurvePublicKey, now: Int64) -> [Directive] {
        guard case .run(_, let byteCount) = frame, let peer = state.roster.member(curveKey: key),
            let accepted = try? state.engine.received(frame, from: peer.id, now: now, log: NoRuns())
        else { return [] }
        var directives: [Directive] = []
        for case .accept(let run, let sender, _) in accepted {
            let actions = state.engine.declined(LogRange(run), from: sender, byteCount: byteCount, now: now)
            for case .send(_, let frame) in actions { directives.append(.send(key, frame)) }
        }
        return directives
    }
}

extension NodeEvent {
    /// Whether handling the event can author: then its transaction must be on disk before anything leaves.
    var authors: Bool {
        switch self {
        case .command, .startReplica: true
        // Only joining devices send control frames that make the node author; they are rare, and an extra flush is cheap.
        case .frame(_, .control(let bytes)): bytes.first == MembershipFrames.joinTag
        case .frame, .connected, .disconnected, .tick: false
        }
    }
}

/// Why a node could not be opened, founded or joined.
public struct NodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of reason.
    public enum Code: String, Hashable, Sendable {
        /// The replica belongs to no group yet.
        case notFounded
        /// The replica belongs to a group already.
        case alreadyFounded
        /// The keys are not those of the replica.
        case wrongIdentity
        /// A name, an endpoint or a text that somebody gave breaks the rules.
        case invalid
        /// The answer to an invitation is not to be trusted.
        case invitation
        /// What the replica holds of the node does not fit together.
        case inconsistent
    }

    /// What kind of reason.
    public let code: Code
    /// What was wrong and what to do.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }

    static let notFounded = NodeError(
        .notFounded, "this replica belongs to no group yet: found one with `suture init`, or join one with `suture join`")
}
