public import Causality

/// Something that happened to a thread. Text is content: the change names its place in the change set.
public enum ThreadChange: Hashable, Sendable {
    /// The thread began.
    case opened(ThreadOpening)
    /// What the thread is about was written.
    case subject(content: UInt16)
    /// A message was received or sent.
    case message(MessagePosting)
    /// An internal note was written. Never shown to patients.
    case note(MessageID, content: UInt16)
    /// A message or note was corrected (new text), or redacted (`content` nil). The original stays in the record.
    case correction(of: MessageID, content: UInt16?)
    /// Ownership moved, or a handoff was offered or declined.
    case ownership(OwnershipChange)
    /// The matter ended.
    case resolved(Resolution)
    /// Somebody opened the matter again.
    case reopened(note: UInt16?)
    /// How pressing it is.
    case priority(Priority)
    /// Whether only clinical staff may answer.
    case review(Bool)
    /// The escalation ladder's level, from 1.
    case escalated(level: UInt8)
    /// A person acknowledged the escalation.
    case escalationAcknowledged
    /// What kind of matter it is, with the category's urgency class when it was filed.
    case category(CategoryID, UrgencyClass)
    /// When a reply is due, in milliseconds since 1970; nil for never.
    case due(Int64?)
    /// Hidden from the daily list until then (milliseconds since 1970); nil wakes it.
    case snoozed(until: Int64?)
    /// A label was added.
    case tagged(String)
    /// A label was taken off.
    case untagged(String)
    /// The acting person saw what the context covers.
    case read
    /// The acting person's unfinished reply; nil when it was sent or discarded.
    case draft(content: UInt16?)
    /// The thread belongs to another office now.
    case moved(OfficeID)
    /// The language to answer in, as a BCP 47 tag.
    case language(String)
    /// The thread goes on in another one; nil takes that back.
    case mergedInto(ThreadID?)
    /// The key that the thread's contents are sealed under, itself content; `tag` is how messages name it.
    case contentKey(tag: UInt32, content: UInt16)
    /// Somebody read that the patient was answered twice.
    case answeredTwiceAcknowledged
    /// Nothing of the thread may be destroyed until that hold is released.
    case holdPlaced(LegalHold)
    /// The holds of that token which the acting person saw are over.
    case holdReleased(token: String)
    /// What the context covers is to be destroyed on every member.
    case purged(PurgeOrder)
    /// How far the acting member is with a purge, named by its change set.
    case purgeNoted(PurgeStep, of: Dot)
    /// Messages of the thread go on in another one, which the same change set says too.
    case split(ThreadSplit)
    /// Messages of another thread go on here; copies of them come before this in the same change set.
    case continued(ThreadContinuation)
    /// An account from outside the practice may read the thread until then, in milliseconds since 1970.
    case shared(StaffID, until: Int64)
    /// It may not any more.
    case unshared(StaffID)
}

/// How a thread began.
public struct ThreadOpening: Hashable, Sendable {
    /// Whose matter it is.
    public let patient: PatientID
    /// The office it concerns.
    public let office: OfficeID
    /// What kind of matter.
    public let category: CategoryID
    /// The category's urgency class at that moment.
    public let urgency: UrgencyClass
    /// The queue that is accountable from the first moment, so that no thread is ever without.
    public let queue: QueueID
    /// The language to answer in, as a BCP 47 tag.
    public let language: String

    /// An opening from its parts.
    public init(
        patient: PatientID, office: OfficeID, category: CategoryID, urgency: UrgencyClass, queue: QueueID,
        language: String
    ) {
        self.patient = patient
        self.office = office
        self.category = category
        self.urgency = urgency
        self.queue = queue
        self.language = language
    }
}

/// A message that was received or sent.
public struct MessagePosting: Hashable, Sendable {
    /// Names the message for ever.
    public let id: MessageID
    /// Which way it went.
    public let direction: Direction
    /// How it travelled.
    public let channel: Channel
    /// Where its text lies.
    public let content: UInt16
    /// The content key it is sealed under; 0 is the thread's first.
    public let key: UInt32
    /// The inbound messages that this reply answers: what its author saw waiting. Ascending.
    public let answers: [Dot]

    /// A message from its parts.
    public init(
        id: MessageID, direction: Direction, channel: Channel, content: UInt16, key: UInt32 = 0, answers: [Dot] = []
    ) {
        self.id = id
        self.direction = direction
        self.channel = channel
        self.content = content
        self.key = key
        self.answers = answers
    }
}

/// How ownership moved.
public enum OwnershipAct: UInt8, Hashable, Sendable, CaseIterable {
    /// A rule gave the thread to a queue or person.
    case routed = 0
    /// Somebody took it.
    case claimed = 1
    /// The owner gave it back to a queue.
    case released = 2
    /// The owner asked somebody to take it; stays accountable until they accept.
    case offered = 3
    /// The person asked took it.
    case accepted = 4
    /// The person asked did not take it.
    case declined = 5
    /// A supervisor gave it to somebody.
    case assigned = 6
    /// It moved up the escalation ladder.
    case escalated = 7

    /// Whether the act makes `OwnershipChange.to` the owner (an offer or refusal does not).
    public var movesOwnership: Bool { self != .offered && self != .declined }
}

/// One step in the history of who was accountable.
public struct OwnershipChange: Hashable, Sendable {
    /// What was done.
    public let act: OwnershipAct
    /// The owner that the acting person saw.
    public let from: Owner?
    /// The new owner, or the one asked or refusing.
    public let to: Owner
    /// A note to the next owner, as content.
    public let note: UInt16?
    /// A short reason code, such as `cover` or `timeout`.
    public let reason: String

    /// A step from its parts.
    public init(act: OwnershipAct, from: Owner?, to: Owner, note: UInt16? = nil, reason: String = "") {
        self.act = act
        self.from = from
        self.to = to
        self.note = note
        self.reason = reason
    }
}

/// How a matter ended.
public struct Resolution: Hashable, Sendable {
    /// A short outcome code, such as `answered` or `appointment-booked`.
    public let outcome: String
    /// Whether the patient knows.
    public let told: PatientTold
    /// More about it, as content.
    public let note: UInt16?

    /// A resolution from its parts.
    public init(outcome: String, told: PatientTold, note: UInt16? = nil) {
        self.outcome = outcome
        self.told = told
        self.note = note
    }
}
