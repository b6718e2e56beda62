import Causality
import InboxModel
import PlainInbox

/// How a thread's change is merged: the model's own way, or a broken one that the laws must catch.
typealias ThreadMerge = @Sendable (inout ThreadState, ThreadChange, VersionVector, ChangeSet) -> Void

/// The merged state of everything, kept as a replica keeps it: change set by change set.
struct Inbox {
    /// The model's own merge.
    static let merge: ThreadMerge = { state, change, context, set in state.apply(change, context: context, of: set) }

    private let merge: ThreadMerge
    private(set) var threads: [ThreadID: ThreadState] = [:]
    private(set) var patients: [PatientID: PatientState] = [:]
    private(set) var offices: [OfficeID: DocumentState<OfficeProfile>] = [:]
    private(set) var staff: [StaffID: DocumentState<StaffProfile>] = [:]
    private(set) var queues: [QueueID: DocumentState<QueueProfile>] = [:]
    private(set) var categories: [CategoryID: DocumentState<CategoryProfile>] = [:]
    private(set) var accounts: [AccountID: DocumentState<AccountProfile>] = [:]
    private(set) var tokens: [TokenID: DocumentState<TokenProfile>] = [:]
    private(set) var authorities: [AuthorityID: DocumentState<AuthorityProfile>] = [:]

    init(merge: @escaping ThreadMerge = Inbox.merge) { self.merge = merge }

    init(applying sets: [ChangeSet], merge: @escaping ThreadMerge = Inbox.merge) {
        self.init(merge: merge)
        for set in sets { apply(set) }
    }

    mutating func apply(_ set: ChangeSet) {
        for change in set.changes {
            switch change {
            case .thread(let id, let context, let change):
                merge(&threads[id, default: ThreadState(id: id)], change, context, set)
            case .patient(let id, let context, let change):
                patients[id, default: PatientState(id: id)].apply(change, context: context, of: set)
            case .directory(.office(let id, let profile), let context):
                offices[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.staff(let id, let profile), let context):
                staff[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.queue(let id, let profile), let context):
                queues[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.category(let id, let profile), let context):
                categories[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.account(let id, let profile), let context):
                accounts[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.token(let id, let profile), let context):
                tokens[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .directory(.authority(let id, let profile), let context):
                authorities[id, default: DocumentState()].apply(profile, context: context, of: set)
            case .audit, .unknown: break
            }
        }
    }

    /// The canonical bytes of every entity's state.
    var digest: [InboxEntity: [UInt8]] {
        var result: [InboxEntity: [UInt8]] = [:]
        for (id, state) in threads { result[.thread(id)] = state.canonicalBytes }
        for (id, state) in patients { result[.patient(id)] = state.canonicalBytes }
        for (id, state) in offices { result[.office(id)] = state.canonicalBytes }
        for (id, state) in staff { result[.staff(id)] = state.canonicalBytes }
        for (id, state) in queues { result[.queue(id)] = state.canonicalBytes }
        for (id, state) in categories { result[.category(id)] = state.canonicalBytes }
        for (id, state) in accounts { result[.account(id)] = state.canonicalBytes }
        for (id, state) in tokens { result[.token(id)] = state.canonicalBytes }
        for (id, state) in authorities { result[.authority(id)] = state.canonicalBytes }
        return result
    }
}
