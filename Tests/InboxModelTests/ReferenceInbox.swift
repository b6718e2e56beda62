import Causality
import InboxModel

/// The merge rules as plainly as they can be put: everything shown is computed anew from the set of change sets, without
/// any state that grew, and without regard to the order in which the sets are listed.
///
/// For each field it gathers all writes, drops those that another write had seen, and picks by the field's rule. It is
/// slow on purpose: what the incremental states show is checked against it.
struct ReferenceInbox {
    let sets: [ChangeSet]

    init(_ sets: [ChangeSet]) { self.sets = sets }

    /// The clock of a page that shows all of `entity`: the join of the dots of its changes.
    func clock(of entity: Entity) -> VersionVector {
        var clock = VersionVector()
        for set in sets where set.changes.contains(where: { $0.subject?.entity == entity }) { clock.advance(to: set.dot) }
        return clock
    }

    var threadIDs: Set<ThreadID> {
        Set(sets.flatMap(\.changes).compactMap { if case .thread(let id, _, _) = $0 { id } else { nil } })
    }

    var patientIDs: Set<PatientID> {
        Set(sets.flatMap(\.changes).compactMap { if case .patient(let id, _, _) = $0 { id } else { nil } })
    }

    /// All writes that `select` finds.
    func writes<Kind>(_ select: (Change) -> (context: VersionVector, change: Kind)?) -> [Write<Kind>] {
        sets.flatMap { set in
            set.changes.enumerated().compactMap { place, change in
                select(change).map { Write(changeSet: set, place: place, context: $0.context, change: $0.change) }
            }
        }
    }

    func thread(_ id: ThreadID) -> ReferenceThread {
        let writes = writes { change in
            if case .thread(id, let context, let change) = change { (context, change) } else { nil }
        }
        return ReferenceThread(writes: writes, clock: clock(of: .thread(id)))
    }

    func patient(_ id: PatientID) -> ReferencePatient {
        let writes = writes { change in
            if case .patient(id, let context, let change) = change { (context, change) } else { nil }
        }
        return ReferencePatient(writes: writes, clock: clock(of: .patient(id)))
    }

    func document<Profile: Hashable>(_ entity: Entity, _ select: (DirectoryDocument) -> Profile?) -> ShownDocument<Profile> {
        let live = writes { change -> (context: VersionVector, change: Profile)? in
            guard case .directory(let document, let context) = change, change.subject?.entity == entity else { return nil }
            return select(document).map { (context, $0) }
        }.live { $0 }
        return ShownDocument(
            clock: clock(of: entity), current: live.latest()?.value, versions: Set(live.map(\.value)),
            isConflicted: Set(live.map(\.value)).count > 1)
    }
}

/// All that is shown of one directory document.
struct ShownDocument<Profile: Hashable>: Equatable {
    let clock: VersionVector
    let current: Profile?
    let versions: Set<Profile>
    let isConflicted: Bool
}

extension ShownDocument where Profile: Sendable & CanonicalCodable {
    init(_ state: DocumentState<Profile>) {
        self.init(
            clock: state.clock, current: state.current, versions: Set(state.versions.entries.map(\.value)),
            isConflicted: state.isConflicted)
    }
}
