public import ChangeLog
import Causality
import FoundationEssentials
import SwiftProtobuf
import WireProtocol

// Relays see nothing of what they keep, but they can keep back, forget and pretend. What each has shown that it holds is remembered
// over connections, and compared with what it says on the next one and with what it told other members.

extension SyncEngine {
    /// These members are relays, and are held to what they showed; others are not.
    public mutating func watch(_ relays: Set<MemberID>) {
        self.relays = relays
        for peer in members {
            if !relays.contains(peer) {
                sessions[peer]?.claims = nil
            } else if sessions[peer]?.claims == nil {
                sessions[peer]?.claims = RelayClaims()
            }
        }
    }

    /// A connection to `peer` begins.
    mutating func beginClaims(of peer: MemberID, _ now: Int64) {
        if relays.contains(peer), sessions[peer]?.claims == nil { sessions[peer]?.claims = RelayClaims() }
        sessions[peer]?.claims?.begin(at: now)
    }

    /// A relay names the replica that it writes.
    mutating func nameClaims(of peer: MemberID, _ replica: ReplicaID) -> [SyncAction] {
        guard sessions[peer]?.claims != nil else { return [] }
        sessions[peer]?.claims?.name(replica)
        return tellShortfalls(of: peer)
    }

    /// A relay says how far it holds these logs. `isWhole`: and no others.
    mutating func judgeClaims(
        of peer: MemberID, _ heads: some Sequence<(ReplicaID, UInt64)>, isWhole: Bool, _ now: Int64
    ) -> [SyncAction] {
        guard let session = sessions[peer], var claims = session.claims else { return [] }
        let known = forks
        // A log with two histories is no measure: clocks name it by where they part.
        func isForked(_ replica: ReplicaID) -> Bool { session.forks[replica] != nil || known.end(of: replica) != nil }
        for (replica, sequence) in heads {
            if isForked(replica) { claims.forget(replica) } else { claims.judge(replica, sequence, at: now) }
        }
        if isWhole { claims.judgeRest(besides: isForked, at: now) }
        sessions[peer]?.claims = claims
        return tellShortfalls(of: peer)
    }

    /// A relay holds what we hold.
    mutating func agreeWithClaims(of peer: MemberID, _ standing: Standing, _ now: Int64) -> [SyncAction] {
        guard sessions[peer]?.claims != nil else { return [] }
        return judgeClaims(of: peer, standing.sequences.lazy.map { ($0.key, $0.value) }, isWhole: true, now)
    }

    private mutating func tellShortfalls(of peer: MemberID) -> [SyncAction] {
        guard let (shortfalls, beganAnew) = sessions[peer]?.claims?.takeShortfalls(),
            let first = shortfalls.min(by: { $0.replica < $1.replica })
        else { return [] }
        return [
            .warning(
                .holdsLess(
                    peer, beganAnew: beganAnew, Dot(first.replica, first.shown), held: first.held, logCount: shortfalls.count))
        ]
    }

    // MARK: What relays told others

    /// Tells a member what relays have told us, where that is news to it.
    mutating func witness(to peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard let session = sessions[peer], session.claims == nil, !relays.isEmpty,
            session.witnessedAt.map({ now - $0 >= configuration.witnessInterval }) ?? true
        else { return [] }
        var actions: [SyncAction] = []
        for relay in relays.sorted() where relay != peer {
            guard let claims = sessions[relay]?.claims, let life = claims.life else { continue }
            let time = now - RelayClaims.slownessMax
            let shown = claims.logs.map { ($0.key, $0.value.shown(by: time)) }.filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
            let sum = shown.reduce(life.rawValue) { $0 &+ $1.1 }
            if shown.isEmpty || session.witnessed[relay] == sum { continue }
            sessions[peer]?.witnessed[relay] = sum
            sessions[peer]?.witnessedAt = now
            actions.append(send(SyncFrames.witness(relay, life, shown.prefix(configuration.headsMax)), to: peer))
        }
        return actions
    }

    /// A member says what a relay told it ten minutes ago or more. Less than that, told to us just now, is kept back.
    mutating func receivedWitness(
        _ witness: Suture_V1_Witness, from peer: MemberID, _ now: Int64
    ) throws(FrameFault) -> [SyncAction] {
        let logs = try SyncReading.held(witness.logs, configuration)
        // What relays say of each other counts for nothing.
        guard !relays.contains(peer), let relay = relays.first(where: { witness.relay.elementsEqual($0.bytes) }),
            let session = sessions[relay], session.isOpen, let claims = session.claims,
            claims.life == ReplicaID(witness.replica), let comparedAt = claims.comparedAt,
            now - comparedAt <= RelayClaims.freshness
        else { return [] }
        let kept = logs.filter { replica, sequence in
            session.forks[replica] == nil && forks.end(of: replica) == nil && (claims.logs[replica]?.sequence ?? 0) < sequence
        }
        guard let first = kept.first, claims.accusedAt.map({ now - $0 >= RelayClaims.accusationInterval }) ?? true else { return [] }
        sessions[relay]?.claims?.accusedAt = now
        let held = claims.logs[first.0]?.sequence ?? 0
        return [.warning(.keepsBack(relay, told: peer, Dot(first.0, first.1), held: held, logCount: kept.count))]
    }
}
