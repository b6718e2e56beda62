import Causality
import ChangeLog
import InboxModel

/// Every kind of change, with ordinary, empty and large values.
enum Samples {
    static let thread = ThreadID(high: 0x0190_0000_0000_1111, low: 0x2222_3333_4444_5555)
    static let patient = PatientID(high: 0x0190_0000_0000_6666, low: 0x7777)
    static let context = VersionVector([.init(ReplicaID(0xA1), 3), .init(ReplicaID(.max), .max)])
    private static let longest = String(repeating: "ñ", count: 512)

    static let message = Change.thread(
        thread, context: VersionVector(),
        .message(MessagePosting(id: MessageID(high: 1, low: 2), direction: .inbound, channel: .portal, content: 0)))

    static let threadChanges: [ThreadChange] =
        openings + messages + ownership + conversation + fields + keeping + splitting + sharing

    private static let openings: [ThreadChange] = UrgencyClass.allCases.map {
        .opened(
            ThreadOpening(
                patient: patient, office: OfficeID(high: 1, low: .max), category: CategoryID(high: 0, low: 0),
                urgency: $0,
                queue: QueueID(high: .max, low: .max), language: $0 == .soon ? "" : "es-MX"))
    }

    private static let messages: [ThreadChange] =
        Channel.allCases.flatMap { channel in
            Direction.allCases.map { direction in
                .message(
                    MessagePosting(
                        id: MessageID(high: 9, low: 8), direction: direction, channel: channel, content: 63, key: .max,
                        answers: [Dot(ReplicaID(1), 1), Dot(ReplicaID(1), 300), Dot(ReplicaID(.max), .max)]))
            }
        } + [
            .message(MessagePosting(id: MessageID(high: 0, low: 0), direction: .inbound, channel: .portal, content: 0))
        ]

    private static let ownership: [ThreadChange] = OwnershipAct.allCases.flatMap { act -> [ThreadChange] in
        [
            .ownership(OwnershipChange(act: act, from: nil, to: .queue(QueueID(high: 3, low: 4)))),
            .ownership(
                OwnershipChange(
                    act: act, from: .staff(StaffID(high: 5, low: 6)), to: .staff(StaffID(high: 0, low: 0)), note: 0,
                    reason: longest)),
            .ownership(
                OwnershipChange(
                    act: act, from: .queue(QueueID(high: 7, low: 7)), to: .staff(StaffID(high: 1, low: 0)), note: 63))
        ]
    }

    private static let conversation: [ThreadChange] =
        PatientTold.allCases.flatMap { told -> [ThreadChange] in
            [
                .resolved(Resolution(outcome: "", told: told)),
                .resolved(Resolution(outcome: "appointment-booked", told: told, note: 0)),
                .resolved(Resolution(outcome: longest, told: told, note: 63))
            ]
        } + [
            .subject(content: 0), .subject(content: 63), .note(MessageID(high: 1, low: 1), content: 0),
            .note(MessageID(high: 0, low: 0), content: 63), .correction(of: MessageID(high: 1, low: 1), content: nil),
            .correction(of: MessageID(high: 1, low: 1), content: 0), .reopened(note: nil), .reopened(note: 0),
            .reopened(note: 5), .draft(content: nil), .draft(content: 0), .draft(content: 63),
            .contentKey(tag: 0, content: 0), .contentKey(tag: .max, content: 63), .read, .answeredTwiceAcknowledged
        ]

    private static let fields: [ThreadChange] =
        Priority.allCases.map { .priority($0) }
        + UrgencyClass.allCases.map { .category(CategoryID(high: 1, low: 2), $0) }
        + [nil, 0, 1, -1, 1_700_000_000_000, .max, .min].flatMap { [.due($0), .snoozed(until: $0)] }
        + ["", "insurance", "überfällig · 手術", longest].flatMap { [.tagged($0), .untagged($0), .language($0)] }
        + [
            .review(true), .review(false), .escalated(level: 0), .escalated(level: 1), .escalated(level: .max),
            .escalationAcknowledged, .moved(OfficeID(high: 0, low: 0)), .moved(OfficeID(high: 1, low: 2)),
            .mergedInto(nil),
            .mergedInto(ThreadID(high: 0, low: 0)), .mergedInto(ThreadID(high: 4, low: 4))
        ]

