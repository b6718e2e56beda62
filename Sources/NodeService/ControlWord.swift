import InboxModel
import OfficeNode

/// A value that commands and answers spell as one of a few words.
protocol ControlWord: CaseIterable, Equatable {
    var word: String { get }
}

extension ControlWord {
    /// All words, in the order of the cases.
    static var words: [String] { allCases.map(\.word) }

    /// The value of that word, or nil.
    init?(word: String) {
        guard let value = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = value
    }
}

extension Channel: ControlWord {
    var word: String {
        switch self {
        case .portal: "portal"
        case .sms: "sms"
        case .email: "email"
        case .phone: "phone"
        case .desk: "desk"
        }
    }
}

extension Direction: ControlWord {
    var word: String {
        switch self {
        case .inbound: "inbound"
        case .outbound: "outbound"
        }
    }
}

extension Priority: ControlWord {
    var word: String {
        switch self {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        case .urgent: "urgent"
        }
    }
}

extension UrgencyClass: ControlWord {
    var word: String {
        switch self {
        case .routine: "routine"
        case .soon: "soon"
        case .urgent: "urgent"
        case .emergency: "emergency"
        }
    }
}

extension Role: ControlWord {
    var word: String {
        switch self {
        case .frontDesk: "front-desk"
        case .billing: "billing"
        case .assistant: "assistant"
        case .surgeon: "surgeon"
        case .onCall: "on-call"
        case .administrator: "administrator"
        case .complianceOfficer: "compliance-officer"
        case .partner: "partner"
        case .operator: "operator"
        }
    }
}

extension PatientTold: ControlWord {
    var word: String {
        switch self {
        case .told: "told"
        case .toldOtherwise: "told-otherwise"
        case .notNeeded: "not-needed"
        case .notReached: "not-reached"
        }
    }
}

extension ConsentPurpose: ControlWord {
    var word: String {
        switch self {
        case .care: "care"
        case .reminders: "reminders"
        case .billing: "billing"
        }
    }
}

extension MemberKind: ControlWord {
    var word: String { name }
}

extension ThreadStatus: ControlWord {
    var word: String {
        switch self {
        case .queued: "queued"
        case .owned: "owned"
        case .waitingOnPatient: "waiting"
        case .escalated: "escalated"
        case .resolved: "resolved"
        case .merged: "merged"
        }
    }
}

extension OwnershipAct: ControlWord {
    var word: String {
        switch self {
        case .routed: "routed"
        case .claimed: "claimed"
        case .released: "released"
        case .offered: "offered"
        case .accepted: "accepted"
        case .declined: "declined"
        case .assigned: "assigned"
        case .escalated: "escalated"
        }
    }
}

extension ThreadFlags {
    private static let words: [(flag: ThreadFlags, word: String)] = [
        (.contested, "contested"), (.answeredTwice, "answered-twice"), (.filedTwice, "filed-twice"),
        (.unseenByResolver, "unseen-by-resolver"), (.needsReply, "needs-reply"), (.clinicalReview, "clinical-review"),
        (.handOffPending, "handoff-pending"), (.reopened, "reopened"), (.held, "held"), (.purged, "purged"),
    ]

    /// The word of each flag that is set, conflicts first.
    var words: [String] { Self.words.filter { contains($0.flag) }.map(\.word) }
}
