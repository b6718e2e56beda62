public import Causality
public import InboxModel

/// All that is shown of one thread, as plain values that two ways of computing it can be compared by.
public struct ShownThread: Equatable, Sendable {
    /// A label.
    public struct Tag: Equatable, Sendable {
        /// UTF-8, because two labels that only look alike are two labels.
        public let label: [UInt8]
        /// The change sets that added it. Ascending.
        public let added: [Dot]
    }

    /// An answered message.
    public struct Answer: Equatable, Sendable {
        /// The message.
        public let message: Dot
        /// The replies. Ascending.
        public let replies: [Dot]
        /// Whether two of them were sent apart and nobody has settled it.
        public let isAnsweredTwice: Bool
    }

    /// One person's unfinished reply.
    public struct Draft: Equatable, Sendable {
        /// Whose.
        public let staff: StaffID
        /// Where its versions lie. Ascending.
        public let texts: [ContentReference]
    }

    /// The clock of the thread's page.
    public internal(set) var clock = VersionVector()
    /// How it began.
    public internal(set) var opening: ThreadOpening?
    /// When it began.
    public internal(set) var openedAt: HybridTimestamp?
    /// Who is accountable.
    public internal(set) var owner: Owner?
    /// Everybody who claimed it while apart, the effective one first.
    public internal(set) var claimants: [Owner] = []
    /// Who was asked to take it.
    public internal(set) var offeredTo: Owner?
    /// What kind of matter.
    public internal(set) var category: FiledCategory?
    /// The office it belongs to.
    public internal(set) var office: OfficeID?
    /// Where its subject lies.
    public internal(set) var subject: ContentReference?
    /// The language to answer in.
    public internal(set) var language = ""
    /// How pressing.
    public internal(set) var priority = Priority.normal
    /// Whether only clinical staff may answer.
    public internal(set) var needsReview = false
    /// The highest level that nobody acknowledged; 0 for none.
    public internal(set) var escalationLevel: UInt8 = 0
    /// When a reply is due, in milliseconds since 1970.
    public internal(set) var due: Int64?
    /// Until when it is hidden, in milliseconds since 1970.
    public internal(set) var snoozedUntil: Int64?
    /// The thread it goes on in.
    public internal(set) var mergedInto: ThreadID?
    /// The inbound messages that nobody answered. Ascending.
    public internal(set) var unanswered: [Dot] = []
    /// What waits, by kind; each ascending.
    public internal(set) var attention: [AttentionItem.Kind: [Dot]] = [:]
    /// How the matter ended.
    public internal(set) var resolution: ResolutionMark?
    /// Its progress.
    public internal(set) var status = ThreadStatus.queued
    /// What people must be told.
    public internal(set) var flags: ThreadFlags = []
    /// Its labels, ascending.
    public internal(set) var tags: [Tag] = []
    /// The answered messages, ascending.
    public internal(set) var answered: [Answer] = []
    /// Unfinished replies, ascending by person.
    public internal(set) var drafts: [Draft] = []
    /// What each person has seen.
    public internal(set) var readMarks: [StaffID: VersionVector] = [:]
    /// Where its content keys lie, in numbers. Ascending.
    public internal(set) var contentKeys: [[UInt64]] = []
    /// What forbids that anything of it is destroyed.
    public internal(set) var holds: [LegalHold] = []
    /// The purges that are carried out. Ascending.
    public internal(set) var purges: [Dot] = []
    /// How far replicas are with purges. Ascending.
    public internal(set) var purgeNotes: [PurgeNote] = []
    /// What went on in other threads.
    public internal(set) var splits: Set<SplitMark> = []
    /// Until when it is shared with accounts from outside the practice, in milliseconds since 1970.
    public internal(set) var shares: [StaffID: Int64] = [:]
    /// How many messages, both ways.
    public internal(set) var messageCount: UInt64 = 0
    /// The last inbound message.
    public internal(set) var lastInbound: Stamp?
    /// The last outbound message.
    public internal(set) var lastOutbound: Stamp?
    /// The last thing anybody did, reading and drafting excepted.
    public internal(set) var lastActivity: Stamp?

    init() {}

    /// What a merged state shows.
    public init(_ state: ThreadState) {
        clock = state.clock
        opening = state.opening
        openedAt = state.openedAt
        owner = state.owner
        claimants = state.claimants
        offeredTo = state.offeredTo
        category = state.category
        office = state.office
        subject = state.subject
        language = state.language
        priority = state.priority
        needsReview = state.needsReview
        escalationLevel = state.escalationLevel
        due = state.due
        snoozedUntil = state.snoozedUntil
        mergedInto = state.mergedInto
        unanswered = state.unanswered
        attention = Dictionary(grouping: state.attention, by: \.kind).mapValues { $0.map(\.stamp.dot).sorted() }
        resolution = state.resolution
        status = state.status
        flags = state.flags
        tags = state.tags.map { Tag(label: Array($0.tag.utf8), added: $0.added) }
        answered = state.answered.map {
            Answer(message: $0.message, replies: $0.replies, isAnsweredTwice: $0.isAnsweredTwice)
        }
        drafts = state.drafts.map { Draft(staff: $0.staff, texts: $0.values.entries.map(\.value)) }
        readMarks = Dictionary(uniqueKeysWithValues: state.readMarks.map { ($0.staff, $0.seen) })
        contentKeys = state.contentKeys.map { Self.key($0.tag, $0.reference.dot, $0.reference.index) }
        holds = state.holds.entries.map(\.value)
        purges = Set(state.purgesInEffect.map(\.stamp.dot)).sorted()
        purgeNotes = state.purgeNotes
        splits = Set(state.splits)
        shares = Dictionary(uniqueKeysWithValues: state.sharedAccounts.map { ($0.staff, $0.until) })
        messageCount = state.messageCount
        lastInbound = state.lastInbound
        lastOutbound = state.lastOutbound
        lastActivity = state.lastActivity
    }

    static func key(_ tag: UInt32, _ dot: Dot, _ content: UInt16) -> [UInt64] {
        [UInt64(tag), dot.replica.rawValue, dot.sequence, UInt64(content)]
    }
}
