public import Causality

/// One live claim on a thread.
public struct OwnershipClaim: Hashable, Sendable {
    /// Which claims come first among concurrent ones.
    public enum Rank: UInt8, Hashable, Comparable, Sendable {
        /// A rule's.
        case automation = 0
        /// A person's.
        case person = 1
        /// A supervisor's assignment.
        case assignment = 2

        /// The weaker first.
        public static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    /// Who would be accountable.
    public let owner: Owner
    /// How much the claim counts.
    public let rank: Rank
    /// What was done.
    public let act: OwnershipAct

    /// A claim from its parts.
    public init(owner: Owner, rank: Rank, act: OwnershipAct) {
        self.owner = owner
        self.rank = rank
        self.act = act
    }
}

/// A category and the urgency class it had when the thread was filed.
public struct FiledCategory: Hashable, Sendable {
    /// The category.
    public let category: CategoryID
    /// Its class at that moment.
    public let urgency: UrgencyClass

    /// `category`, filed as `urgency`.
    public init(_ category: CategoryID, _ urgency: UrgencyClass) {
        self.category = category
        self.urgency = urgency
    }
}

/// A level of the escalation ladder, from 1.
public struct EscalationLevel: Hashable, Comparable, Sendable {
    /// The level.
    public let value: UInt8

    /// Level `value`.
    public init(_ value: UInt8) { self.value = value }

    /// The lower first.
    public static func < (left: EscalationLevel, right: EscalationLevel) -> Bool { left.value < right.value }
}

/// When a reply is due.
public struct DueTime: Hashable, Sendable {
    /// Milliseconds since 1970; nil for never.
    public let milliseconds: Int64?

    /// Due at `milliseconds`, or never.
    public init(_ milliseconds: Int64?) { self.milliseconds = milliseconds }
}

/// A wish to see the thread later.
public struct Snooze: Hashable, Sendable {
    /// Milliseconds since 1970; nil wakes the thread.
    public let until: Int64?
    /// What the person's page had shown: an inbound message beyond it wakes the thread, one of the same change set too.
    public let seen: VersionVector

    /// Hidden until `until` by somebody who had `seen` that much.
    public init(until: Int64?, seen: VersionVector) {
        self.until = until
        self.seen = seen
    }
}

/// A label and the writes that added it; gone when all of them were taken off by people who saw them.
public struct TagEntry: Hashable, Sendable {
    /// The label.
    public let tag: String
    /// The change sets that added it. Ascending, never empty.
    public var added: [Dot]
}

/// Something in a thread that waits for an answer.
public struct AttentionItem: Hashable, Comparable, Sendable {
    /// What kind of thing.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A message from the patient.
        case inbound = 0
        /// Somebody opened the matter again.
        case reopening = 1
    }

    /// What brought it.
    public let stamp: Stamp
    /// What kind.
    public let kind: Kind

    /// By time, then dot, then kind.
    public static func < (left: AttentionItem, right: AttentionItem) -> Bool {
        left.stamp == right.stamp ? left.kind.rawValue < right.kind.rawValue : left.stamp < right.stamp
    }
}

/// How and by whom a matter was ended.
public struct ResolutionMark: Hashable, Sendable {
    /// A short outcome code.
    public let outcome: String
    /// Whether the patient knows.
    public let told: PatientTold
    /// Who ended it.
    public let by: Actor

    /// A resolution by `by`.
    public init(outcome: String, told: PatientTold, by: Actor) {
        self.outcome = outcome
        self.told = told
        self.by = by
    }
}

/// An inbound message and the replies that answered it. Two that nobody has looked at together are a conflict.
public struct AnsweredMessage: Hashable, Sendable {
    /// The inbound message.
    public let message: Dot
    /// The replies. Ascending.
    public private(set) var replies: [Dot]
    /// Groups of replies that one person saw together and settled: by ending the matter, by saying so, or by answering
    /// again. Ascending; empty where there is one reply.
    ///
    /// A group is what a settling change's context covers of the replies. Causal order makes that the same on every node:
    /// all that the context covers was merged before.
    public private(set) var settled: [[Dot]]

    /// `message`, answered by `reply`.
    init(message: Dot, reply: Dot) {
        self.message = message
        replies = [reply]
        settled = []
    }

    /// An answered message from its parts.
    init(message: Dot, replies: [Dot], settled: [[Dot]]) {
        self.message = message
        self.replies = replies
        self.settled = settled
    }

    /// Whether two of the replies were never seen together by somebody who settled it.
    public var isAnsweredTwice: Bool {
        for (index, first) in replies.enumerated() {
            for second in replies[(index + 1)...]
            where !settled.contains(where: { $0.contains(first) && $0.contains(second) }) {
                return true
            }
        }
        return false
    }

    mutating func add(_ reply: Dot) {
        if replies.contains(reply) { return }
        replies.append(reply)
        replies.sort()
    }

    mutating func settle(seen: SeenContext) {
        let group = replies.filter { seen.covers($0) }
        if group.count < 2 || settled.contains(group) { return }
        settled.append(group)
        settled.sort { $0.lexicographicallyPrecedes($1) }
    }
}

/// One person's unfinished replies; more than one only where the person wrote at two offices while apart.
public struct DraftEntry: Hashable, Sendable {
    /// Whose.
    public let staff: StaffID
    /// The texts.
    public var values: LiveValues<ContentReference>
}

/// What one person has seen of a thread.
public struct ReadMark: Hashable, Sendable {
    /// Who.
    public let staff: StaffID
    /// What.
    public var seen: VersionVector
}

/// Where a thread goes on.
public struct MergeTarget: Hashable, Sendable {
    /// The other thread; nil takes the merge back.
    public let thread: ThreadID?

    /// Goes on in `thread`.
    public init(_ thread: ThreadID?) { self.thread = thread }
}

/// A key that contents of the thread are sealed under.
public struct ContentKeyEntry: Hashable, Comparable, Sendable {
    /// How messages name it; 0 is the first.
    public let tag: UInt32
    /// Where the key itself lies, sealed.
    public let reference: ContentReference

    /// By tag, then place.
    public static func < (left: ContentKeyEntry, right: ContentKeyEntry) -> Bool {
        left.tag == right.tag ? left.reference < right.reference : left.tag < right.tag
    }
}
