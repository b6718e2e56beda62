import Causality
import ChangeLog
import SwiftProtobuf
import WireProtocol

// Who is asked for what: each log that lacks something is asked of one peer, each peer is asked once at a time.

extension SyncEngine {
    /// Asks free peers for the logs that lack something and are not asked of anybody.
    mutating func assignWants(_ now: Int64) -> [SyncAction] {
        let free = pruneFree(now)
        if free.isEmpty { return [] }
        let slots = configuration.wantPeersMax - sessions.count { $0.want != nil }
        var plans: [MemberID: [LogRange]] = [:]
        let lacking = free.reduce(into: Set<ReplicaID>()) { $0.formUnion(sessions[$1]?.lacking ?? []) }
        for name in lacking.sorted() where logs[name]?.wantedFrom == nil {
            let head = acceptedHead(name).sequence
            let able = free.filter { peer in
                let count = plans[peer]?.count ?? 0
                return isAvailable(name, from: peer, now) && count < configuration.rangesMax
                    && (count > 0 || plans.count < slots)
            }
            guard let peer = able.min(by: { rank($0, name, plans) < rank($1, name, plans) }) else { continue }
            let last = min(sessions[peer]?.position(of: name) ?? 0, head + configuration.wantSpanMax)
            plans[peer, default: []].append(LogRange(name, head + 1, last))
        }
        return plans.keys.sorted().flatMap { ask($0, for: plans[$0] ?? [], now) }
    }

    /// The peers that can be asked now and have something, ascending.
    private mutating func pruneFree(_ now: Int64) -> [MemberID] {
        let able = sessions.members { !$0.lacking.isEmpty && $0.isOpen && $0.want == nil && $0.wantPausedUntil <= now }
        return able.filter { peer in
            guard let session = sessions[peer] else { return false }
            let lacking = session.lacking.filter {
                $0 != replica && session.position(of: $0) > acceptedHead($0).sequence
            }
            sessions[peer]?.lacking = lacking
            return !lacking.isEmpty
        }
    }

    private func isAvailable(_ name: ReplicaID, from peer: MemberID, _ now: Int64) -> Bool {
        guard let session = sessions[peer], session.lacking.contains(name), !session.isForked(name) else { return false }
        return session.delays[name].map { $0.until <= now } ?? true
    }

    /// Peers that answered first, then those that hold more, then those that are asked for less; the member decides what is left.
    private func rank(
        _ peer: MemberID, _ name: ReplicaID, _ plans: [MemberID: [LogRange]]
    ) -> (Int, UInt64, Int, MemberID) {
        let session = sessions[peer]
        let lead = UInt64.max - (session?.position(of: name) ?? 0)
        return (session?.silences ?? 0, lead, plans[peer]?.count ?? 0, peer)
    }

    private mutating func ask(
        _ peer: MemberID, for ranges: [LogRange], _ now: Int64
    ) -> [SyncAction] {
        guard var session = sessions[peer] else { return [] }
        let credit = max(0, configuration.creditBytes - session.bytesInFlight)
        session.want = Want(
            ranges: ranges, sentAt: now, isReplacement: session.silences > 0, progressAt: now, granted: credit)
        sessions[peer] = session
        for range in ranges {
            logs[range.replica, default: LogProgress(LogHead(empty: range.replica))].wantedFrom = peer
        }
        return [send(SyncFrames.want(ranges, credit: credit), to: peer)]
    }

    /// What was asked of a peer is no longer; others may be asked.
    mutating func releaseWant(of peer: MemberID) {
        guard let want = sessions[peer]?.want else { return }
        sessions[peer]?.want = nil
        for range in want.ranges where logs[range.replica]?.wantedFrom == peer {
            logs[range.replica]?.wantedFrom = nil
            // Nothing of it ever came: perhaps there is no such log.
            if acceptedHead(range.replica).sequence == 0 { logs[range.replica] = nil }
        }
    }

    /// Replaces what a peer is sending by what we lack now; nothing, if that is all that is left.
    mutating func restart(_ peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard sessions[peer]?.want != nil else { return assignWants(now) }
        releaseWant(of: peer)
        let others = assignWants(now)
        if sessions[peer]?.want != nil {
            sessions[peer]?.want?.isReplacement = true
            return others
        }
        return [send(SyncFrames.want([], credit: 0), to: peer)] + others
    }

    /// A log that was asked for is there: it need not wait for DONE.
    mutating func freeIfComplete(_ name: ReplicaID) {
        guard let position = logs[name], let peer = position.wantedFrom else { return }
        let last = sessions[peer]?.want?.ranges.first { $0.replica == name }?.last ?? 0
        if position.accepted.sequence >= last { logs[name]?.wantedFrom = nil }
    }

    /// The peer sent all that it holds of what was asked.
    mutating func receivedDone(from peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard let want = sessions[peer]?.want else { return [] }
        releaseWant(of: peer)
        for range in want.ranges where acceptedHead(range.replica).sequence < range.last {
            // Nothing of it came: it is not there, or it was lost. Others may have it; this peer is asked again later.
            if want.progressed.contains(range.replica) { continue }
            sessions[peer]?.delay(range.replica, at: now, first: configuration.backoff, max: configuration.backoffMax)
        }
        return assignWants(now)
    }

    /// Whether a peer should have sent something by now.
    func isSilent(_ session: Session, _ want: Want, _ now: Int64) -> Bool {
        // Without credit for a whole run it is we who keep it waiting.
        if session.bytesInFlight > 0 && want.granted < SyncConfiguration.creditBytesMin { return false }
        return now - want.progressAt >= configuration.silenceMax << Int64(min(session.silences, 3))
    }

    /// Frees what was asked of a silent peer; `assignWants` then asks another one, or this one again where there is no other.
    mutating func silence(_ peer: MemberID, _ want: Want) {
        releaseWant(of: peer)
        let isComplete = want.ranges.allSatisfy { acceptedHead($0.replica).sequence >= $0.last }
        // Only the DONE was lost: no fault of the peer's.
        if !isComplete { sessions[peer]?.silences += 1 }
    }

    /// Lists a log as lacking wherever more of it is known to be.
    mutating func relist(_ name: ReplicaID) {
        for peer in members { list(name, at: peer) }
    }

    /// Lists a log as lacking if the peer is known to hold more of it.
    mutating func list(_ name: ReplicaID, at peer: MemberID) {
        if name != replica, let session = sessions[peer], session.position(of: name) > acceptedHead(name).sequence {
            sessions[peer]?.lacking.insert(name)
        }
    }
}
