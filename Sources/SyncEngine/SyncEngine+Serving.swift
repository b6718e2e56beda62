public import Causality
import ChangeLog
import SwiftProtobuf
import WireProtocol

extension SyncEngine {
    /// Our own log grew to `heads`: durable now. The new change sets go to peers that hold their predecessors and have nothing
    /// else to wait for; the others get a hint.
    ///
    /// Throws what `log` throws.
    public mutating func authored(_ heads: [LogHead], now: Int64, log: some RunSource) throws -> [SyncAction] {
        let now = begin(now)
        var actions: [SyncAction] = []
        for head in heads.sorted(by: { ($0.replica, $0.sequence) < ($1.replica, $1.sequence) }) {
            let before = committedHead(head.replica).sequence
            guard head.sequence > before else { continue }
            commit(head)
            actions += checkForks(head)
            actions += try push(LogRange(head.replica, before + 1, head.sequence), now, log: log)
        }
        return actions + flushHints(now)
    }

    private mutating func push(_ range: LogRange, _ now: Int64, log: some RunSource) throws -> [SyncAction] {
        var actions: [SyncAction] = []
        var runs: [UInt64: SourcedRun] = [:]
        var count = 0
        let tag = committedHead(range.replica).hash.tag
        for peer in members {
            guard let session = sessions[peer], session.isOpen else { continue }
            let position = session.position(of: range.replica)
            if position >= range.last || session.isForked(range.replica) { continue }
            sessions[peer]?.hints.insert(range.replica)
            let isReady = session.isClockKnown && session.service == nil && session.servicePausedUntil <= now
                && session.bytesPushed < configuration.pushBytesMax && count < configuration.pushPeersMax
            guard isReady, position >= range.first - 1 else { continue }
            let first = position + 1
            if runs[first] == nil { runs[first] = try source(LogRange(range.replica, first, range.last), log) }
            guard let run = runs[first], run.last >= range.last,
                run.frame.count + session.bytesPushed <= configuration.pushBytesMax
            else { continue }
            count += 1
            sessions[peer]?.hints.remove(range.replica)
            sessions[peer]?.bytesPushed += run.frame.count
            sessions[peer]?.advance(range.replica, to: run.last, tag: tag)
            actions.append(.send(peer, run.frame))
        }
        return actions
    }

    /// Reads a run, and sees to it that it is what was asked for.
    private func source(_ range: LogRange, _ log: some RunSource) throws -> SourcedRun? {
        guard let run = try log.run(of: range.replica, from: range.first, through: range.last) else { return nil }
        guard run.last >= range.first, !run.frame.isEmpty else {
            throw SyncError(.badSource, "asked for \(range), the log gave a run that ends with \(run.last)")
        }
        return run
    }

    /// A WANT replaces whatever the peer asked for before, and states its whole credit.
    mutating func receivedWant(
        _ ranges: [LogRange], credit: UInt64, from peer: MemberID, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        // Who asks for what is before a branch does not know yet what the branch is one of.
        let early = ranges.filter { range in forks.base(of: range.replica).map { range.first <= $0 } ?? false }
        let shown = early.flatMap { showFork(of: $0.replica, to: peer) }
        guard var session = sessions[peer] else { return [] }
        let served = ranges.filter {
            !session.isForked($0.replica) && $0.first <= committedHead($0.replica).sequence && !early.contains($0)
        }
        session.service = Service(
            ranges: served.reversed(), credit: Int(min(credit, UInt64(configuration.creditGrantedMax))))
        session.servicePausedUntil = 0
        session.bytesPushed = 0
        // What it asks for it does not hold, whatever was pushed to it.
        for range in ranges where session.position(of: range.replica) >= range.first {
            session.known[range.replica] = KnownHead(sequence: range.first - 1, tag: nil)
        }
        // Nothing wanted: the peer takes back what it asked for. That needs no answer.
        if ranges.isEmpty { session.service = nil }
        sessions[peer] = session
        var budget = configuration.serveBytesMax
        return shown + (try serve(peer, &budget, now, log: log))
    }

