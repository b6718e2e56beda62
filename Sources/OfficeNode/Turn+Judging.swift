import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore

// The access policy, asked again of what a node merges: a device that does not ask it itself changes nothing at others.

extension Turn {
    /// Why the access policy forbids what a change set does; nil where it does not.
    ///
    /// A function of the change set and what its author had merged: every node that can open both answers the same, now and later. Throws
    /// `PastUnreadable` where something of that cannot be opened yet.
    func refusal(of set: ChangeSet, past: AuthorPast) throws -> AccessRefusal? {
        var judge = ChangeJudge(set: set, then: KnownThen(turn: self, past: past))
        for change in set.changes {
            if let refusal = try judge.refusal(of: change) { return refusal }
        }
        return nil
    }
}

/// Decides whether whoever a change set names might do what it does.
///
/// Who acted is what the device says. A device answers for the people who sign in at it: the record names both, and what a device can do by
/// itself, without a person, is little.
private struct ChangeJudge {
    let set: ChangeSet
    let then: KnownThen
    /// The thread that was looked up last: a change set is about one, or few.
    private var last: (id: ThreadID, state: ThreadState?)?

    init(set: ChangeSet, then: KnownThen) {
        self.set = set
        self.then = then
    }

    mutating func refusal(of change: Change) throws -> AccessRefusal? {
        switch change {
        case .thread(let id, _, let kind): return try refusal(of: kind, to: id)
        case .patient(let id, _, let kind): return try refusal(of: kind, to: id)
        case .directory(let document, _): return try refusal(of: document)
        case .audit: return set.actor == .system ? nil : .node
        case .unknown: return nil
        }
    }

    // MARK: Who

    /// What the policy says to the actor, given all that the cheap facts leave open only where they refuse.
    private func refusal(
        _ action: StaffAction, _ scope: AccessScope, whole: () throws -> AccessScope? = { nil }
    ) throws -> AccessRefusal? {
        switch set.actor {
        case .patient: return .patient
        case .automation, .system:
            // Usually the first word is enough; whether the node was an administrator's is looked up only where it counts.
            if AccessPolicy.decision(action, byNodeOfAdministrator: false).isAllowed { return nil }
            return AccessPolicy.decision(action, byNodeOfAdministrator: isAdministrator).refusal
        case .staff(let id):
            guard let profile = try then.staff(id) else { return .unknown }
            guard let refusal = refusal(action, by: profile, on: scope) else { return nil }
            guard let scope = try whole() else { return refusal }
            return self.refusal(action, by: profile, on: scope)
        }
    }

    private func refusal(_ action: StaffAction, by profile: StaffProfile, on scope: AccessScope) -> AccessRefusal? {
        // What a laptop may, every device may.
        let refusal = AccessPolicy.decision(action, by: profile, on: scope, at: .laptop).refusal
        guard refusal?.code == .device, author?.kind == .office else { return refusal }
        return AccessPolicy.decision(action, by: profile, on: scope, at: .office).refusal
    }

    /// The device that wrote it, as it knew itself: by what it had merged, and what this change set says.
    private var author: Member? {
        let node = then.turn.node
        // The first change set of a log says whose it is; while that is being written, nothing has said it yet.
        let own = set.dot.replica == node.replica ? node.member : nil
        guard let id = node.state.roster.authors[set.dot.replica] ?? own else { return nil }
        return then.roster(with: set.dot).members[id]
    }

    private var isAdministrator: Bool { author?.isAdministrator ?? false }

    // MARK: The directory and patients

    private func refusal(of document: DirectoryDocument) throws -> AccessRefusal? {
        let owner: StaffID
        switch document {
        case .office, .staff, .queue, .category, .authority: return try refusal(.editDirectory, .group)
        case .account(let id, let profile):
            owner = profile.staff
            // Whoever writes their own account under another's name would take that over.
            if id != AccountID(of: owner) { return try refusal(.manageAccounts, .group) }
        case .token(let id, let profile):
            owner = profile.staff
            if try then.token(id).contains(where: { $0.staff != owner }) { return try refusal(.manageAccounts, .group) }
        }
        return try refusal(set.actor.staff == owner ? .ownAccount : .manageAccounts, .group)
    }

    private func refusal(of change: PatientChange, to id: PatientID) throws -> AccessRefusal? {
        if case .patient(let writer) = set.actor {
            if case .consent = change, writer == id { return nil }
            return .patient
        }
        let known = try then.patient(id)?.shown
        if case .details(let details) = change, known == nil {
            return try refusal(.editPatient, AccessScope(office: details.office))
        }
        let action: StaffAction = if case .consent = change { .editConsent } else { .editPatient }
        return try refusal(action, AccessScope(office: known?.office))
    }

