import InboxModel

extension StaffAction {
    /// What the action is called after "may" in a refusal.
    var wording: String {
        switch self {
        case .openThread: "open a thread"
        case .enterPatientMessage: "enter a patient's message"
        case .reply: "answer a patient"
        case .note: "write a note"
        case .correct: "correct a message or note"
        case .claim: "claim a thread"
        case .release: "release a thread"
        case .offer: "hand off a thread"
        case .accept: "accept a handoff"
        case .decline: "decline a handoff"
        case .assign: "assign a thread"
        case .escalate: "escalate a thread"
        case .acknowledgeEscalation: "acknowledge an escalation"
        case .setCategory: "file a thread under a category"
        case .setPriority: "set a thread's priority"
        case .setReview: "set or clear clinical review"
        case .tag: "label a thread"
        case .snooze: "snooze a thread"
        case .setDue: "set when a reply is due"
        case .move: "move a thread to another office"
        case .merge: "merge or split threads"
        case .resolve: "resolve a thread"
        case .reopen: "reopen a thread"
        case .read: "read a thread"
        case .draft: "keep a draft"
        case .acknowledgeAnsweredTwice: "acknowledge that a patient was answered twice"
        case .editPatient: "edit a patient's details"
        case .editConsent: "record a patient's consent"
        case .editDirectory: "edit offices, staff, queues or categories"
        case .administer: "invite or remove members"
        case .ownAccount: "change one's own account"
        case .manageAccounts: "change other people's accounts"
        case .seePeople: "see the people of the group"
        case .seeSync: "see how the offices are connected"
        case .readPatient: "read a patient's record"
        case .readAudit: "read the audit"
        case .export: "export records"
        case .breakGlass: "open a record in an emergency"
        case .placeHold: "place a hold on a thread"
        case .releaseHold: "release a hold"
        case .purge: "purge a thread"
        case .readTexts: "read what was said in a thread"
        case .share: "share a thread"
        case .unshare: "take back the sharing of a thread"
        }
    }
}

extension Role {
    /// What the role is called in a refusal.
    var wording: String {
        switch self {
        case .frontDesk: "front desk"
        case .billing: "billing"
        case .assistant: "assistant"
        case .surgeon: "surgeon"
        case .onCall: "on-call clinician"
        case .administrator: "administrator"
        case .complianceOfficer: "compliance officer"
        case .partner: "outside partner"
        case .operator: "operator"
        }
    }
}
