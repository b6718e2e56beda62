import Causality
public import ChangeLog
import InboxModel

/// What all members have by their signed word, and who has not said that it has the rest: ready to show.
public struct HeldByAll: Hashable, Sendable {
    /// How one member stands.
    public struct Line: Hashable, Sendable {
        /// Who.
        public let member: MemberID
        /// How many change sets it has not acknowledged that are merged here.
        public let lackCount: UInt64
        /// When the oldest of them was written, by its author's clock, in milliseconds since 1970; nil where that is not known.
        public let lacksSince: Int64?
        /// When the member last wrote, by its own clock.
        public let writtenAt: Int64?
        /// Whether anything that it wrote has come.
        public let isHeard: Bool
        /// Whether it is waited for: an idle node may keep silent for an hour.
        public let isLate: Bool
    }

    /// How long after the acknowledgement of something is due somebody is told that it did not come, in milliseconds: another hour.
    static let lateAfter = 2 * Turn.acknowledgementInterval

    /// All members that are asked, ascending by id.
    public let lines: [Line]

    /// Up to when everything that was written is held by all; nil where that is everything there is, or where not even that is known.
    public var until: Int64? { lines.compactMap(\.lacksSince).min() }
    /// Whether all hold everything that is merged here.
    public var isEverything: Bool { lines.allSatisfy { $0.isHeard && $0.lackCount == 0 } }
    /// The members that are waited for, who lacks something longest first.
    public var late: [Line] {
        lines.filter(\.isLate).sorted { ($0.lacksSince ?? 0, $0.member) < ($1.lacksSince ?? 0, $1.member) }
    }
}

extension InboxReader {
    /// What all members have as of `now`, in milliseconds since 1970.
    public func heldByAll(_ stability: Stability, now: Int64) throws -> HeldByAll {
        let lines = try stability.standings.map { standing in
            let since = try oldestLack(of: standing)
            let isLate = standing.isHeard
                ? !standing.lacks.isEmpty && now - (since ?? standing.writtenAt ?? now) >= HeldByAll.lateAfter
                : true
            return HeldByAll.Line(
                member: standing.member, lackCount: standing.lackCount, lacksSince: since, writtenAt: standing.writtenAt,
                isHeard: standing.isHeard, isLate: isLate)
        }
        return HeldByAll(lines: lines)
    }

    /// When the oldest change set was written that a member lacks; nil where it lacks none, or none that can be opened here.
    private func oldestLack(of standing: Stability.Standing) throws -> Int64? {
        try standing.lacks.compactMap { span in
            // Acknowledgements that lie before it are not what it lacks; they come at most hourly, so there are few.
            let sets = try bodies(of: span.replica, span.first...min(span.last, span.first + 63)).map(\.set)
            return (sets.first { !$0.changes.isEmpty } ?? sets.last)?.stamp.timestamp.milliseconds
        }.min()
    }
}
