import InboxModel
import OfficeNode
import ReplicaStore

/// What lists and threads say of a thread in a word.
struct ThreadMarks: Hashable {
    private let status: ThreadStatus
    private let priority: Priority
    private let marks: ThreadFlags

    init(_ item: ThreadListItem) {
        status = item.status
        priority = item.priority
        marks = item.flags
    }

    /// Its progress.
    var words: String { Self.words(status, flags: marks) }

    /// Whether a patient waits for an answer.
    var needsReply: Bool { marks.contains(.needsReply) }

    static func words(_ status: ThreadStatus, flags: ThreadFlags) -> String {
        switch status {
        case .queued: flags.contains(.needsReply) ? "Needs reply" : "Queued"
        case .owned: flags.contains(.needsReply) ? "Needs reply" : "Owned"
        case .waitingOnPatient: "Waiting on patient"
        case .escalated: "Escalated"
        case .resolved: "Resolved"
        case .merged: "Merged"
        }
    }

    /// The marks as templates take them, each there or not.
    var flags: [String: Any] {
        [
            "isUrgent": priority == .urgent, "isHigh": priority == .high, "isLow": priority == .low,
            "isContested": marks.contains(.contested), "isAnsweredTwice": marks.contains(.answeredTwice),
            "isFiledTwice": marks.contains(.filedTwice), "isUnseenByResolver": marks.contains(.unseenByResolver),
            "needsReview": marks.contains(.clinicalReview), "isHandOffPending": marks.contains(.handOffPending),
            "isEscalated": status == .escalated, "isReopened": marks.contains(.reopened), "isResolved": status == .resolved,
        ]
    }
}
