import Causality
import InboxModel

/// Anything that a page shows and a change changes.
enum Entity: Hashable {
    case thread(ThreadID)
    case patient(PatientID)
    case office(OfficeID)
    case staff(StaffID)
    case queue(QueueID)
    case category(CategoryID)
}

extension Change {
    /// What is changed and what the author's page had shown of it; nil for a change that this version cannot read.
    var subject: (entity: Entity, context: VersionVector)? {
        switch self {
        case .thread(let id, let context, _): (.thread(id), context)
        case .patient(let id, let context, _): (.patient(id), context)
        case .directory(.office(let id, _), let context): (.office(id), context)
        case .directory(.staff(let id, _), let context): (.staff(id), context)
        case .directory(.queue(let id, _), let context): (.queue(id), context)
        case .directory(.category(let id, _), let context): (.category(id), context)
        case .unknown: nil
        }
    }
}
