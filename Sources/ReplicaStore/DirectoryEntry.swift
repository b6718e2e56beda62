public import InboxModel

/// One document of the group's directory: an office, a person, a queue, a category, an account, a token or an authority of the pages.
public struct DirectoryEntry<Entity, Profile: Hashable & Sendable & CanonicalCodable>: Hashable, Sendable {
    /// Which.
    public let id: EntityID<Entity>
    /// Its live versions.
    public let state: DocumentState<Profile>

    /// A document from its parts.
    public init(id: EntityID<Entity>, state: DocumentState<Profile>) {
        self.id = id
        self.state = state
    }

    /// The version in force. An entry has at least one.
    public var profile: Profile? { state.current }
}

/// An office with its id.
public typealias OfficeEntry = DirectoryEntry<OfficeEntity, OfficeProfile>
/// A person who works for the group, with their id.
public typealias StaffEntry = DirectoryEntry<StaffEntity, StaffProfile>
/// A queue with its id.
public typealias QueueEntry = DirectoryEntry<QueueEntity, QueueProfile>
/// A category with its id.
public typealias CategoryEntry = DirectoryEntry<CategoryEntity, CategoryProfile>
/// How a person proves who they are, with its id.
public typealias AccountEntry = DirectoryEntry<AccountEntity, AccountProfile>
/// A program's key to the JSON API, with its id.
public typealias TokenEntry = DirectoryEntry<TokenEntity, TokenProfile>
/// A certificate authority of the pages, with its id.
public typealias AuthorityEntry = DirectoryEntry<AuthorityEntity, AuthorityProfile>

/// The name of one document of the directory.
public enum DocumentID: Hashable, Sendable {
    /// An office.
    case office(OfficeID)
    /// A person who works for the group.
    case staff(StaffID)
    /// A queue.
    case queue(QueueID)
    /// A category.
    case category(CategoryID)
    /// How a person proves who they are.
    case account(AccountID)
    /// A program's key to the JSON API.
    case token(TokenID)
    /// A certificate authority of the pages.
    case authority(AuthorityID)

    /// `document.kind`.
    var kind: Int64 {
        switch self {
        case .office: OfficeProfile.kind
        case .staff: StaffProfile.kind
        case .queue: QueueProfile.kind
        case .category: CategoryProfile.kind
        case .account: AccountProfile.kind
        case .token: TokenProfile.kind
        case .authority: AuthorityProfile.kind
        }
    }

    var words: IDWords {
        switch self {
        case .office(let id): IDWords(id)
        case .staff(let id): IDWords(id)
        case .queue(let id): IDWords(id)
        case .category(let id): IDWords(id)
        case .account(let id): IDWords(id)
        case .token(let id): IDWords(id)
        case .authority(let id): IDWords(id)
        }
    }
}

extension DirectoryDocument {
    /// Which document it is a version of.
    var name: DocumentID {
        switch self {
        case .office(let id, _): .office(id)
        case .staff(let id, _): .staff(id)
        case .queue(let id, _): .queue(id)
        case .category(let id, _): .category(id)
        case .account(let id, _): .account(id)
        case .token(let id, _): .token(id)
        case .authority(let id, _): .authority(id)
        }
    }
}
