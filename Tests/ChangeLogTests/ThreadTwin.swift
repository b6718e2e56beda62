import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import WireProtocol

/// Changes of a thread ⇄ generated types.
enum ThreadTwin {
    static func kind(_ change: ThreadChange) -> Suture_V1_Change.OneOf_Kind {
        switch change {
        case .opened(let opening): .opened(message(opening))
        case .subject(let content): .subject(UInt32(content))
        case .message(let posting): .message(message(posting))
        case .note(let id, let content):
            .note(
                .with {
                    $0.id = ProtobufTwin.data(id)
                    $0.content = UInt32(content)
                })
        case .correction(let id, let content):
            .correction(
                .with {
                    $0.message = ProtobufTwin.data(id)
                    if let content { $0.content = UInt32(content) }
                })
        case .ownership(let step): .ownership(message(step))
        case .resolved(let resolution):
            .resolved(
                .with {
                    $0.outcome = resolution.outcome
                    $0.told = UInt32(resolution.told.rawValue)
                    if let note = resolution.note { $0.note = UInt32(note) }
                })
        case .reopened(let note): .reopened(.with { if let note { $0.note = UInt32(note) } })
        case .draft(let content): .draft(.with { if let content { $0.content = UInt32(content) } })
        case .contentKey(let tag, let content):
            .contentKey(
                .with {
                    $0.tag = tag
                    $0.content = UInt32(content)
                })
        default: field(change)
        }
    }

    private static func field(_ change: ThreadChange) -> Suture_V1_Change.OneOf_Kind {
        switch change {
        case .priority(let value): .priority(UInt32(value.rawValue))
        case .review(let flag): .review(flag)
        case .escalated(let level): .escalated(UInt32(level))
        case .escalationAcknowledged: .escalationAcknowledged(Suture_V1_Empty())
        case .category(let id, let urgency):
            .category(
                .with {
                    $0.category = ProtobufTwin.data(id)
                    $0.urgency = UInt32(urgency.rawValue)
                })
        case .due(let time): .due(.with { if let time { $0.milliseconds = time } })
        case .snoozed(let time): .snoozed(.with { if let time { $0.milliseconds = time } })
        case .tagged(let tag): .tagged(tag)
        case .untagged(let tag): .untagged(tag)
        case .read: .read(Suture_V1_Empty())
        case .moved(let office): .moved(ProtobufTwin.data(office))
        case .language(let tag): .language(tag)
        case .mergedInto(let thread): .mergedInto(thread.map { ProtobufTwin.data($0) } ?? Data())
        case .holdPlaced, .holdReleased, .purged, .purgeNoted: keeping(change)
        case .split(let split):
            .split(
                .with {
                    $0.into = ProtobufTwin.data(split.into)
                    $0.parts = split.parts.map(part)
                })
        case .continued(let continuation):
            .continued(
                .with {
                    $0.from = ProtobufTwin.data(continuation.from)
                    $0.parts = continuation.parts.map(part)
                    $0.waiting = continuation.isWaiting
                })
        case .shared(let staff, let until):
            .shared(
                .with {
                    $0.staff = ProtobufTwin.data(staff)
                    $0.until = .with { $0.milliseconds = until }
                })
        case .unshared(let staff): .unshared(ProtobufTwin.data(staff))
        default: .answeredTwiceAcknowledged(Suture_V1_Empty())
        }
    }

    private static func part(_ part: ThreadSplit.Part) -> Suture_V1_SplitPart {
        .with {
            $0.message = ProtobufTwin.data(part.message)
            $0.changeSet = ProtobufTwin.dots([part.changeSet])
        }
    }

    private static func parts(_ parts: [Suture_V1_SplitPart]) throws -> [ThreadSplit.Part] {
        try parts.map { part in
            guard let dot = try ProtobufTwin.dots(part.changeSet).first else { throw ProtobufTwin.Unreadable() }
            return ThreadSplit.Part(try ProtobufTwin.entity(part.message), in: dot)
        }
    }

    private static func keeping(_ change: ThreadChange) -> Suture_V1_Change.OneOf_Kind {
        switch change {
        case .holdPlaced(let hold):
            .holdPlaced(
                .with {
                    $0.token = hold.token
                    $0.reason = hold.reason
                    if let review = hold.review { $0.review = .with { $0.milliseconds = review } }
                })
        case .purged(let order):
            .purged(
                .with {
                    $0.reason = order.reason
                    $0.retentionClass = order.retentionClass
                })
        case .purgeNoted(let step, let purge):
            .purgeNoted(
                .with {
                    $0.purge = ProtobufTwin.dots([purge])
                    $0.step = UInt32(step.rawValue)
                })
        case .holdReleased(let token): .holdReleased(token)
        default: .answeredTwiceAcknowledged(Suture_V1_Empty())
        }
    }

    private static func message(_ opening: ThreadOpening) -> Suture_V1_ThreadOpened {
        .with {
            $0.patient = ProtobufTwin.data(opening.patient)
            $0.office = ProtobufTwin.data(opening.office)
            $0.category = ProtobufTwin.data(opening.category)
            $0.urgency = UInt32(opening.urgency.rawValue)
            $0.queue = ProtobufTwin.data(opening.queue)
            $0.language = opening.language
        }
    }

    private static func message(_ posting: MessagePosting) -> Suture_V1_Message {
        .with {
            $0.id = ProtobufTwin.data(posting.id)
            $0.direction = UInt32(posting.direction.rawValue)
            $0.channel = UInt32(posting.channel.rawValue)
            $0.content = UInt32(posting.content)
            $0.key = posting.key
            $0.answers = ProtobufTwin.dots(posting.answers)
        }
    }

