public import Causality
public import ChangeLog
import SwiftProtobuf
import WireProtocol

/// Anti-entropy as a state machine: frames, commits and the time go in, actions come out.
///
/// A session compares digests (HELLO, SAME), then clocks (CLOCK); each side asks for what it lacks (WANT), is sent it within its
/// credit (RUN, CREDIT after the commit, DONE), and is told of later commits by the change sets themselves or by hints (HEADS).
///
/// Without I/O, clock, randomness or locks: the same calls give the same actions. Time is the caller's, in milliseconds; it may
/// go backwards, which then counts as standing still. Whatever is lost on the way is asked for again, so an error thrown by a
/// `RunSource` costs no more than the frames of that call.
///
/// Ordering duties: `authored` and `committed` only after the transaction is durable, resp. committed; actions are carried out in
/// their order.
public struct SyncEngine: Sendable {
    let group: GroupID
    let member: MemberID
    let configuration: SyncConfiguration
    private(set) var replica: ReplicaID
    /// Every log, as far as committed and as far as handed to the brain.
    var logs: [ReplicaID: LogProgress] = [:]
    var sessions = SessionTable()
    /// Until when ticks have nothing to do, in elapsed time; anything that happens ends it.
    private(set) var idleUntil: Int64 = .min
    var time = ElapsedTime()
    /// The peer that was served last when the budget of a call ran out: the next call starts after it.
    var servedLast: MemberID?
    /// What we hold, as it is compared; nil after it changed.
    private var standing: Standing?
    /// Frames of peers that were removed which were dropped as faulty, since the start.
    public private(set) var formerFaults: UInt64 = 0
    /// The members that are held to what they showed that they hold.
    var relays: Set<MemberID> = []
    /// Whether it was said that a peer knows another end of the log that we write.
    var hasWarnedOfOwnLog = false
    /// The logs that are sealed, the newest table first; empty where there is none.
    var sealed: [SealedLogs] = []
    /// The forks that are known, by the logs that end there and by the branches that begin there.
    var forks = KnownForks()

    /// An engine for a node that holds `heads`.
    ///
    /// - Parameters:
    ///   - member: Ourselves.
    ///   - replica: The replica that we write to.
    ///   - heads: How far every log is held, our own included, in any order; a branch of which nothing is held as far as its base.
    ///   - forks: Where logs are known to be forked.
    public init(
        group: GroupID, member: MemberID, replica: ReplicaID, heads: [LogHead], forks: [KnownFork] = [],
        configuration: SyncConfiguration = SyncConfiguration()
    ) {
        self.group = group
        self.member = member
        self.replica = replica
        var configuration = configuration
        configuration.creditBytes = max(configuration.creditBytes, SyncConfiguration.creditBytesMin)
        self.configuration = configuration
        for head in heads where head.sequence > 0 { logs[head.replica] = LogProgress(head) }
        for fork in forks { self.forks.add(fork) }
    }

    /// How far every log is committed.
    public var clock: VersionVector {
        VersionVector(ascending: sortedHeads.map { VersionVector.Entry($0.replica, $0.sequence) })
    }

    /// Every peer, ascending by member.
    public var peers: [PeerStatus] { members.compactMap { sessions[$0] }.map(status) }

    /// Whether the connection with `peer` works, it answered the last greeting, and nothing that it holds is lacking here.
    public func isLevel(with peer: MemberID) -> Bool { sessions[peer]?.isLevel ?? false }

    /// Whether `peer` says that this node is no member.
    public func isDisowned(by peer: MemberID) -> Bool { sessions[peer]?.disownsUs ?? false }

    /// Whether serving stopped only because the call had read and sent enough: tick again as soon as what else is waiting has
    /// been handled.
    public var wantsTickSoon: Bool { idleUntil == .min && sessions.contains { $0.service?.isDeferred == true } }

    /// Lets time pass. True where `tick` has nothing else to do at that time and can be left out: most of the time, as peers that
    /// hold the same only greet each other now and then.
    public mutating func isIdle(now: Int64) -> Bool { time.advance(to: now) < idleUntil }

    /// Something happens at `now`: gives elapsed time.
    mutating func begin(_ now: Int64) -> Int64 {
        idleUntil = .min
        return time.advance(to: now)
    }

    /// A frame of `peer` was handled, before which ticks had nothing to do until `before`. Where it left nothing to do either, only
    /// that peer's next greeting can have moved.
    mutating func keepIdleness(_ before: Int64, after peer: MemberID) {
        guard before > .min, let session = sessions[peer] else { return }
        guard session.isConnected else {
            idleUntil = before
            return
        }
        if session.isQuiet { idleUntil = min(before, session.greeting.due) }
    }

