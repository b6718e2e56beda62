public import Causality
public import InboxModel

/// The merge rules as plainly as they can be put: everything shown is computed anew from the set of change sets, without
/// any state that grew, and without regard to the order in which the sets are listed.
///
/// For each field it gathers all writes to its entity, drops those that another write had seen, and picks by the field's
/// rule. That is slow on purpose, and shares nothing with the incremental states that are checked against it. The one thing
/// that it keeps is which change sets are about which entity, so that thousands of them cost no more than the entities they
/// are about.
public struct PlainInbox: Sendable {
    /// The change sets, in the order in which they were added, each once.
    public private(set) var sets: [ChangeSet] = []
    /// Where in `sets` the change sets about each entity stand.
    private var places: [InboxEntity: [Int]] = [:]
    private var dots: Set<Dot> = []

    /// The inbox of nothing.
    public init() {}

    /// The inbox of `sets`, in any order.
    public init(_ sets: some Sequence<ChangeSet>) {
        for set in sets { add(set) }
    }

    /// Adds a change set; nothing happens where one of that dot is there already.
    public mutating func add(_ set: ChangeSet) {
        guard dots.insert(set.dot).inserted else { return }
        for change in set.changes {
            guard let entity = change.subject?.entity else { continue }
            // A change set may change one entity several times.
            if places[entity]?.last != sets.count { places[entity, default: []].append(sets.count) }
        }
        sets.append(set)
    }

    /// Whether the change set of that dot was added.
    public func holds(_ dot: Dot) -> Bool { dots.contains(dot) }

    /// How many change sets are about `entity`: as long as that stays, so does everything shown of it.
    public func count(of entity: InboxEntity) -> Int { places[entity]?.count ?? 0 }

    /// Everything that any change is about, in no order.
    public var entities: some Collection<InboxEntity> { places.keys }

    /// The threads that any change is about.
    public var threadIDs: Set<ThreadID> {
        Set(places.keys.compactMap { if case .thread(let id) = $0 { id } else { nil } })
    }

    /// The patients that any change is about.
    public var patientIDs: Set<PatientID> {
        Set(places.keys.compactMap { if case .patient(let id) = $0 { id } else { nil } })
    }

    /// The clock of a page that shows all of `entity`: the join of the dots of its changes.
    public func clock(of entity: InboxEntity) -> VersionVector {
        var clock = VersionVector()
        for place in places[entity] ?? [] { clock.advance(to: sets[place].dot) }
        return clock
    }

    /// One thread.
    public func thread(_ id: ThreadID) -> PlainThread {
        let writes = writes(to: .thread(id)) { change in
            if case .thread(id, let context, let change) = change { (context, change) } else { nil }
        }
        return PlainThread(writes: writes, clock: clock(of: .thread(id)))
    }

    /// One patient's record.
    public func patient(_ id: PatientID) -> PlainPatient {
        let writes = writes(to: .patient(id)) { change in
            if case .patient(id, let context, let change) = change { (context, change) } else { nil }
        }
        return PlainPatient(writes: writes, clock: clock(of: .patient(id)))
    }

    /// One document of the directory; `select` takes its profile out of a version.
    public func document<Profile: Hashable>(
        _ entity: InboxEntity, _ select: (DirectoryDocument) -> Profile?
    ) -> ShownDocument<Profile> {
        let live = writes(to: entity) { change -> (context: VersionVector, change: Profile)? in
            guard case .directory(let document, let context) = change, change.subject?.entity == entity else { return nil }
            return select(document).map { (context, $0) }
        }.live { $0 }
        return ShownDocument(
            clock: clock(of: entity), current: live.latest()?.value, versions: Set(live.map(\.value)),
            isConflicted: Set(live.map(\.value)).count > 1)
    }

    /// An office's document.
    public func office(_ id: OfficeID) -> ShownDocument<OfficeProfile> {
        document(.office(id)) { if case .office(_, let profile) = $0 { profile } else { nil } }
    }

    /// The document of somebody who works for the group.
    public func staff(_ id: StaffID) -> ShownDocument<StaffProfile> {
        document(.staff(id)) { if case .staff(_, let profile) = $0 { profile } else { nil } }
    }

    /// A queue's document.
    public func queue(_ id: QueueID) -> ShownDocument<QueueProfile> {
        document(.queue(id)) { if case .queue(_, let profile) = $0 { profile } else { nil } }
    }

    /// A category's document.
    public func category(_ id: CategoryID) -> ShownDocument<CategoryProfile> {
        document(.category(id)) { if case .category(_, let profile) = $0 { profile } else { nil } }
    }

    /// A person's account.
    public func account(_ id: AccountID) -> ShownDocument<AccountProfile> {
        document(.account(id)) { if case .account(_, let profile) = $0 { profile } else { nil } }
    }

    /// A program's key to the JSON API.
    public func token(_ id: TokenID) -> ShownDocument<TokenProfile> {
        document(.token(id)) { if case .token(_, let profile) = $0 { profile } else { nil } }
    }

    /// A certificate authority of the pages.
    public func authority(_ id: AuthorityID) -> ShownDocument<AuthorityProfile> {
        document(.authority(id)) { if case .authority(_, let profile) = $0 { profile } else { nil } }
    }

    /// All writes to `entity` that `select` finds.
    private func writes<Kind>(
        to entity: InboxEntity, _ select: (Change) -> (context: VersionVector, change: Kind)?
    ) -> [Write<Kind>] {
        (places[entity] ?? []).flatMap { index in
            sets[index].changes.enumerated().compactMap { place, change in
                select(change).map { Write(changeSet: sets[index], place: place, context: $0.context, change: $0.change) }
            }
        }
    }
}
