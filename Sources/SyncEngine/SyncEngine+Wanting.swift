public import Causality
public import ChangeLog
import SwiftProtobuf
import WireProtocol

extension SyncEngine {
    /// An accepted run was committed: its log ends with `head` now. Gives the peer its credit back, tells the others, and goes on
    /// asking for what lacks.
    ///
    /// - Parameters:
    ///   - peer: As in `SyncAction.accept`; the peer may have gone since.
    ///   - byteCount: As in `SyncAction.accept`.
    ///
    /// Throws what `log` throws.
    public mutating func committed(
        _ head: LogHead, from peer: MemberID, byteCount: Int, now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        let now = begin(now)
        commit(head)
        var actions = checkForks(head)
        if var session = sessions[peer] {
            let freed = session.accepted.filter { $0.range.replica == head.replica && $0.range.last <= head.sequence }
            session.accepted.removeAll { $0.range.replica == head.replica && $0.range.last <= head.sequence }
            let bytes = freed.reduce(0) { $0 + $1.byteCount }
            session.bytesInFlight -= bytes
            session.delays[head.replica] = nil
            sessions[peer] = session
            actions += giveCredit(bytes, to: peer, now)
        }
        hint(head.replica, except: peer)
        return actions + flushHints(now) + assignWants(now)
    }

    /// An accepted run was not committed, and will not be: no room, or something it depends on is lacking. Runs of the same log
    /// that were accepted after it are void as well, whether they are reported or not. It is asked for again after a while.
    ///
    /// - Parameters:
    ///   - run: What was declined.
    ///   - byteCount: As in `SyncAction.accept`.
    public mutating func declined(
        _ run: LogRange, from peer: MemberID, byteCount: Int, now: Int64
    ) -> [SyncAction] {
        let now = begin(now)
        guard let position = logs[run.replica], position.accepted.sequence >= run.first,
            position.committed.sequence < run.last
        else { return [] }
        logs[run.replica]?.accepted = position.committed
        for other in members {
            guard var session = sessions[other] else { continue }
            let void = session.accepted.filter { $0.range.replica == run.replica }
            session.accepted.removeAll { $0.range.replica == run.replica }
            session.bytesInFlight -= void.reduce(0) { $0 + $1.byteCount }
            sessions[other] = session
        }
        relist(run.replica)
        guard var session = sessions[peer] else { return assignWants(now) }
        // The log itself waits longer than the peer's other logs: one of those may be what it depends on.
        session.delay(run.replica, at: now, first: configuration.backoff * 2, max: configuration.backoffMax)
        session.wantPausedUntil = now + configuration.backoff
        let isOpen = session.isOpen
        sessions[peer] = session
        releaseWant(of: peer)
        let busy = isOpen ? [send(SyncFrames.busy(retryAfter: configuration.backoff), to: peer)] : []
        return busy + assignWants(now)
    }

    /// Time has passed: repeats what went unanswered, goes on serving, sends what was put off. Call it several times a second.
    ///
    /// Throws what `log` throws.
    public mutating func tick(now: Int64, log: some RunSource) throws -> [SyncAction] {
        let now = begin(now)
        var actions: [SyncAction] = []
        let isGreetingAll = PlantedBug.isPlanted(.greetsAllTheTime)
        for peer in sessions.members(where: { $0.isConnected && ($0.want != nil || $0.greeting.due <= now || isGreetingAll) }) {
            guard let session = sessions[peer] else { continue }
            if let want = session.want {
                if PlantedBug.isPlanted(.neverAsksAgain) {
                    continue
                } else if isSilent(session, want, now) {
                    silence(peer, want)
                } else if let due = want.restartDue, due <= now {
                    actions += restart(peer, now)
                }
            }
            if session.greeting.due <= now || isGreetingAll { actions += greet(peer, now) }
        }
        actions += flushHints(now)
        actions += assignWants(now)
        actions += try serveDeferred(now, log: log)
        noteIdleness()
        return actions
    }
}

// MARK: Runs

