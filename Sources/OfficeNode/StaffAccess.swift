public import InboxModel
public import InboxWorkflow
public import ReplicaStore

/// What one person may see and do at one node, as the access policy says: for pages, which show nothing else.
///
/// Commands are decided again when they are carried out; this is so that a page need not offer what would be refused.
public struct StaffAccess: Sendable {
    /// Who.
    public let staff: StaffID
    /// What is known of them.
    public let profile: StaffProfile
    /// The queues in which they work or cover, ascending.
    public let queues: [QueueID]
    private let allQueues: [QueueEntry]
    private let categories: [CategoryEntry]
    private let device: AccessDevice
    private let now: Int64
    /// Patients whose record they opened in an emergency, and for whom that still holds.
    private let opened: Set<PatientID>

    /// The access of `staff`, or nil where nobody of that id works for the group.
    ///
    /// - Parameters:
    ///   - staff: Who.
    ///   - directory: People and queues.
    ///   - device: What kind of node they work at.
    ///   - now: Milliseconds since 1970.
    ///   - opened: Patients whose record an emergency has opened to them.
    public init?(of staff: StaffID, in directory: Directory, at device: AccessDevice, now: Int64, opened: Set<PatientID> = []) {
        guard let profile = directory.staff.first(where: { $0.id == staff })?.profile else { return nil }
        self.staff = staff
        self.profile = profile
        self.device = device
        self.now = now
        self.opened = opened
        allQueues = directory.queues
        categories = directory.categories
        queues = directory.queues.filter { entry in
            guard let queue = entry.profile else { return false }
            return queue.members.contains(staff) || queue.primary == staff || queue.backup == staff
        }.map(\.id)
    }

    /// Whether they may do `action` to the thread that `state` describes, and if not, why.
    public func decision(_ action: StaffAction, on state: ThreadState) -> AccessDecision {
        let category = categories.first { $0.id == state.category?.category }?.profile
        let scope = AccessScope(thread: state, staff: staff, category: category, queues: allQueues, now: now)
        return AccessPolicy.decision(action, by: profile, on: scope, at: device)
    }

    /// Whether they may do `action` where no one thread is concerned: to what is the whole group's, or to threads of an office at all.
    public func decision(_ action: StaffAction, office: OfficeID? = nil) -> AccessDecision {
        AccessPolicy.decision(action, by: profile, on: AccessScope(office: office, isAdministrative: true, isShared: true), at: device)
    }

    /// Whether they are from outside the practice, and see no more of it than the threads that are shared with them.
    public var isFromOutside: Bool { AccessPolicy.isFromOutside(profile.role) }

    /// Whether they opened the record of `patient` in an emergency.
    public func hasOpened(_ patient: PatientID) -> Bool { opened.contains(patient) }

    /// Whether they may read what was said in the thread that `state` describes: by the policy, or because they opened its patient's record
    /// in an emergency. Without it a thread is shown without its texts.
    public func mayReadTexts(of state: ThreadState) -> Bool {
        decision(.readTexts, on: state).isAllowed || state.opening.map { opened.contains($0.patient) } == true
    }

    /// Which threads lists may show; nil for all of them. `mayList` says whether there is a list at all.
    ///
    /// The same offices and categories as in the policy's decision on each thread; a test holds the two together.
    public var reach: ThreadReach? {
        if isFromOutside { return ThreadReach(sharedWith: staff, at: now) }
        let isEverywhere = profile.offices.isEmpty || profile.role == .onCall || profile.role == .administrator
        let isAdministrative = AccessPolicy.isAdministrativeOnly(profile.role)
        if isEverywhere && !isAdministrative { return nil }
        let open = categories.filter { $0.profile?.needsReview == false }.map(\.id)
        return ThreadReach(
            offices: isEverywhere ? nil : profile.offices, categories: isAdministrative ? open : nil, staff: staff, queues: queues)
    }

    /// Whether they may read threads of any office.
    public var mayList: Bool {
        profile.isActive && decision(.read, office: profile.offices.first).isAllowed
    }
}
