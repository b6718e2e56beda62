extension AccessPolicy {
    /// The access table. An action without a row is refused to everybody, and so is a role that its row does not name:
    /// operators see how the offices are connected and no patients. Of threads, those from outside the practice get at what is shared with
    /// them, whatever else they are to it.
    static let rules: [AccessRule] = [
        // Talking with the patient. The front desk may take down a clinical question but not answer it. Whoever a patient happens to
        // reach may open a thread for what they say, also one that they will not see afterwards.
        AccessRule(action: .openThread, roles: .inbox, isForEveryCategory: true),
        AccessRule(action: .enterPatientMessage, roles: .inbox),
        AccessRule(action: .reply, roles: .inbox, isClinicalUnderReview: true, takesPerson: true),
        AccessRule(action: .draft, roles: .inbox, takesPerson: true),
        AccessRule(action: .correct, roles: .inbox, isClinicalUnderReview: true, takesPerson: true),
        // An outside partner tells the practice something by a note; to the patient only the practice writes.
        AccessRule(action: .note, roles: [.inbox, .outside]),
        AccessRule(action: .read, roles: [.inbox, .complianceOfficer, .outside], isOpenToOffered: true, takesPerson: true),
        AccessRule(action: .readTexts, roles: [.texts, .outside], isOpenToOffered: true, takesPerson: true),

        // Who else reads it. Whoever may answer may share, if they read what that discloses; taking back is open to whoever notices.
        AccessRule(action: .share, roles: .answering, isClinicalUnderReview: true, takesPerson: true),
        AccessRule(action: .unshare, roles: [.inbox, .complianceOfficer], takesPerson: true),

        // Who is accountable.
        AccessRule(action: .claim, roles: .inbox, takesPerson: true),
        AccessRule(action: .release, roles: .inbox, relation: .owner),
        AccessRule(action: .offer, roles: .inbox, relation: .owner),
        AccessRule(action: .accept, roles: .inbox, relation: .offered, isOpenToOffered: true, takesPerson: true),
        AccessRule(action: .decline, roles: .inbox, relation: .offered, isOpenToOffered: true, takesPerson: true),
        AccessRule(action: .assign, roles: [.surgeon, .administrator], takesPerson: true),
        AccessRule(action: .escalate, roles: .inbox),
        AccessRule(action: .acknowledgeEscalation, roles: .inbox),

        // What a thread is and when it is due.
        AccessRule(action: .setCategory, roles: .inbox),
        AccessRule(action: .setPriority, roles: .inbox),
        AccessRule(action: .setReview, roles: .inbox, isClinicalUnderReview: true, takesPerson: true),
        AccessRule(action: .tag, roles: .inbox),
        AccessRule(action: .snooze, roles: .inbox),
        AccessRule(action: .setDue, roles: .inbox),
        AccessRule(action: .move, roles: .inbox),
        AccessRule(action: .merge, roles: .inbox),
        AccessRule(action: .resolve, roles: .inbox, isClinicalUnderReview: true, takesPerson: true),
        AccessRule(action: .reopen, roles: .inbox),
        AccessRule(action: .acknowledgeAnsweredTwice, roles: .inbox),

        // What is kept and what is destroyed: nobody who works on the thread decides that.
        AccessRule(action: .placeHold, roles: .records, takesPerson: true),
        AccessRule(action: .releaseHold, roles: .records, takesPerson: true),
        AccessRule(action: .purge, roles: .records, takesPerson: true),

        // What belongs to the whole group. Anybody a patient tells "no more text messages" can record it.
        AccessRule(action: .editPatient, roles: .inbox, subject: .group),
        AccessRule(action: .editConsent, roles: .inbox, subject: .group),
        AccessRule(action: .editDirectory, roles: .administrator, subject: .group, takesPerson: true),
        AccessRule(action: .administer, roles: .administrator, subject: .group),

        // The pages themselves.
        AccessRule(action: .ownAccount, roles: .everybody, subject: .group, takesPerson: true),
        AccessRule(action: .manageAccounts, roles: .administrator, subject: .group, isForOffices: true, takesPerson: true),
        AccessRule(action: .seePeople, roles: [.inbox, .complianceOfficer], subject: .group),
        AccessRule(action: .seeSync, roles: [.inbox, .complianceOfficer, .operator], subject: .group),
        AccessRule(action: .readPatient, roles: [.inbox, .complianceOfficer], subject: .group),
        AccessRule(action: .readAudit, roles: [.administrator, .complianceOfficer], subject: .group),
        AccessRule(action: .export, roles: [.administrator, .complianceOfficer], subject: .group, isForOffices: true),
        AccessRule(action: .breakGlass, roles: .inbox, subject: .group),
    ]

    /// The roles whose work is administrative. Of threads under clinical categories they get at those that they own, stand in for, or
    /// were asked to take, and at no others: what a patient tells a clinician is not for everybody's eyes.
    static let administrativeRoles: RoleSet = .billing

    /// The rows by their action's number, nil where an action has none.
    static let rulesByAction: [AccessRule?] = {
        let size = (StaffAction.allCases.map { Int($0.rawValue) }.max() ?? 0) + 1
        var result = [AccessRule?](repeating: nil, count: size)
        for rule in rules { result[Int(rule.action.rawValue)] = rule }
        return result
    }()
}