    private static let keeping: [ThreadChange] =
        [nil, 0, -1, .max].map { .holdPlaced(LegalHold(token: "2026-17", reason: "lawyer's letter", review: $0)) }
        + PurgeStep.allCases.flatMap { step -> [ThreadChange] in
            [.purgeNoted(step, of: Dot(ReplicaID(1), 1)), .purgeNoted(step, of: Dot(ReplicaID(.max), .max))]
        } + [
            .holdPlaced(LegalHold(token: "", reason: longest)), .holdReleased(token: ""), .holdReleased(token: longest),
            .purged(PurgeOrder(reason: "retention ended", retentionClass: "adult-7y")),
            .purged(PurgeOrder(reason: "", retentionClass: longest))
        ]

    private static let splitting: [ThreadChange] = {
        let part = ThreadSplit.Part(MessageID(high: 9, low: 8), in: Dot(ReplicaID(1), 300))
        let parts = [part, ThreadSplit.Part(MessageID(high: 0, low: 0), in: Dot(ReplicaID(.max), .max))]
        let thread = ThreadID(high: 4, low: 4)
        return [
            .split(ThreadSplit(parts, into: thread)), .split(ThreadSplit([], into: ThreadID(high: 0, low: 0))),
            .continued(ThreadContinuation(from: thread, parts, isWaiting: true)),
            .continued(ThreadContinuation(from: thread, [part], isWaiting: false)),
        ]
    }()

    private static let sharing: [ThreadChange] =
        [0, -1, 1_700_000_000_000, .max, .min].map { .shared(StaffID(high: 5, low: 6), until: $0) } + [
            .shared(StaffID(high: 0, low: 0), until: 1), .unshared(StaffID(high: 5, low: 6)), .unshared(StaffID(high: 0, low: 0)),
        ]

    static let patientChanges: [PatientChange] =
        Channel.allCases.map {
            .details(
                PatientDetails(
                    name: "Ana Ruiz", born: "1980-02-29", phone: "+1 410 555 0100", email: "ana@example.org",
                    language: "es",
                    channel: $0, office: OfficeID(high: 1, low: 1)))
        }
        + Channel.allCases.flatMap { channel in
            ConsentPurpose.allCases.flatMap { purpose in
                [true, false].map { .consent(Consent(ConsentScope(channel, purpose), isGranted: $0)) }
            }
        } + [
            .details(PatientDetails(name: "", language: "")),
            .details(PatientDetails(name: longest, born: longest, email: longest)),
            .linked(PatientID(high: 0, low: 0)), .unlinked(PatientID(high: 1, low: 2))
        ]

    static let documents: [DirectoryDocument] =
        Role.allCases.map {
            .staff(
                StaffID(high: 1, low: 1),
                StaffProfile(
                    key: "dana", name: "Dana Wolfe", role: $0,
                    offices: [OfficeID(high: 2, low: 1), OfficeID(high: 1, low: 1)],
                    languages: ["en", "", "es"], isActive: $0 != .billing))
        }
        + UrgencyClass.allCases.map {
            .category(
                CategoryID(high: 1, low: 1),
                CategoryProfile(
                    key: "post-op", name: "Post-op concern", urgency: $0, needsReview: $0 > .soon,
                    responseMinutes: .max,
                    destinations: [.init(office: OfficeID(high: 0, low: 0), queue: QueueID(high: 0, low: 1))]))
        } + [
            .office(OfficeID(high: 1, low: 1), OfficeProfile(key: "TOW", name: "Towson", timeZone: "America/New_York")),
            .office(OfficeID(high: 0, low: 0), OfficeProfile(key: "", name: "", timeZone: longest)),
            .staff(
                StaffID(high: 0, low: 0),
                StaffProfile(key: "", name: "", role: .frontDesk, offices: [], isActive: false)),
            .queue(
                QueueID(high: 1, low: 1),
                QueueProfile(
                    key: "q", name: "Front desk", office: OfficeID(high: 1, low: 1),
                    members: (0..<40).map { StaffID(high: 3, low: $0) }, primary: StaffID(high: 3, low: 3),
                    backup: StaffID(high: 0, low: 0))),
            .queue(QueueID(high: 0, low: 0), QueueProfile(key: "", name: "", office: nil, members: [])),
            .category(
                CategoryID(high: 0, low: 0),
                CategoryProfile(
                    key: "", name: "", urgency: .routine, needsReview: false, responseMinutes: 0, destinations: [])),
            .account(AccountID(of: StaffID(high: 3, low: 3)), AccountProfile(staff: StaffID(high: 3, low: 3))),
            .account(
                AccountID(of: StaffID(high: 0, low: 0)),
                AccountProfile(
                    staff: StaffID(high: 0, low: 0), passwordHash: "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
                    secondFactor: Array(0..<20), mustChange: true, endedBefore: 1_700_000_000_000)),
            .token(
                TokenID(high: 1, low: 9),
                TokenProfile(
                    name: "Nightly export", staff: StaffID(high: 3, low: 3), hash: [UInt8](repeating: 7, count: 32),
                    scopes: [.read, .administer], expires: 1_800_000_000_000, isRevoked: true)),
            .authority(AuthorityID(high: 1, low: 3), AuthorityProfile(certificate: [], key: [], generation: 0, begins: 0)),
            .authority(
                AuthorityID(high: 0, low: 0),
                AuthorityProfile(
                    certificate: [UInt8](repeating: 0x30, count: AuthorityProfile.certificateBytesMax),
                    key: [UInt8](repeating: 9, count: AuthorityProfile.keyBytes), generation: .max, begins: 1_800_000_000_000)),
        ]

