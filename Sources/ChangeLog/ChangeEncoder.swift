import Causality
import InboxModel

/// Writes the changes of one set, leaving out an entity and a context that are those of the change before.
struct ChangeEncoder {
    private var entity: (UInt64, UInt64)?
    private var context: VersionVector?

    mutating func encode(_ change: Change, into writer: inout ByteWriter) {
        switch change {
        case .thread(let id, let context, let kind):
            head(id, context, into: &writer)
            encode(kind, into: &writer)
        case .patient(let id, let context, let kind):
            head(id, context, into: &writer)
            encode(kind, into: &writer)
        case .directory(let document, let context):
            switch document {
            case .office(let id, let profile):
                head(id, context, into: &writer)
                writer.message(50) { Self.encode(profile, into: &$0) }
            case .staff(let id, let profile):
                head(id, context, into: &writer)
                writer.message(51) { Self.encode(profile, into: &$0) }
            case .queue(let id, let profile):
                head(id, context, into: &writer)
                writer.message(52) { Self.encode(profile, into: &$0) }
            case .category(let id, let profile):
                head(id, context, into: &writer)
                writer.message(53) { Self.encode(profile, into: &$0) }
            case .account(let id, let profile):
                head(id, context, into: &writer)
                writer.message(54) { Self.encode(profile, into: &$0) }
            case .token(let id, let profile):
                head(id, context, into: &writer)
                writer.message(55) { Self.encode(profile, into: &$0) }
            case .authority(let id, let profile):
                head(id, context, into: &writer)
                writer.message(56) { Self.encode(profile, into: &$0) }
            }
        case .audit(let entry): writer.message(60) { Self.encode(entry, into: &$0) }
        case .unknown(let unknown):
            // Only tests write these: a node never authors what it cannot read.
            writer.message(max(unknown.number, 100)) { _ in }
        }
    }

    private mutating func head<Entity>(
        _ id: EntityID<Entity>, _ context: VersionVector, into writer: inout ByteWriter
    ) {
        if entity?.0 != id.high || entity?.1 != id.low {
            writer.identifier(1, id)
            entity = (id.high, id.low)
        }
        if self.context != context {
            if !(self.context == nil && context.isEmpty) { writer.message(2) { $0.packedClock(context) } }
            self.context = context
        }
    }

    private func encode(_ kind: ThreadChange, into writer: inout ByteWriter) {
        switch kind {
        case .opened(let opening): writer.message(3) { Self.encode(opening, into: &$0) }
        case .subject(let content): writer.explicitNumber(4, UInt64(content))
        case .message(let posting): writer.message(5) { Self.encode(posting, into: &$0) }
        case .note(let id, let content):
            writer.message(6) {
                $0.identifier(1, id)
                $0.number(2, UInt64(content))
            }
        case .correction(let message, let content):
            writer.message(7) {
                $0.identifier(1, message)
                $0.optionalNumber(2, content)
            }
        case .ownership(let step): writer.message(8) { Self.encode(step, into: &$0) }
        case .resolved(let resolution):
            writer.message(9) {
                $0.text(1, resolution.outcome)
                $0.number(2, UInt64(resolution.told.rawValue))
                $0.optionalNumber(3, resolution.note)
            }
        case .reopened(let note): writer.message(10) { $0.optionalNumber(1, note) }
        case .priority(let value): writer.explicitNumber(11, UInt64(value.rawValue))
        case .review(let flag): writer.explicitNumber(12, flag ? 1 : 0)
        case .escalated(let level): writer.explicitNumber(13, UInt64(level))
        case .escalationAcknowledged: writer.message(14) { _ in }
        case .category(let id, let urgency):
            writer.message(15) {
                $0.identifier(1, id)
                $0.number(2, UInt64(urgency.rawValue))
            }
        case .due(let time): writer.moment(16, time)
        case .snoozed(let until): writer.moment(17, until)
        case .tagged(let tag): writer.explicitText(18, tag)
        case .untagged(let tag): writer.explicitText(19, tag)
        case .read: writer.message(20) { _ in }
        case .draft(let content): writer.message(21) { $0.optionalNumber(1, content) }
        case .moved(let office): writer.identifier(22, office)
        case .language(let tag): writer.explicitText(23, tag)
        case .mergedInto(.some(let thread)): writer.identifier(24, thread)
        case .mergedInto(nil): writer.message(24) { _ in }
        case .contentKey(let tag, let content):
            writer.message(25) {
                $0.number(1, UInt64(tag))
                $0.number(2, UInt64(content))
            }
        case .answeredTwiceAcknowledged: writer.message(26) { _ in }
        case .holdPlaced, .holdReleased, .purged, .purgeNoted: Self.encode(keeping: kind, into: &writer)
        case .split(let split):
            writer.message(31) {
                $0.identifier(1, split.into)
                Self.encode(split.parts, into: &$0)
            }
        case .continued(let continuation):
            writer.message(32) {
                $0.identifier(1, continuation.from)
                Self.encode(continuation.parts, into: &$0)
                $0.number(3, continuation.isWaiting ? 1 : 0)
            }
        case .shared(let staff, let until):
            writer.message(33) {
                $0.identifier(1, staff)
                $0.moment(2, until)
            }
        case .unshared(let staff): writer.identifier(34, staff)
        }
    }

