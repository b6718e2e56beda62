public import InboxModel

/// A list of threads that people work from.
public enum ThreadList: Hashable, Sendable {
    /// A patient waits for an answer.
    case needsReply
    /// One person is accountable.
    case mine(StaffID)
    /// One of these queues is accountable and no person yet.
    case queues([QueueID])
    /// No person is accountable, and it is not the patient's turn.
    case unassigned
    /// Several people own it because they acted while apart.
    case contested
    /// Only clinical staff may answer.
    case clinicalReview
    /// Due before `now` (milliseconds since 1970), and not the patient's turn.
    case overdue(now: Int64)
    /// Answered; the patient's turn.
    case waitingOnPatient
    /// Hidden until later than `now` (milliseconds since 1970).
    case snoozed(now: Int64)
    /// Ended. The latest first.
    case resolved
    /// Everything that is neither resolved nor merged into another thread.
    case open
    /// People acted while apart and must be told: contested, answered twice, filed twice, resolved unseen. Of
    /// resolved threads only those answered twice.
    case conflicts
    /// Every thread that was not purged, the latest first. Without a patient this reads the whole table.
    case all
    /// Every thread, the purged ones too, the latest first: for checks. As above.
    case every
    /// Nothing of it may be destroyed. The latest first.
    case held
    /// Purged, or about to be. The latest first.
    case purged
    /// Shared with somebody from outside the practice at `now` (milliseconds since 1970). The latest first.
    case shared(now: Int64)

    /// Whether the list runs from the latest activity to the earliest, instead of by urgency.
    var isByRecency: Bool {
        switch self {
        case .resolved, .all, .every, .held, .purged, .shared: true
        default: false
        }
    }

    /// Whether a snooze takes threads off the list until it ends. Conflicts are not put off.
    var honoursSnooze: Bool {
        switch self {
        case .snoozed, .resolved, .all, .every, .contested, .conflicts, .held, .purged, .shared: false
        default: true
        }
    }
}

/// Which threads to show.
public struct ThreadFilter: Hashable, Sendable {
    /// The list.
    public var list: ThreadList
    /// Only of this office.
    public var office: OfficeID?
    /// Only of this category.
    public var category: CategoryID?
    /// Only of this patient.
    public var patient: PatientID?
    /// Only what somebody may see; nil for everything.
    public var reach: ThreadReach?
    /// Leaves out what is snoozed at this moment (milliseconds since 1970), where the list is one that a snooze hides
    /// from.
    public var awakeAt: Int64?

    /// The threads of `list` that fit all that is not nil.
    public init(
        _ list: ThreadList, office: OfficeID? = nil, category: CategoryID? = nil, patient: PatientID? = nil,
        awakeAt: Int64? = nil, reach: ThreadReach? = nil
    ) {
        self.list = list
        self.office = office
        self.category = category
        self.patient = patient
        self.awakeAt = awakeAt
        self.reach = reach
    }
}

/// How many threads each list has.
public struct ThreadCounts: Hashable, Sendable {
    /// A patient waits for an answer.
    public internal(set) var needsReply = 0
    /// The person is accountable.
    public internal(set) var mine = 0
    /// The person's queues are accountable.
    public internal(set) var queues = 0
    /// No person is accountable.
    public internal(set) var unassigned = 0
    /// Owned by several people who acted while apart.
    public internal(set) var contested = 0
    /// Only clinical staff may answer.
    public internal(set) var clinicalReview = 0
    /// Due before now.
    public internal(set) var overdue = 0
    /// The patient's turn.
    public internal(set) var waitingOnPatient = 0
    /// Hidden until later.
    public internal(set) var snoozed = 0
    /// Neither resolved nor merged, snoozed ones included.
    public internal(set) var open = 0
    /// People acted while apart and must be told.
    public internal(set) var conflicts = 0
}