    static let audit: [AuditEntry] =
        AuditEntry.Action.allCases.map { AuditEntry(at: 1_700_000_000_000, action: $0, staff: StaffID(high: 3, low: 3), role: .frontDesk) }
        + AuditEntry.Outcome.allCases.map { AuditEntry(at: 0, action: .signIn, outcome: $0, address: "192.0.2.7") }
        + [
            AuditEntry(
                at: -1, action: .breakGlass, staff: StaffID(high: 0, low: 0), role: .operator, patient: patient,
                thread: ThreadID(high: 0, low: 0), address: "2001:db8::7", detail: longest)
        ]

    static let actors: [Actor] = [
        .system, .staff(StaffID(high: 1, low: 2)), .staff(StaffID(high: 0, low: 0)), .patient(patient), .automation(""),
        .automation("escalate-unanswered")
    ]

    /// Every sample as a change.
    static let changes: [Change] =
        threadChanges.map { .thread(thread, context: context, $0) }
        + patientChanges.map { .patient(patient, context: context, $0) }
        + documents.map { .directory($0, context: context) }
        + audit.map { .audit($0) }

    /// A body of `changes`, the first of its log.
    static func body(
        _ changes: [Change], by actor: Actor = .system, office: OfficeID? = nil, clock: [TaggedClockEntry] = [],
        isFullClock: Bool = true
    ) -> ChangeSetBody {
        let stamp = Stamp(Dot(ReplicaID(0xA1), 1), HybridTimestamp(rawValue: 0x0190_0102_0304_0506))
        return ChangeSetBody(
            set: ChangeSet(stamp: stamp, actor: actor, office: office, changes: changes), clock: clock,
            isFullClock: isFullClock)
    }
}

extension SplitMix64 {
    /// A body that mixes sample changes of a few entities with contexts that come and go.
    mutating func body() -> ChangeSetBody {
        let contexts = [VersionVector(), Samples.context, VersionVector(Dot(ReplicaID(next()), (next() >> 40) + 1))]
        let entities = [Samples.thread, ThreadID(high: 0, low: 0), ThreadID(high: next(), low: next())]
        let changes = (0..<Int.random(in: 0...12, using: &self)).map { _ -> Change in
            let context = pick(contexts)
            let entity = pick(entities)
            return switch Int.random(in: 0..<6, using: &self) {
            case 0:
                .patient(PatientID(high: entity.high, low: entity.low), context: context, pick(Samples.patientChanges))
            case 1: .directory(pick(Samples.documents), context: context)
            case 2: .audit(pick(Samples.audit))
            default: .thread(entity, context: context, pick(Samples.threadChanges))
            }
        }
        let clock = (1...UInt64.random(in: 1...5, using: &self)).map {
            TaggedClockEntry(
                ReplicaID($0 << 56 | (next() >> 8)), (next() >> UInt64.random(in: 0..<63, using: &self)) | 1,
                tag: UInt32(truncatingIfNeeded: next()))
        }
        return Samples.body(
            changes, by: pick(Samples.actors), office: Bool.random(using: &self) ? OfficeID(high: next(), low: 1) : nil,
            clock: Bool.random(using: &self) ? clock : [], isFullClock: Bool.random(using: &self))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &self)] }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
