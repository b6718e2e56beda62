/// How a message travelled. Messages taken by phone or at the desk are entered into the same thread.
public enum Channel: UInt8, Hashable, Sendable, CaseIterable {
    /// The patient's page.
    case portal = 0
    /// Text message.
    case sms = 1
    /// E-mail.
    case email = 2
    /// A telephone call that somebody wrote down.
    case phone = 3
    /// Said at the desk and written down.
    case desk = 4
}

/// Which way a message went.
public enum Direction: UInt8, Hashable, Sendable, CaseIterable {
    /// From the patient.
    case inbound = 0
    /// To the patient.
    case outbound = 1
}

/// How pressing a thread is. Of concurrent values the most urgent is shown; lowering needs a change that saw the raise.
public enum Priority: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Whenever there is time.
    case low = 0
    /// Within its category's response window.
    case normal = 1
    /// Before normal work.
    case high = 2
    /// At once.
    case urgent = 3

    /// The less urgent first.
    public static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
}

/// How urgent a category is. Of two categories set while apart, the higher class is shown.
public enum UrgencyClass: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Administrative questions.
    case routine = 0
    /// Within the day.
    case soon = 1
    /// Clinical concern, at once in opening hours, on-call after them.
    case urgent = 2
    /// The practice's emergency process.
    case emergency = 3

    /// The less urgent first.
    public static func < (left: UrgencyClass, right: UrgencyClass) -> Bool { left.rawValue < right.rawValue }
}

/// What somebody may do. Access is decided in `InboxWorkflow`'s access policy and nowhere else.
public enum Role: UInt8, Hashable, Sendable, CaseIterable {
    /// Answers administrative questions, acknowledges clinical ones.
    case frontDesk = 0
    /// Billing questions.
    case billing = 1
    /// Surgical assistant: clinical.
    case assistant = 2
    /// Surgeon: clinical.
    case surgeon = 3
    /// On-call clinician: clinical, every office.
    case onCall = 4
    /// Accounts, members, settings; supervises ownership.
    case administrator = 5
    /// Reads records and the audit.
    case complianceOfficer = 6
    /// Sees only threads that were shared.
    case partner = 7
    /// Health and operation only.
    case `operator` = 8

    /// Whether the role may answer what needs clinical judgement.
    public var isClinical: Bool { self == .assistant || self == .surgeon || self == .onCall }
}

/// Whether the patient was told how a thread ended.
public enum PatientTold: UInt8, Hashable, Sendable, CaseIterable {
    /// Told in this thread.
    case told = 0
    /// Told by telephone or in person.
    case toldOtherwise = 1
    /// Nothing to tell.
    case notNeeded = 2
    /// Could not be reached.
    case notReached = 3
}

/// What a patient agreed to be contacted for.
public enum ConsentPurpose: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Messages about care.
    case care = 0
    /// Appointment reminders.
    case reminders = 1
    /// Bills and payments.
    case billing = 2

    /// By number.
    public static func < (left: ConsentPurpose, right: ConsentPurpose) -> Bool { left.rawValue < right.rawValue }
}
