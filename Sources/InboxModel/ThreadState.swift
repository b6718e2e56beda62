public import Causality

/// Everything that merging needs to know of one thread: the live values of each field and the observed-remove sets.
///
/// A pure function of the set of the thread's changes, whatever causally valid order they were applied in. The thread's
/// messages and history are not here: they are the change sets themselves, kept all, ordered by (time, dot).
public struct ThreadState: Hashable, Sendable {
    /// The thread.
    public let id: ThreadID
    /// The join of the dots of all changes applied: the context of whoever sees this state.
    public internal(set) var clock = VersionVector()
    /// How the thread began. Several only where automation opened it at two offices from one cause; the first counts.
    public internal(set) var openings = LiveValues<ThreadOpening>()
    /// Who is accountable. Never empty once opened.
    public internal(set) var owners = LiveValues<OwnershipClaim>()
    /// Who was asked to take the thread and has not answered.
    public internal(set) var offers = LiveValues<Owner>()
    /// What kind of matter.
    public internal(set) var categories = LiveValues<FiledCategory>()
    /// The offices that the thread was moved to; empty for the one it was opened at.
    public internal(set) var offices = LiveValues<OfficeID>()
    /// What it is about.
    public internal(set) var subjects = LiveValues<ContentReference>()
    /// Languages set since the opening.
    public internal(set) var languages = LiveValues<String>()
    /// How pressing.
    public internal(set) var priorities = LiveValues<Priority>()
    /// Whether only clinical staff may answer.
    public internal(set) var reviews = LiveValues<Bool>()
    /// Escalation levels that nobody has acknowledged.
    public internal(set) var escalations = LiveValues<EscalationLevel>()
    /// When a reply is due.
    public internal(set) var dues = LiveValues<DueTime>()
    /// Until when the thread is hidden.
    public internal(set) var snoozes = LiveValues<Snooze>()
    /// Labels, each with the dots that added it. Ascending by label.
    public internal(set) var tags: [TagEntry] = []
    /// What waits for an answer: inbound messages and reopenings nobody has answered or resolved having seen them. Ascending.
    public internal(set) var attention: [AttentionItem] = []
    /// The join of the dots of all inbound messages: what a snooze must have seen to hold.
    public internal(set) var inboundClock = VersionVector()
    /// How the matter ended, until something that saw it goes on.
    public internal(set) var resolutions = LiveValues<ResolutionMark>()
    /// The inbound messages that were answered, each with the replies that did. Ascending by message.
    public internal(set) var answered: [AnsweredMessage] = []
    /// Unfinished replies. Ascending by person.
    public internal(set) var drafts: [DraftEntry] = []
    /// What each person has seen. Ascending by person.
    public internal(set) var readMarks: [ReadMark] = []
    /// The threads this one was merged into.
    public internal(set) var merges = LiveValues<MergeTarget>()
    /// The keys that contents are sealed under. Ascending by place.
    public internal(set) var contentKeys: [ContentKeyEntry] = []
    /// The holds that nobody has released having seen them: while there is one, nothing is destroyed.
    public internal(set) var holds = LiveValues<LegalHold>()
    /// The join of the dots of all holds ever placed: what a purge must have seen to be carried out.
    public internal(set) var holdClock = VersionVector()
    /// What was ordered to be destroyed. Ascending by dot; none is ever removed.
    public internal(set) var purges: [PurgeMark] = []
    /// How far each replica is with the purges. Ascending.
    public internal(set) var purgeNotes: [PurgeNote] = []
    /// The messages that went on in other threads. Ascending; none is ever removed.
    public internal(set) var splits: [SplitMark] = []
    /// What was said of sharing it with accounts from outside the practice.
    public internal(set) var shares = LiveValues<ThreadShare>()
    /// How many messages there are, both ways.
    public internal(set) var messageCount: UInt64 = 0
    /// The last inbound message.
    public internal(set) var lastInbound: Stamp?
    /// The last outbound message.
    public internal(set) var lastOutbound: Stamp?
    /// The last thing that anybody did, reading and drafting excepted.
    public internal(set) var lastActivity: Stamp?

    /// A thread of which nothing is known yet.
    public init(id: ThreadID) { self.id = id }
}
