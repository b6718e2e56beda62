import InboxModel
import InboxWorkflow
import ReplicaStore

extension Turn {
    /// What the access policy needs to know of a thread and a person's part in it.
    func scope(of state: ThreadState, actor: Actor) throws -> AccessScope {
        guard let staff = actor.staff else { return AccessScope(office: state.office) }
        let category = try state.category.flatMap { try transaction.category($0.category)?.current }
        return AccessScope(thread: state, staff: staff, category: category, queues: try transaction.queues(), now: now)
    }
}

extension AccessScope {
    /// What the access policy needs to know of a thread and a person's part in it, given the profile of the thread's category and all
    /// queues.
    init(thread state: ThreadState, staff: StaffID, category: CategoryProfile?, queues: [QueueEntry], now: Int64) {
        let scope = AccessScope(thread: state, staff: staff, category: category, at: now) { id in queues.first { $0.id == id }?.profile }
        self.init(
            office: scope.office, needsReview: scope.needsReview, isOwner: scope.isOwner, isOffered: scope.isOffered,
            coversOwner: scope.coversOwner || Self.isBackup(staff, of: state.owner?.staff, queues),
            isAdministrative: scope.isAdministrative, isShared: scope.isShared)
    }

    /// Whether `staff` is the standing backup of a queue that `owner` works in.
    private static func isBackup(_ staff: StaffID, of owner: StaffID?, _ queues: [QueueEntry]) -> Bool {
        guard let owner else { return false }
        return queues.contains { entry in
            guard let queue = entry.profile else { return false }
            return queue.backup == staff && (queue.primary == owner || queue.members.contains(owner))
        }
    }
}

extension StaffAction {
    /// Whether a patient may do it in their own matters.
    var isForPatients: Bool { self == .openThread || self == .enterPatientMessage || self == .editConsent }
}

extension ThreadCommand {
    /// What the access policy calls the command.
    var action: StaffAction {
        switch self {
        case .patientMessage: .enterPatientMessage
        case .reply: .reply
        case .note: .note
        case .correct: .correct
        case .claim: .claim
        case .release: .release
        case .offer: .offer
        case .accept: .accept
        case .decline: .decline
        case .assign: .assign
        case .escalate: .escalate
        case .acknowledgeEscalation: .acknowledgeEscalation
        case .setCategory: .setCategory
        case .setPriority: .setPriority
        case .setReview: .setReview
        case .tag, .untag, .setLanguage: .tag
        case .setDue: .setDue
        case .snooze: .snooze
        case .move: .move
        case .merge, .split: .merge
        case .resolve: .resolve
        case .reopen: .reopen
        case .markRead: .read
        case .saveDraft: .draft
        case .acknowledgeAnsweredTwice: .acknowledgeAnsweredTwice
        case .placeHold: .placeHold
        case .releaseHold: .releaseHold
        case .purge: .purge
        case .share: .share
        case .unshare: .unshare
        }
    }
}
