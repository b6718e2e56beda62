public import Causality
import ChangeLog
public import InboxModel
import ReplicaStore

/// Who ordered a purge, and how far every member is with it: what a practice shows to prove that records were destroyed.
public struct PurgeCertificate: Sendable {
    /// How far one member is.
    public struct Line: Sendable {
        /// The member's name.
        public let member: String
        /// The replica that it writes; nil where nothing of it has come yet.
        public let replica: ReplicaID?
        /// When it acknowledged, and in which change set.
        public let acknowledged: Stamp?
        /// When it had destroyed everything, and in which change set.
        public let destroyed: Stamp?
    }

    /// The thread.
    public let thread: ThreadID
    /// When it was ordered, and in which change set, which names the purge.
    public let stamp: Stamp
    /// Why, and the class of records.
    public let order: PurgeOrder
    /// Who ordered it, by name.
    public let by: String
    /// Every member that is no relay and was not removed, ascending by name.
    public let lines: [Line]

    /// Whether every member has destroyed what the purge covers.
    public var isComplete: Bool { lines.allSatisfy { $0.destroyed != nil } }
    /// The members that have not acknowledged: while there is one, nobody destroys anything.
    public var waitingFor: [String] { lines.filter { $0.acknowledged == nil && $0.destroyed == nil }.map(\.member) }
}

/// A hold, ready to show.
public struct HoldNotice: Hashable, Sendable {
    /// The thread.
    public let thread: ThreadID
    /// What it is known by, why, and when to look at it again.
    public let hold: LegalHold
    /// When it was placed, and by which change set.
    public let stamp: Stamp
}

extension InboxReader {
    /// The certificates of the purges in effect, the latest thread first.
    public func purges(limit: Int = 1000) throws -> [PurgeCertificate] {
        let directory = try directory()
        return try store.threads(ThreadFilter(.purged), limit: limit).flatMap { try certificates(of: $0.state, directory) }
    }

    /// The holds on threads, the latest thread first.
    public func holds(limit: Int = 1000) throws -> [HoldNotice] {
        try store.threads(ThreadFilter(.held), limit: limit).flatMap { holds(of: $0.state) }
    }

    func holds(of state: ThreadState) -> [HoldNotice] {
        state.holds.entries.map { HoldNotice(thread: state.id, hold: $0.value, stamp: $0.stamp) }
    }

    func certificates(of state: ThreadState, _ directory: Directory) throws -> [PurgeCertificate] {
        let purges = state.purgesInEffect
        if purges.isEmpty { return [] }
        let roster = try roster()
        let patient = try patientName(state.opening?.patient)
        let members = roster.sorted.filter { $0.kind != .relay }
        return try purges.map { purge in
            let lines = try members.map { member in
                let replica = try newestReplica(of: member.id, in: roster)
                return PurgeCertificate.Line(
                    member: member.name, replica: replica,
                    acknowledged: replica.flatMap { state.note(of: $0, .acknowledged, of: purge.stamp.dot) },
                    destroyed: replica.flatMap { state.note(of: $0, .destroyed, of: purge.stamp.dot) })
            }
            return PurgeCertificate(
                thread: state.id, stamp: purge.stamp, order: purge.order, by: directory.name(of: purge.by, patient: patient),
                lines: lines)
        }
    }

    /// The replica that a member began last, by its own clock.
    private func newestReplica(of member: MemberID, in roster: Roster) throws -> ReplicaID? {
        let replicas = roster.authors.filter { $0.value == member }.map(\.key).sorted()
        if replicas.count < 2 { return replicas.first }
        let begun = try replicas.map { replica in
            (replica, try body(at: Dot(replica, 1))?.set.stamp.timestamp ?? .zero)
        }
        return begun.max { $0.1 < $1.1 }?.0
    }
}
