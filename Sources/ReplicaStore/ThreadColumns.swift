import Causality
import InboxModel

/// What the thread table repeats of a state, for lists to filter and sort by.
struct ThreadColumns: Equatable {
    /// `due` of a thread that is never due: sorts last.
    static let never = Int64.max

    let patient: PatientID?
    let office: OfficeID?
    let category: CategoryID?
    let summary: ThreadSummary
    let rank: Int64
    let due: Int64
    let snoozed: Int64
    let activity: Int64
    let shares: [SharedAccount]

    init(_ state: ThreadState) {
        patient = state.opening?.patient
        office = state.office
        category = state.category?.category
        summary = ThreadSummary(status: state.status, flags: state.flags, owner: state.owner)
        rank = Int64(Priority.urgent.rawValue) - Int64(state.priority.rawValue)
        due = state.due ?? Self.never
        snoozed = state.snoozedUntil ?? 0
        shares = state.sharedAccounts
        activity = (state.lastActivity?.timestamp ?? .zero).sortable
    }

    /// Whether the thread belongs to a daily list: it is open, or patients were answered twice and nobody has looked
    /// at it. A purged one does only where something came that the purge had not seen.
    var isListed: Bool {
        summary.isOpen || (summary.flags.contains(.answeredTwice) && !summary.flags.contains(.purged))
    }
}
