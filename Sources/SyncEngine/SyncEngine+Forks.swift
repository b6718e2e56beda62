public import Causality
import ChangeLog
import SwiftProtobuf
import WireProtocol

// Two histories of one log. The two sides find the first number at which they differ by comparing tags (TRACE), then show each other what
// the author signed there (FORK). What that proves is the brain's to judge; from then on the log ends before that number, and what follows
// it goes on as branches, which are logs like any other.

extension SyncEngine {
    /// Numbers of one TRACE.
    static let marksMax = 64
    /// Branches of one FORK.
    static let branchesMax = 64
    /// How long a peer is not shown the same fork again, or asked again where it is, in milliseconds.
    private static let showInterval: Int64 = 5_000
    private static let traceInterval: Int64 = 20_000

    /// A log was divided, or more branches of it became known: `fork.log` ends where the fork is, each of its branches is held up to
    /// `heads`. Nothing of what peers said of the log beyond that counts any more; they are greeted, so that they learn of it.
    public mutating func forked(_ fork: KnownFork, heads: [LogHead], now: Int64) -> [SyncAction] {
        let now = begin(now)
        forks.add(fork)
        let name = fork.log
        for peer in members {
            guard var session = sessions[peer] else { continue }
            session.forks[name] = nil
            session.told[name] = nil
            // The log ends where it did not, for relays too: that they hold less of it now is no lie.
            session.claims?.forget(name)
            if session.position(of: name) > fork.end.sequence { session.known[name] = nil }
            let void = session.accepted.filter { $0.range.replica == name }
            session.accepted.removeAll { $0.range.replica == name }
            session.bytesInFlight -= void.reduce(0) { $0 + $1.byteCount }
            session.lacking.remove(name)
            session.delays[name] = nil
            for branch in fork.branches { session.delays[branch] = nil }
            let serves = session.service?.ranges.contains { $0.replica == name } ?? false
            if serves { session.service = nil }
            sessions[peer] = session
            let isAsked = session.want?.ranges.contains { $0.replica == name || fork.branches.contains($0.replica) } ?? false
            if isAsked { releaseWant(of: peer) }
        }
        if let held = logs[name], max(held.committed.sequence, held.accepted.sequence) > fork.end.sequence {
            logs[name] = fork.end.sequence > 0 ? LogProgress(fork.end) : nil
        }
        for head in heads where head.sequence > 0 && committedHead(head.replica).sequence <= head.sequence {
            logs[head.replica] = LogProgress(head)
        }
        forgetStanding()
        for branch in fork.branches { relist(branch) }
        let open = sessions.members(where: { $0.isOpen })
        return open.flatMap { greet($0, now) }
    }

    /// Shows the peer what proves the forks that a log has to do with.
    mutating func showFork(of name: ReplicaID, to peer: MemberID) -> [SyncAction] {
        guard var session = sessions[peer], mayTell(name, &session, after: Self.showInterval) else { return [] }
        sessions[peer] = session
        return forks.evidence(for: name).flatMap { showing($0, to: peer) }
    }

    /// Begins to look for where the histories of a log part: the number `last` is known to differ.
    mutating func trace(
        _ name: ReplicaID, upTo last: UInt64, to session: inout Session, log: some RunSource
    ) throws -> [SyncAction] {
        guard mayTell(name, &session, after: Self.traceInterval) else { return [] }
        let marks = try marks(of: name, after: forks.base(of: name) ?? 0, upTo: last, log: log)
        return marks.isEmpty ? [] : [send(SyncFrames.trace(marks), to: session.member)]
    }

    /// The peer names some numbers of a log: answers with others, closer together, or with what the author signed where the histories
    /// part.
    mutating func receivedTrace(
        _ marks: [TaggedClockEntry], from peer: MemberID, log: some RunSource
    ) throws -> [SyncAction] {
        guard let name = marks.first?.replica, !PlantedBug.isPlanted(.hidesForks) else { return [] }
        var same = forks.base(of: name) ?? 0
        var different: UInt64?
        for mark in marks where mark.sequence > same {
            let own = committedHead(name)
            guard mark.sequence <= own.sequence, let tag = try mark.sequence == own.sequence ? own.hash.tag : log.tag(at: mark.dot)
            else { break }
            if tag != mark.tag {
                different = mark.sequence
                break
            }
            same = mark.sequence
        }
        guard let different else { return [] }
        if different > same + 1 {
            let closer = try self.marks(of: name, after: same, upTo: different, log: log)
            return closer.isEmpty ? [] : [send(SyncFrames.trace(closer), to: peer)]
        }
        guard let branch = try log.branch(of: name, from: different) else { return [] }
        return showing([branch], to: peer)
    }

    /// Up to `marksMax` numbers with our tags, evenly from after `first` to `last`; both ends with them.
    private func marks(of name: ReplicaID, after first: UInt64, upTo last: UInt64, log: some RunSource) throws -> [TaggedClockEntry] {
        guard last > first else { return [] }
        let span = last - first
        let count = min(span, UInt64(Self.marksMax))
        var marks: [TaggedClockEntry] = []
        for index in 1...count {
            let number = first + (span / count) * index + (span % count) * index / count
            let own = committedHead(name)
            guard let tag = try number == own.sequence ? own.hash.tag : log.tag(at: Dot(name, number)) else { continue }
            marks.append(TaggedClockEntry(name, number, tag: tag))
        }
        return marks
    }

    /// The branches in frames. Each frame has the first of them, so that each that has more than one proves a fork.
    private func showing(_ branches: [[UInt8]], to peer: MemberID) -> [SyncAction] {
        guard let first = branches.first else { return [] }
        var frames: [[[UInt8]]] = [[first]]
        for branch in branches.dropFirst() {
            let count = frames[frames.count - 1].reduce(branch.count) { $0 + $1.count }
            if count > configuration.controlBytesMax - 1024 { frames.append([first]) }
            frames[frames.count - 1].append(branch)
        }
        return frames.map { branches in
            // What is not encoded is to the protocol a lost frame.
            guard let frame = try? SyncFrames.fork(branches) else { return .warning(.notEncoded(peer)) }
            return send(frame, to: peer)
        }
    }

    private func mayTell(_ name: ReplicaID, _ session: inout Session, after interval: Int64) -> Bool {
        if let last = session.toldForks[name], time.current - last < interval { return false }
        if session.toldForks.count >= Session.logsMax { session.toldForks = [:] }
        session.toldForks[name] = time.current
        return true
    }
}
