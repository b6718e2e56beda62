public import InboxModel

extension AccessScope {
    /// The scope of an action by `staff` on the thread that `state` describes.
    ///
    /// On a contested thread every claimant counts as an owner, so that each of them can give it back.
    ///
    /// - Parameters:
    ///   - state: The thread as its acting person could know it. For a change from a peer that is the state its context
    ///     covers; see `AccessPolicy`.
    ///   - staff: Who acts.
    ///   - category: The profile of the category that the thread shows; nil where it is not known, and then it counts as clinical.
    ///   - absences: Who is away.
    ///   - now: Milliseconds since 1970.
    ///   - queue: Looks up a queue's profile; nil where it is not known, and then nobody stands in through it.
    public init(
        thread state: ThreadState, staff: StaffID, category: CategoryProfile?, absences: [Absence] = [], at now: Int64,
        queue: (QueueID) -> QueueProfile?
    ) {
        let owners = Set(state.claimants + [state.owner].compactMap { $0 })
        let offered = state.offers.entries.map(\.value)

        func people(of owner: Owner) -> [StaffID] {
            switch owner {
            case .staff(let person): return [person]
            case .queue(let id):
                guard let profile = queue(id) else { return [] }
                return profile.members + [profile.primary, profile.backup].compactMap { $0 }
            }
        }
        /// Whether `staff` is the cover of somebody else who is away.
        func standsIn(for person: StaffID) -> Bool {
            person != staff && CoverChain.covering(person, absences: absences, at: now) == staff
        }

        self.init(
            office: state.office,
            needsReview: state.needsReview,
            isOwner: owners.contains(.staff(staff)),
            isOffered: offered.contains { people(of: $0).contains(staff) },
            coversOwner: owners.contains { owner in
                let people = people(of: owner)
                return (owner.queue != nil && people.contains(staff)) || people.contains(where: standsIn)
            },
            isAdministrative: category.map { !$0.needsReview } ?? false,
            isShared: state.isShared(with: staff, at: now))
    }
}
