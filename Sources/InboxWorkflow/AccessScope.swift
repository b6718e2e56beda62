public import InboxModel

/// What an action is about, as far as access to it is concerned: facts about the thread and the acting person.
public struct AccessScope: Hashable, Sendable {
    /// The thread's office, or the office that a thread is opened at; nil for what belongs to the whole group: patients, the
    /// directory, members.
    public let office: OfficeID?
    /// Whether the thread is flagged for clinical review.
    public let needsReview: Bool
    /// Whether the person owns the thread, alone or as one of several claimants.
    public let isOwner: Bool
    /// Whether the person was asked to take the thread.
    public let isOffered: Bool
    /// Whether the person stands in for the owner: as member, primary or backup of the owning queue, or as cover for the
    /// owner while they are away.
    public let coversOwner: Bool
    /// Whether the thread is filed under a category that is known to be administrative: not one whose threads start under clinical review.
    public let isAdministrative: Bool
    /// Whether the thread is shared with the person, who is from outside the practice, and that is not over.
    public let isShared: Bool

    /// A scope from its parts.
    public init(
        office: OfficeID?, needsReview: Bool = false, isOwner: Bool = false, isOffered: Bool = false,
        coversOwner: Bool = false, isAdministrative: Bool = false, isShared: Bool = false
    ) {
        self.office = office
        self.needsReview = needsReview
        self.isOwner = isOwner
        self.isOffered = isOffered
        self.coversOwner = coversOwner
        self.isAdministrative = isAdministrative
        self.isShared = isShared
    }

    /// What concerns the whole group and no thread.
    public static let group = AccessScope(office: nil)
}