extension SyncEngine {
    mutating func receivedRun(_ run: VerifiedRun, _ byteCount: Int, from peer: MemberID, _ now: Int64) -> [SyncAction] {
        let name = run.header.replica
        let end = TaggedClockEntry(run.head)
        let head = acceptedHead(name)
        // Our own log comes from ourselves alone; with more in it than we hold, `learn` says what that means.
        if name == replica { return learn(end, from: peer) }
        if sessions[peer]?.isForked(name) == true { return returnCredit(byteCount, to: peer, now) }
        if let end = forks.end(of: name), run.head.sequence > end {
            return returnCredit(byteCount, to: peer, now) + showFork(of: name, to: peer)
        }
        guard run.anchor == head else {
            sessions[peer]?.advance(name, to: end.sequence, tag: end.tag)
            if run.head.sequence <= head.sequence { return returnCredit(byteCount, to: peer, now) }
            list(name, at: peer)
            return gap(in: name, byteCount, from: peer, now)
        }
        guard var session = sessions[peer] else { return [] }
        session.advance(name, to: end.sequence, tag: end.tag)
        // Pushes need no credit, within bounds; a peer that does not keep to its credit must not fill our memory.
        guard session.bytesInFlight + byteCount <= configuration.creditBytes + configuration.pushBytesMax else {
            sessions[peer] = session
            list(name, at: peer)
            return refuse(
                .unexpected, "a run beyond all credit", .overCredit(peer, byteCount: byteCount), peer, now)
        }
        session.claims?.show(name, end.sequence, at: now)
        session.claims?.show(name, end.sequence, at: now)
        session.accepted.append(AcceptedRun(range: LogRange(run), byteCount: byteCount))
        session.bytesInFlight += byteCount
        session.silences = 0
        session.forks[name] = nil
        session.want?.progress(name, byteCount, at: now)
        sessions[peer] = session
        var position = logs[name] ?? LogProgress(LogHead(empty: name))
        position.accepted = run.head
        logs[name] = position
        freeIfComplete(name)
        return [.accept(run, from: peer, byteCount: byteCount)]
    }

    mutating func refusedRun(_ refusal: RunRefusal, _ byteCount: Int, from peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard let name = refusal.replica else {
            let reason = refusal.description
            return refuse(.runInvalid, reason, .invalidRun(peer, nil, reason: reason), peer, now)
        }
        switch refusal.reason {
        case .alreadyHeld: return returnCredit(byteCount, to: peer, now)
        case .gap:
            if refusal.first <= acceptedHead(name).sequence { return returnCredit(byteCount, to: peer, now) }
            guard name != replica, refusal.first <= SyncReading.sequenceMax else { return [] }
            sessions[peer]?.advance(name, to: refusal.first, tag: nil)
            list(name, at: peer)
            return gap(in: name, byteCount, from: peer, now)
        case .unknownAuthor:
            let wait = configuration.unknownAuthorDelay
            sessions[peer]?.delay(name, at: now, first: wait, max: wait, endsWithRoster: true)
            return restart(peer, now)
        case .invalid(let error):
            sessions[peer]?.faults += 1
            let isNew = sessions[peer]?.delays[name].map { $0.until <= now } ?? true
            // What an earlier request started is still arriving: once is enough.
            guard isNew else { return [] }
            if error.code == .badSignature { sessions[peer]?.forks[name]?.fail() }
            sessions[peer]?.delay(name, at: now, first: configuration.backoff, max: configuration.backoffMax)
            let answer = send(SyncFrames.refused(.runInvalid, "\(name):\(refusal.first)"), to: peer)
            return [.warning(.invalidRun(peer, name, reason: refusal.description)), answer] + restart(peer, now)
        }
    }

    /// Something before a run is lacking: asks for it, from where we are.
    private mutating func gap(in name: ReplicaID, _ byteCount: Int, from peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard let want = sessions[peer]?.want, want.ranges.contains(where: { $0.replica == name }),
            sessions[peer]?.delays[name].map({ $0.until <= now }) ?? true
        else { return assignWants(now) }
        // After a replaced WANT what the former one started may still be arriving.
        let due = want.isReplacement ? max(want.progressAt, want.sentAt) + configuration.restartDelay : now
        if due <= now { return restart(peer, now) }
        sessions[peer]?.want?.restartDue = due
        return []
    }

    /// Bytes that came and are of no use may be sent again, as something of use.
    private mutating func returnCredit(_ byteCount: Int, to peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard let want = sessions[peer]?.want else { return giveCredit(byteCount, to: peer, now) }
        sessions[peer]?.want?.granted = max(0, want.granted - byteCount)
        return giveCredit(byteCount, to: peer, now)
    }

    /// Gives a peer credit for bytes that are no longer in flight, never more than `creditBytes` in all.
    private mutating func giveCredit(_ byteCount: Int, to peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard var session = sessions[peer], session.isOpen, byteCount > 0 else { return [] }
        guard var want = session.want else { return [send(SyncFrames.credit(byteCount), to: peer)] }
        let bytes = min(byteCount, configuration.creditBytes - session.bytesInFlight - want.granted)
        guard bytes > 0 else { return [] }
        want.granted += bytes
        want.progressAt = now
        session.want = want
        sessions[peer] = session
        return [send(SyncFrames.credit(bytes), to: peer)]
    }

    /// A head of ours at which a peer's clock names another change set is a fork.
    mutating func checkForks(_ head: LogHead) -> [SyncAction] {
        var actions: [SyncAction] = []
        for peer in sessions.members(where: { $0.known[head.replica]?.sequence == head.sequence }) {
            guard let tag = sessions[peer]?.known[head.replica]?.tag else { continue }
            actions += learn(TaggedClockEntry(head.replica, head.sequence, tag: tag), from: peer)
        }
        return actions
    }
}
