import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore

/// Something of a change set's past cannot be read here yet: its key has not come.
struct PastUnreadable: Error {}

/// What the author of a change set could know: people, queues, threads and the roster as that author's node showed them.
///
/// Usually nothing has come to an entity since, and the state that is merged here is what the author knew. Where something has, because
/// people acted while apart or because a device was removed meanwhile, the entity is made anew from what the author had merged and
/// what counted by the roster that the author had. Both ways give the same.
struct KnownThen {
    let turn: Turn
    let past: AuthorPast

    // Every change set that is merged asks: what is read often is not copied.
    private var node: OfficeNode { turn.node }

    /// A thread, or nil where the author knew of none.
    func thread(_ id: ThreadID) throws -> ThreadState? {
        let held = try turn.transaction.threadState(id)
        if try isUnchanged(held?.clock, .thread(id)) { return held }
        var thread: ThreadState?
        for set in try sets(about: .thread(id)) {
            for case .thread(id, let context, let change) in set.changes {
                thread = thread ?? ThreadState(id: id)
                thread?.apply(change, context: context, of: set)
            }
        }
        return thread
    }

    /// A patient's record, or nil where the author knew of none.
    func patient(_ id: PatientID) throws -> PatientState? {
        let held = try turn.transaction.patientState(id)
        if try isUnchanged(held?.clock, .patient(id)) { return held }
        var patient: PatientState?
        for set in try sets(about: .patient(id)) {
            for case .patient(id, let context, let change) in set.changes {
                patient = patient ?? PatientState(id: id)
                patient?.apply(change, context: context, of: set)
            }
        }
        return patient
    }

    /// What was known of a person who works for the group; nil where the author knew of none.
    func staff(_ id: StaffID) throws -> StaffProfile? {
        try document(try turn.transaction.staff(id), .staff(id)) { if case .staff(_, let profile) = $0 { profile } else { nil } }?.current
    }

    /// What was known of a category; nil where the author knew of none.
    func category(_ id: CategoryID) throws -> CategoryProfile? {
        let held = try turn.transaction.category(id)
        return try document(held, .category(id)) { if case .category(_, let profile) = $0 { profile } else { nil } }?.current
    }

    /// The versions of a token that the author knew.
    func token(_ id: TokenID) throws -> [TokenProfile] {
        let held = try turn.transaction.token(id)
        let state = try document(held, .token(id)) { if case .token(_, let profile) = $0 { profile } else { nil } }
        return state?.versions.entries.map(\.value) ?? []
    }

    /// All queues that the author knew.
    func queues() throws -> [QueueEntry] {
        try turn.transaction.queues().compactMap { entry in
            try document(entry.state, .queue(entry.id)) { if case .queue(_, let profile) = $0 { profile } else { nil } }
                .map { QueueEntry(id: entry.id, state: $0) }
        }
    }

    /// The roster that the author had merged.
    func roster(with own: Dot? = nil) -> Roster {
        let isSeen = { (dot: Dot) in past.contains(dot) || dot == own }
        if node.state.roster.applied.entries.allSatisfy({ isSeen(Dot($0.replica, $0.sequence)) }) { return node.state.roster }
        return node.state.roster.asKnown(isSeen)
    }

    private func document<Profile>(
        _ held: DocumentState<Profile>?, _ id: DocumentID, _ read: (DirectoryDocument) -> Profile?
    ) throws -> DocumentState<Profile>? {
        if try isUnchanged(held?.clock, .document(id)) { return held }
        var document: DocumentState<Profile>?
        for set in try sets(about: .document(id)) {
            for change in set.changes where EntityName(change) == .document(id) {
                guard case .directory(let version, let context) = change, let profile = read(version) else { continue }
                document = document ?? DocumentState()
                document?.apply(profile, context: context, of: set)
            }
        }
        return document
    }

    // MARK: Since then

    /// Whether what is merged here of an entity is what the author knew of it.
    private func isUnchanged(_ clock: VersionVector?, _ entity: EntityName) throws -> Bool {
        if let clock, !past.covers(clock) { return false }
        if node.state.roster.disputed.isEmpty { return true }
        // What the newest roster changes set aside or let count again is done at the end of the turn that brings them.
        if !node.state.mustReview && past.covers(node.state.roster.applied) { return true }
        let disputed = node.state.roster.disputed
        if let clock, clock.entries.contains(where: { $0.sequence >= disputed[$0.replica] ?? .max }) { return false }
        return try turn.heldBack(about: entity).isEmpty
    }

    /// The change sets about an entity that the author had merged and that counted as far as it knew, in an order to merge them in.
    private func sets(about entity: EntityName) throws -> [ChangeSet] {
        let held = Set(try turn.heldBack(about: entity))
        let known = Set(try turn.transaction.steps(of: entity)).union(held).filter(past.contains)
        if known.isEmpty { return [] }
        let roster = roster()
        let counting = try known.sorted().filter { dot in
            if roster.isAdopted(dot) { return true }
            guard roster.counts(dot) else { return false }
            // What is merged without having been adopted was judged already.
            guard held.contains(dot) || node.state.roster.isAdopted(dot) else { return true }
            return try turn.standing(of: dot).counts()
        }
        return CausalOrder.sorted(try turn.changeSets(at: counting), about: entity, forks: node.state.forks)
    }
}

extension Turn {
    /// What is kept and not merged of `entity`, as far as it may count in somebody's eyes, ascending.
    func heldBack(about entity: EntityName) throws -> [Dot] {
        if let held = node.state.heldBack { return held[entity] ?? [] }
        var held: [EntityName: [Dot]] = [:]
        for set in try transaction.quarantine() where set.reason != QuarantineReason.context.rawValue {
            for entity in Set(try changeSets(at: [set.dot]).flatMap(\.changes).compactMap { EntityName($0) }) {
                held[entity, default: []].append(set.dot)
            }
        }
        held = held.mapValues { $0.sorted() }
        node.state.heldBack = held
        return held[entity] ?? []
    }
}
