/// A version of one document of the group's directory. Documents are replaced whole; of versions written while apart the
/// newest is in force and the other is kept and shown.
public enum DirectoryDocument: Hashable, Sendable {
    /// A place patients are seen at.
    case office(OfficeID, OfficeProfile)
    /// A person who works for the group.
    case staff(StaffID, StaffProfile)
    /// The people who together receive a category.
    case queue(QueueID, QueueProfile)
    /// A kind of matter.
    case category(CategoryID, CategoryProfile)
    /// How a person proves who they are.
    case account(AccountID, AccountProfile)
    /// A program's key to the JSON API.
    case token(TokenID, TokenProfile)
    /// A certificate authority of the pages.
    case authority(AuthorityID, AuthorityProfile)
}

/// What is known of an office.
public struct OfficeProfile: Hashable, Sendable {
    /// A short key, unique in the group: the start of its threads' short codes.
    public let key: String
    /// The name people use.
    public let name: String
    /// IANA time zone.
    public let timeZone: String

    /// An office from its parts.
    public init(key: String, name: String, timeZone: String) {
        self.key = key
        self.name = name
        self.timeZone = timeZone
    }
}

/// What is known of a person who works for the group.
public struct StaffProfile: Hashable, Sendable {
    /// A short key, unique in the group, for commands.
    public let key: String
    /// The name colleagues see.
    public let name: String
    /// What the person may do.
    public let role: Role
    /// Where. Ascending; empty means every office.
    public let offices: [OfficeID]
    /// Languages spoken, as BCP 47 tags.
    public let languages: [String]
    /// Whether the account is in use.
    public let isActive: Bool

    /// A person from their parts.
    public init(
        key: String, name: String, role: Role, offices: [OfficeID], languages: [String] = [], isActive: Bool = true
    ) {
        self.key = key
        self.name = name
        self.role = role
        self.offices = offices.sorted()
        self.languages = languages
        self.isActive = isActive
    }
}

/// Who receives what, together.
public struct QueueProfile: Hashable, Sendable {
    /// A short key, unique in the group, for commands.
    public let key: String
    /// The name people see.
    public let name: String
    /// Where; nil means every office.
    public let office: OfficeID?
    /// The people. Ascending.
    public let members: [StaffID]
    /// Who is asked first.
    public let primary: StaffID?
    /// Who covers.
    public let backup: StaffID?

    /// A queue from its parts.
    public init(
        key: String, name: String, office: OfficeID?, members: [StaffID], primary: StaffID? = nil,
        backup: StaffID? = nil
    ) {
        self.key = key
        self.name = name
        self.office = office
        self.members = members.sorted()
        self.primary = primary
        self.backup = backup
    }
}

/// What a category decides.
public struct CategoryProfile: Hashable, Sendable {
    /// Where one office's messages of a category go.
    public struct Destination: Hashable, Sendable {
        /// The office.
        public let office: OfficeID
        /// Its queue.
        public let queue: QueueID

        /// Messages of `office` go to `queue`.
        public init(office: OfficeID, queue: QueueID) {
            self.office = office
            self.queue = queue
        }
    }

    /// A short key, unique in the group, for commands.
    public let key: String
    /// The name people see.
    public let name: String
    /// How urgent it is.
    public let urgency: UrgencyClass
    /// Whether threads of it start flagged for clinical review.
    public let needsReview: Bool
    /// How soon a reply is due, in minutes.
    public let responseMinutes: UInt32
    /// Where messages go, ascending by office.
    public let destinations: [Destination]

    /// A category from its parts.
    public init(
        key: String, name: String, urgency: UrgencyClass, needsReview: Bool, responseMinutes: UInt32,
        destinations: [Destination]
    ) {
        self.key = key
        self.name = name
        self.urgency = urgency
        self.needsReview = needsReview
        self.responseMinutes = responseMinutes
        self.destinations = destinations.sorted { $0.office < $1.office }
    }
}