    private static func encode(_ parts: [ThreadSplit.Part], into writer: inout ByteWriter) {
        for part in parts {
            writer.message(2) {
                $0.identifier(1, part.message)
                $0.message(2) { $0.packedDots([part.changeSet]) }
            }
        }
    }

    private static func encode(keeping kind: ThreadChange, into writer: inout ByteWriter) {
        switch kind {
        case .holdPlaced(let hold):
            writer.message(27) {
                $0.text(1, hold.token)
                $0.text(2, hold.reason)
                if let review = hold.review { $0.moment(3, review) }
            }
        case .holdReleased(let token): writer.explicitText(28, token)
        case .purged(let order):
            writer.message(29) {
                $0.text(1, order.reason)
                $0.text(2, order.retentionClass)
            }
        case .purgeNoted(let step, let purge):
            writer.message(30) {
                $0.message(1) { $0.packedDots([purge]) }
                $0.number(2, UInt64(step.rawValue))
            }
        default: break
        }
    }

    private func encode(_ kind: PatientChange, into writer: inout ByteWriter) {
        switch kind {
        case .details(let details):
            writer.message(40) {
                $0.text(1, details.name)
                $0.text(2, details.born)
                $0.text(3, details.phone)
                $0.text(4, details.email)
                $0.text(5, details.language)
                $0.number(6, UInt64(details.channel.rawValue))
                if let office = details.office { $0.identifier(7, office) }
            }
        case .consent(let consent):
            writer.message(41) {
                $0.number(1, UInt64(consent.scope.channel.rawValue))
                $0.number(2, UInt64(consent.scope.purpose.rawValue))
                $0.number(3, consent.isGranted ? 1 : 0)
            }
        case .linked(let other): writer.identifier(42, other)
        case .unlinked(let other): writer.identifier(43, other)
        }
    }

    private static func encode(_ opening: ThreadOpening, into writer: inout ByteWriter) {
        writer.identifier(1, opening.patient)
        writer.identifier(2, opening.office)
        writer.identifier(3, opening.category)
        writer.number(4, UInt64(opening.urgency.rawValue))
        writer.identifier(5, opening.queue)
        writer.text(6, opening.language)
    }

    private static func encode(_ posting: MessagePosting, into writer: inout ByteWriter) {
        writer.identifier(1, posting.id)
        writer.number(2, UInt64(posting.direction.rawValue))
        writer.number(3, UInt64(posting.channel.rawValue))
        writer.number(4, UInt64(posting.content))
        writer.number(5, UInt64(posting.key))
        if !posting.answers.isEmpty { writer.message(6) { $0.packedDots(posting.answers) } }
    }

    private static func encode(_ step: OwnershipChange, into writer: inout ByteWriter) {
        writer.number(1, UInt64(step.act.rawValue))
        if let from = step.from { writer.owner(2, from) }
        writer.owner(3, step.to)
        writer.optionalNumber(4, step.note)
        writer.text(5, step.reason)
    }

    private static func encode(_ profile: OfficeProfile, into writer: inout ByteWriter) {
        writer.text(1, profile.key)
        writer.text(2, profile.name)
        writer.text(3, profile.timeZone)
    }

    private static func encode(_ profile: StaffProfile, into writer: inout ByteWriter) {
        writer.text(1, profile.key)
        writer.text(2, profile.name)
        writer.number(3, UInt64(profile.role.rawValue))
        for office in profile.offices { writer.identifier(4, office) }
        for language in profile.languages { writer.explicitText(5, language) }
        writer.number(6, profile.isActive ? 1 : 0)
    }

    private static func encode(_ profile: QueueProfile, into writer: inout ByteWriter) {
        writer.text(1, profile.key)
        writer.text(2, profile.name)
        if let office = profile.office { writer.identifier(3, office) }
        for member in profile.members { writer.identifier(4, member) }
        if let primary = profile.primary { writer.identifier(5, primary) }
        if let backup = profile.backup { writer.identifier(6, backup) }
    }

    private static func encode(_ profile: CategoryProfile, into writer: inout ByteWriter) {
        writer.text(1, profile.key)
        writer.text(2, profile.name)
        writer.number(3, UInt64(profile.urgency.rawValue))
        writer.number(4, profile.needsReview ? 1 : 0)
        writer.number(5, UInt64(profile.responseMinutes))
        for destination in profile.destinations {
            writer.message(6) {
                $0.identifier(1, destination.office)
                $0.identifier(2, destination.queue)
            }
        }
    }
}
