import Causality
import InboxModel

/// All that is shown of one thread, as plain values that two ways of computing it can be compared by.
struct ShownThread: Equatable {
    struct Tag: Equatable {
        /// UTF-8, because two labels that only look alike are two labels.
        let label: [UInt8]
        let added: [Dot]
    }

    struct Answer: Equatable {
        let message: Dot
        let replies: [Dot]
        let isAnsweredTwice: Bool
    }

    struct Draft: Equatable {
        let staff: StaffID
        let texts: [ContentReference]
    }

    var clock = VersionVector()
    var opening: ThreadOpening?
    var openedAt: HybridTimestamp?
    var owner: Owner?
    var claimants: [Owner] = []
    var offeredTo: Owner?
    var category: FiledCategory?
    var office: OfficeID?
    var subject: ContentReference?
    var language = ""
    var priority = Priority.normal
    var needsReview = false
    var escalationLevel: UInt8 = 0
    var due: Int64?
    var snoozedUntil: Int64?
    var mergedInto: ThreadID?
    var unanswered: [Dot] = []
    var attention: [AttentionItem.Kind: [Dot]] = [:]
    var resolution: ResolutionMark?
    var status = ThreadStatus.queued
    var flags: ThreadFlags = []
    var tags: [Tag] = []
    var answered: [Answer] = []
    var drafts: [Draft] = []
    var readMarks: [StaffID: VersionVector] = [:]
    var contentKeys: [[UInt64]] = []
    var messageCount: UInt64 = 0
    var lastInbound: Stamp?
    var lastOutbound: Stamp?
    var lastActivity: Stamp?

    init() {}

    init(_ state: ThreadState) {
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
        messageCount = state.messageCount
        lastInbound = state.lastInbound
        lastOutbound = state.lastOutbound
        lastActivity = state.lastActivity
    }

    static func key(_ tag: UInt32, _ dot: Dot, _ content: UInt16) -> [UInt64] {
        [UInt64(tag), dot.replica.rawValue, dot.sequence, UInt64(content)]
    }
}

/// The fields in which two values of one type differ, in readable lines.
func differences<Value: Equatable>(merged: Value, reference: Value) -> [String] {
    if merged == reference { return [] }
    let pairs = zip(Mirror(reflecting: merged).children, Mirror(reflecting: reference).children)
    let lines = pairs.compactMap { left, right -> String? in
        let (merged, reference) = ("\(left.value)", "\(right.value)")
        return merged == reference ? nil : Cast.readable("\(left.label ?? "?"): merged \(merged), reference \(reference)")
    }
    return lines.isEmpty ? ["the values differ, though not in how they are described"] : lines
}
