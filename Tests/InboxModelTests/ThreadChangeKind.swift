import InboxModel

extension ThreadChange {
    /// The kinds of thread change, so that tests can go through all of them and notice a new one.
    enum Kind: CaseIterable {
        case opened, subject, message, note, correction, ownership, resolved, reopened, priority, review, escalated
        case escalationAcknowledged, category, due, snoozed, tagged, untagged, read, draft, moved, language, mergedInto
        case contentKey, answeredTwiceAcknowledged, holdPlaced, holdReleased, purged, purgeNoted, split, continued
        case shared, unshared
    }

    var kind: Kind {
        switch self {
        case .opened: .opened
        case .subject: .subject
        case .message: .message
        case .note: .note
        case .correction: .correction
        case .ownership: .ownership
        case .resolved: .resolved
        case .reopened: .reopened
        case .priority: .priority
        case .review: .review
        case .escalated: .escalated
        case .escalationAcknowledged: .escalationAcknowledged
        case .category: .category
        case .due: .due
        case .snoozed: .snoozed
        case .tagged: .tagged
        case .untagged: .untagged
        case .read: .read
        case .draft: .draft
        case .moved: .moved
        case .language: .language
        case .mergedInto: .mergedInto
        case .contentKey: .contentKey
        case .answeredTwiceAcknowledged: .answeredTwiceAcknowledged
        case .holdPlaced: .holdPlaced
        case .holdReleased: .holdReleased
        case .purged: .purged
        case .purgeNoted: .purgeNoted
        case .split: .split
        case .continued: .continued
        case .shared: .shared
        case .unshared: .unshared
        }
    }
}