    private static func message(_ step: OwnershipChange) -> Suture_V1_Ownership {
        .with {
            $0.act = UInt32(step.act.rawValue)
            if let from = step.from { $0.from = owner(from) }
            $0.to = owner(step.to)
            if let note = step.note { $0.note = UInt32(note) }
            $0.reason = step.reason
        }
    }

    private static func owner(_ owner: Owner) -> Suture_V1_Owner {
        .with {
            switch owner {
            case .queue(let id): $0.queue = ProtobufTwin.data(id)
            case .staff(let id): $0.staff = ProtobufTwin.data(id)
            }
        }
    }

    /// The change, or nil where `kind` is not of a thread.
    static func change(_ kind: Suture_V1_Change.OneOf_Kind) throws -> ThreadChange? {
        switch kind {
        case .opened(let opening):
            .opened(
                ThreadOpening(
                    patient: try ProtobufTwin.entity(opening.patient), office: try ProtobufTwin.entity(opening.office),
                    category: try ProtobufTwin.entity(opening.category), urgency: try known(opening.urgency),
                    queue: try ProtobufTwin.entity(opening.queue), language: opening.language))
        case .subject(let content): .subject(content: UInt16(content))
        case .message(let message):
            .message(
                MessagePosting(
                    id: try ProtobufTwin.entity(message.id), direction: try known(message.direction),
                    channel: try known(message.channel), content: UInt16(message.content), key: message.key,
                    answers: try ProtobufTwin.dots(message.answers)))
        case .note(let note): .note(try ProtobufTwin.entity(note.id), content: UInt16(note.content))
        case .correction(let correction):
            .correction(
                of: try ProtobufTwin.entity(correction.message),
                content: correction.hasContent ? UInt16(correction.content) : nil)
        case .ownership(let step):
            .ownership(
                OwnershipChange(
                    act: try known(step.act), from: step.hasFrom ? try owner(step.from) : nil, to: try owner(step.to),
                    note: step.hasNote ? UInt16(step.note) : nil, reason: step.reason))
        case .resolved(let resolved):
            .resolved(
                Resolution(
                    outcome: resolved.outcome, told: try known(resolved.told),
                    note: resolved.hasNote ? UInt16(resolved.note) : nil))
        case .reopened(let reopened): .reopened(note: reopened.hasNote ? UInt16(reopened.note) : nil)
        case .draft(let draft): .draft(content: draft.hasContent ? UInt16(draft.content) : nil)
        case .contentKey(let key): .contentKey(tag: key.tag, content: UInt16(key.content))
        default: try field(kind)
        }
    }

    private static func field(_ kind: Suture_V1_Change.OneOf_Kind) throws -> ThreadChange? {
        switch kind {
        case .priority(let value): .priority(try known(value))
        case .review(let flag): .review(flag)
        case .escalated(let level): .escalated(level: UInt8(level))
        case .escalationAcknowledged: .escalationAcknowledged
        case .category(let filed): .category(try ProtobufTwin.entity(filed.category), try known(filed.urgency))
        case .due(let moment): .due(moment.hasMilliseconds ? moment.milliseconds : nil)
        case .snoozed(let moment): .snoozed(until: moment.hasMilliseconds ? moment.milliseconds : nil)
        case .tagged(let tag): .tagged(tag)
        case .untagged(let tag): .untagged(tag)
        case .read: .read
        case .moved(let office): .moved(try ProtobufTwin.entity(office))
        case .language(let tag): .language(tag)
        case .mergedInto(let thread): .mergedInto(thread.isEmpty ? nil : try ProtobufTwin.entity(thread))
        case .answeredTwiceAcknowledged: .answeredTwiceAcknowledged
        case .holdPlaced(let hold):
            .holdPlaced(
                LegalHold(
                    token: hold.token, reason: hold.reason,
                    review: hold.hasReview && hold.review.hasMilliseconds ? hold.review.milliseconds : nil))
        case .holdReleased(let token): .holdReleased(token: token)
        case .purged(let order): .purged(PurgeOrder(reason: order.reason, retentionClass: order.retentionClass))
        case .purgeNoted(let note):
            try ProtobufTwin.dots(note.purge).first.map { .purgeNoted(try known(note.step), of: $0) }
        case .split(let split): .split(ThreadSplit(try parts(split.parts), into: try ProtobufTwin.entity(split.into)))
        case .continued(let continuation):
            .continued(
                ThreadContinuation(
                    from: try ProtobufTwin.entity(continuation.from), try parts(continuation.parts), isWaiting: continuation.waiting))
        case .shared(let share):
            .shared(try ProtobufTwin.entity(share.staff), until: share.until.milliseconds)
        case .unshared(let staff): .unshared(try ProtobufTwin.entity(staff))
        default: nil
        }
    }

    private static func owner(_ message: Suture_V1_Owner) throws -> Owner {
        switch message.kind {
        case .queue(let id): .queue(try ProtobufTwin.entity(id))
        case .staff(let id): .staff(try ProtobufTwin.entity(id))
        case nil: throw ProtobufTwin.Unreadable()
        }
    }

    static func known<Value: RawRepresentable>(_ raw: UInt32) throws -> Value where Value.RawValue == UInt8 {
        guard let value = UInt8(exactly: raw).flatMap(Value.init(rawValue:)) else { throw ProtobufTwin.Unreadable() }
        return value
    }
}
