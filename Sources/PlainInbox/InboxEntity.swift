public import Causality
public import InboxModel

/// Anything that a page shows and a change changes.
public enum InboxEntity: Hashable, Sendable {
    /// A conversation.
    case thread(ThreadID)
    /// A patient's record.
    case patient(PatientID)
    /// An office's document in the directory.
    case office(OfficeID)
    /// The document of somebody who works for the group.
    case staff(StaffID)
    /// A queue's document.
    case queue(QueueID)
    /// A category's document.
    case category(CategoryID)
    /// How a person proves who they are.
    case account(AccountID)
    /// A program's key to the JSON API.
    case token(TokenID)
    /// A certificate authority of the pages.
    case authority(AuthorityID)
}

extension Change {
    /// What is changed and what the author's page had shown of it; nil for a change of nothing that is shown, and for one that this
    /// version cannot read.
    public var subject: (entity: InboxEntity, context: VersionVector)? {
        switch self {
        case .thread(let id, let context, _): (.thread(id), context)
        case .patient(let id, let context, _): (.patient(id), context)
        case .directory(.office(let id, _), let context): (.office(id), context)
        case .directory(.staff(let id, _), let context): (.staff(id), context)
        case .directory(.queue(let id, _), let context): (.queue(id), context)
        case .directory(.category(let id, _), let context): (.category(id), context)
        case .directory(.account(let id, _), let context): (.account(id), context)
        case .directory(.token(let id, _), let context): (.token(id), context)
        case .directory(.authority(let id, _), let context): (.authority(id), context)
        case .audit, .unknown: nil
        }
    }
}