    /// Takes note of when the next tick has something to do, if only time passes.
    mutating func noteIdleness() {
        if PlantedBug.isPlanted(.greetsAllTheTime) || sessions.contains(where: { $0.isConnected && !$0.isQuiet }) { return }
        idleUntil = sessions.nextGreeting
    }

    /// From now on this node writes to `replica`: it was restored or cloned. The old replica's log becomes one like any other.
    public mutating func replaceReplica(_ replica: ReplicaID, now: Int64) -> [SyncAction] {
        let now = begin(now)
        self.replica = replica
        hasWarnedOfOwnLog = false
        for peer in members {
            sessions[peer]?.ownAhead = 0
            for name in (sessions[peer]?.known ?? [:]).keys { list(name, at: peer) }
        }
        return assignWants(now)
    }

    /// Forgets a peer that is no longer a member.
    public mutating func removePeer(_ peer: MemberID, now: Int64) -> [SyncAction] {
        let now = begin(now)
        releaseWant(of: peer)
        formerFaults += sessions[peer]?.faults ?? 0
        sessions[peer] = nil
        return assignWants(now)
    }

    /// The roster has other members or authors: logs that were refused for an unknown author are asked for again.
    public mutating func rosterChanged(now: Int64) -> [SyncAction] {
        let now = begin(now)
        for peer in members {
            sessions[peer]?.endRosterDelays()
        }
        return assignWants(now)
    }
}

extension SyncEngine {
    /// All peers, in the order in which they are served.
    var members: [MemberID] { sessions.members }

    /// All committed heads, ascending by replica.
    var sortedHeads: [LogHead] {
        logs.values.map(\.committed).filter { $0.sequence > 0 }.sorted { $0.replica < $1.replica }
    }

    func acceptedHead(_ replica: ReplicaID) -> LogHead { logs[replica]?.accepted ?? LogHead(empty: replica) }

    func committedHead(_ replica: ReplicaID) -> LogHead { logs[replica]?.committed ?? LogHead(empty: replica) }

    /// All committed heads, as they are compared.
    mutating func ownStanding() -> Standing {
        if let standing { return standing }
        let fresh = Standing(sortedHeads)
        standing = fresh
        return fresh
    }

    /// What is held changed in another way than by growing.
    mutating func forgetStanding() { standing = nil }

    /// Takes note of a committed head; never lowers one.
    mutating func commit(_ head: LogHead) {
        var position = logs[head.replica] ?? LogProgress(LogHead(empty: head.replica))
        guard head.sequence > position.committed.sequence else { return }
        position.committed = head
        if position.accepted.sequence <= head.sequence { position.accepted = head }
        logs[head.replica] = position
        standing = nil
    }

    /// A frame on its way; one that cannot be encoded is a warning, and to the protocol a lost frame.
    func send(_ frame: Suture_V1_Frame, to peer: MemberID) -> SyncAction {
        do {
            return .send(peer, try frame.serializedBytes())
        } catch {
            return .warning(.notEncoded(peer))
        }
    }

    private func status(of session: Session) -> PeerStatus {
        var missingHere: UInt64 = 0
        var missingThere: UInt64 = 0
        var partial: UInt64 = 0
        for (name, head) in session.known {
            let held = committedHead(name).sequence
            if head.sequence > held { missingHere += head.sequence - held }
            partial += session.partialCount(of: name, after: held)
        }
        for position in logs.values {
            let known = session.position(of: position.committed.replica)
            if position.committed.sequence > known { missingThere += position.committed.sequence - known }
        }
        let clock = VersionVector(
            ascending: session.known.filter { $0.value.sequence > 0 }.sorted { $0.key < $1.key }
                .map { VersionVector.Entry($0.key, $0.value.sequence) })
        return PeerStatus(
            member: session.member, replica: session.replica, isConnected: session.isConnected,
            lastHeard: session.lastHeard, clock: clock, missingHere: missingHere, partialThere: partial,
            missingThere: missingThere,
            bytesInFlight: session.bytesInFlight, faults: session.faults,
            state: state(of: session, missingHere: missingHere, partial: partial))
    }

    private func state(of session: Session, missingHere: UInt64, partial: UInt64) -> PeerStatus.State {
        guard session.isConnected else { return .disconnected }
        if session.isForeign || session.refusesUs { return .refused }
        if session.want != nil || !session.accepted.isEmpty { return .receiving }
        if session.service != nil { return .sending }
        if max(session.wantPausedUntil, session.servicePausedUntil) > time.current { return .waiting }
        if !session.isClockKnown { return .comparing }
        return partial > 0 ? .partial : missingHere > 0 ? .behind : .idle
    }
}