    mutating func receivedCredit(
        _ bytes: UInt64, from peer: MemberID, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        let bytes = Int(min(bytes, UInt64(configuration.creditGrantedMax)))
        guard let service = sessions[peer]?.service else {
            sessions[peer]?.confirmPushed(bytes)
            return []
        }
        sessions[peer]?.service?.credit = min(configuration.creditGrantedMax, service.credit + bytes)
        var budget = configuration.serveBytesMax
        return try serve(peer, &budget, now, log: log)
    }

    /// The peer cannot take anything at the moment. It asks again when it can; until then nothing is pushed to it.
    mutating func receivedBusy(_ retryAfter: Int64, from peer: MemberID, _ now: Int64) {
        let until = now + min(max(0, retryAfter), configuration.busyMax)
        if sessions[peer]?.service == nil && sessions[peer]?.bytesPushed == 0 && sessions[peer]?.want != nil {
            // We had sent it nothing: it is our WANT that it has no time for.
            releaseWant(of: peer)
            sessions[peer]?.wantPausedUntil = until
        }
        sessions[peer]?.service = nil
        sessions[peer]?.servicePausedUntil = until
    }

    /// Goes on serving whoever waits for it, the peer after the last one first, until this call has sent enough.
    mutating func serveDeferred(_ now: Int64, log: some RunSource) throws -> [SyncAction] {
        var actions: [SyncAction] = []
        var budget = configuration.serveBytesMax
        let waiting = sessions.members { $0.service != nil }
        if waiting.isEmpty { return [] }
        let start = waiting.firstIndex { member in servedLast.map { member > $0 } ?? true } ?? 0
        for peer in waiting[start...] + waiting[..<start] {
            actions += try serve(peer, &budget, now, log: log)
        }
        return actions
    }

    /// Sends what the peer asked for, within its credit and the call's budget.
    private mutating func serve(
        _ peer: MemberID, _ budget: inout Int, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        guard var session = sessions[peer], session.isOpen, var service = session.service else { return [] }
        defer { sessions[peer] = session }
        var actions: [SyncAction] = []
        service.isDeferred = false
        while let range = service.ranges.last {
            if budget <= 0 {
                service.isDeferred = true
                break
            }
            guard let run = try service.pending ?? source(range, log) else {
                if try log.lacksContents(at: Dot(range.replica, range.first)) { service.partial.append(range) }
                service.ranges.removeLast()
                continue
            }
            guard run.frame.count <= service.credit else {
                service.pending = run
                break
            }
            service.pending = nil
            service.credit -= run.frame.count
            budget -= run.frame.count
            servedLast = peer
            actions.append(.send(peer, run.frame))
            session.advance(range.replica, to: run.last, tag: nil)
            service.ranges.removeLast()
            if run.last < range.last { service.ranges.append(LogRange(range.replica, run.last + 1, range.last)) }
        }
        session.service = service.ranges.isEmpty ? nil : service
        if service.ranges.isEmpty && !service.partial.isEmpty { actions.append(send(SyncFrames.partial(service.partial), to: peer)) }
        if service.ranges.isEmpty { actions.append(send(SyncFrames.done(), to: peer)) }
        return actions
    }

    /// Marks a log to be named to all peers that may not hold it so far.
    mutating func hint(_ replica: ReplicaID, except source: MemberID?) {
        let held = committedHead(replica).sequence
        let behind = sessions.members { $0.isOpen && $0.position(of: replica) < held && !$0.isForked(replica) }
        for peer in behind where peer != source { sessions[peer]?.hints.insert(replica) }
    }

    /// Sends the hints that are due.
    mutating func flushHints(_ now: Int64) -> [SyncAction] {
        var actions: [SyncAction] = []
        for peer in sessions.members(where: { !$0.hints.isEmpty && $0.isOpen }) {
            guard var session = sessions[peer] else { continue }
            if let last = session.hintedAt, now - last < configuration.headsHintDelay { continue }
            let heads = session.hints.sorted().map(committedHead).filter { $0.sequence > session.position(of: $0.replica) }
            session.hints = []
            if !heads.isEmpty {
                session.hintedAt = now
                actions.append(send(SyncFrames.heads(heads.prefix(configuration.headsMax).map { TaggedClockEntry($0) }), to: peer))
            }
            sessions[peer] = session
        }
        return actions
    }
}