    // MARK: Threads

    private mutating func refusal(of change: ThreadChange, to id: ThreadID) throws -> AccessRefusal? {
        // How far a member is with a purge is said by the member itself.
        if case .purgeNoted = change { return set.actor == .system ? nil : .node }
        guard let state = try known(id), let opening = state.opening else { return try openingRefusal(of: id, change) }
        if case .patient(let writer) = set.actor {
            return writer == opening.patient && isByPatients(change, in: id) ? nil : .patient
        }
        guard let action = change.action(on: state, by: set.actor) else { return nil }
        return try refusal(action, AccessScope(office: state.office, needsReview: state.needsReview)) {
            guard let staff = set.actor.staff else { return nil }
            let category = try state.category.flatMap { try then.category($0.category) }
            // What ends by itself had ended, or not, by the author's own time: everybody judges by that.
            return AccessScope(
                thread: state, staff: staff, category: category, queues: try then.queues(), now: set.stamp.timestamp.milliseconds)
        }
    }

    private mutating func known(_ id: ThreadID) throws -> ThreadState? {
        if let last, last.id == id { return last.state }
        let thread = try then.thread(id)
        last = (id, thread)
        return thread
    }

    /// What belongs to a thread's opening comes with it, and is judged as the opening.
    private func openingRefusal(of id: ThreadID, _ change: ThreadChange) throws -> AccessRefusal? {
        for case .thread(id, _, .opened(let opening)) in set.changes {
            if case .patient(let writer) = set.actor { return writer == opening.patient && !change.isReply ? nil : .patient }
            return try refusal(.openThread, AccessScope(office: opening.office))
        }
        return .unopened
    }

    /// Whether it is something that a patient says, or what follows from that.
    private func isByPatients(_ change: ThreadChange, in id: ThreadID) -> Bool {
        switch change {
        case .message(let posting): return posting.direction == .inbound
        case .due, .contentKey, .priority, .escalated:
            return set.changes.contains { change in
                if case .thread(id, _, .message(let posting)) = change { posting.direction == .inbound } else { false }
            }
        default: return false
        }
    }
}

extension AccessDecision {
    /// Why not; nil where it is allowed.
    fileprivate var refusal: AccessRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}

extension ThreadChange {
    /// What the access policy calls the change, made to the thread that `state` describes; nil for what says nothing by itself.
    fileprivate func action(on state: ThreadState, by actor: Actor) -> StaffAction? {
        switch self {
        case .opened: .openThread
        case .message(let posting): posting.direction == .inbound ? .enterPatientMessage : .reply
        case .note: .note
        case .subject, .correction: .correct
        case .ownership(let step): step.action(by: actor)
        case .resolved: .resolve
        case .reopened: .reopen
        case .priority: .setPriority
        // A category may flag what is filed under it; taking a flag off is what clinical staff keep to themselves.
        case .review(let flag): flag && !state.needsReview ? .setCategory : .setReview
        case .escalated: .escalate
        case .escalationAcknowledged: .acknowledgeEscalation
        case .category: .setCategory
        case .due: .setDue
        case .snoozed: .snooze
        case .tagged, .untagged, .language: .tag
        case .read: .read
        case .draft: .draft
        case .moved: .move
        case .mergedInto, .split, .continued: .merge
        case .contentKey, .purgeNoted: nil
        case .answeredTwiceAcknowledged: .acknowledgeAnsweredTwice
        case .holdPlaced: .placeHold
        case .holdReleased: .releaseHold
        case .purged: .purge
        case .shared: .share
        case .unshared: .unshare
        }
    }
}

extension ThreadChange {
    fileprivate var isReply: Bool { if case .message(let posting) = self { posting.direction == .outbound } else { false } }
}

extension OwnershipChange {
    /// What the access policy calls it. People take threads for themselves and give them back to queues: anything else is assigning.
    fileprivate func action(by actor: Actor) -> StaffAction {
        let isOwn = actor.staff.map { to == .staff($0) } ?? false
        return switch act {
        case .claimed: isOwn ? .claim : .assign
        case .released: to.queue != nil ? .release : .assign
        case .offered: .offer
        case .accepted: isOwn ? .accept : .assign
        case .declined: isOwn ? .decline : .assign
        case .escalated: .escalate
        // What a rule routes, it routes in the opening.
        case .routed, .assigned: .assign
        }
    }
}
