/// One line of the audit: who looked at something, signed in, was refused, took something out. What people write is recorded by the
/// change sets themselves; this is for what leaves no other trace.
///
/// Never holds what was said. Which member recorded it, and at which office, its change set says.
public struct AuditEntry: Hashable, Sendable {
    /// What was done. The numbers are stored and sent.
    public enum Action: UInt8, Hashable, Sendable, CaseIterable {
        /// Signed in.
        case signIn = 0
        /// Signed out, or the session ended by itself.
        case signOut = 1
        /// Looked at a list of threads.
        case list = 2
        /// Looked at a thread.
        case readThread = 3
        /// Looked at a patient's record.
        case readPatient = 4
        /// Searched the texts of threads, or for patients.
        case search = 5
        /// Took records out of the system.
        case export = 6
        /// Asked to change something.
        case change = 7
        /// Opened one patient's record beyond their rights, with a reason.
        case breakGlass = 8
        /// Read the audit.
        case readAudit = 9
        /// Had the audit checked.
        case verifyAudit = 10
        /// Looked at accounts and devices.
        case readPeople = 11
        /// Looked at why somebody opened a record beyond their rights, and said what came of it.
        case reviewGlass = 12
    }

    /// How it ended. The numbers are stored and sent.
    public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
        /// As asked.
        case done = 0
        /// The person may not.
        case refused = 1
        /// It failed: a wrong password, nothing there.
        case failed = 2
    }

    /// When, in milliseconds since 1970 by the clock of the node that saw it.
    public let at: Int64
    /// What.
    public let action: Action
    /// How it ended.
    public let outcome: Outcome
    /// Who; nil where nobody is signed in.
    public let staff: StaffID?
    /// What they might do then; nil where nobody is signed in.
    public let role: Role?
    /// Whose record.
    public let patient: PatientID?
    /// Which thread.
    public let thread: ThreadID?
    /// Where the request came from: an address of the network.
    public let address: String
    /// More about it in a few words, never what was said: the name of a list, the number of results, a reason.
    public let detail: String

    /// An entry from its parts.
    public init(
        at: Int64, action: Action, outcome: Outcome = .done, staff: StaffID? = nil, role: Role? = nil, patient: PatientID? = nil,
        thread: ThreadID? = nil, address: String = "", detail: String = ""
    ) {
        self.at = at
        self.action = action
        self.outcome = outcome
        self.staff = staff
        self.role = role
        self.patient = patient
        self.thread = thread
        self.address = address
        self.detail = detail
    }
}
