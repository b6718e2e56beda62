public import Causality

/// What people see of a thread's progress.
public enum ThreadStatus: UInt8, Hashable, Sendable, CaseIterable {
    /// Nobody but its queue is accountable, and something waits.
    case queued = 0
    /// A person is accountable, and something waits.
    case owned = 1
    /// Answered; the patient's turn.
    case waitingOnPatient = 2
    /// Up the escalation ladder and not acknowledged.
    case escalated = 3
    /// Ended.
    case resolved = 4
    /// Goes on in another thread.
    case merged = 5
}

/// Things about a thread that people must be told, not overruled about.
public struct ThreadFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    /// Flags from their bits.
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    // Inlinable, and no stored constants: counting looks at them for every open thread there is, in another module.

    /// Several people own it because they acted while apart.
    @inlinable public static var contested: ThreadFlags { ThreadFlags(rawValue: 1 << 0) }
    /// Two replies to one patient message, sent apart.
    @inlinable public static var answeredTwice: ThreadFlags { ThreadFlags(rawValue: 1 << 1) }
    /// Filed under two categories, apart.
    @inlinable public static var filedTwice: ThreadFlags { ThreadFlags(rawValue: 1 << 2) }
    /// Resolved by somebody who had not seen everything.
    @inlinable public static var unseenByResolver: ThreadFlags { ThreadFlags(rawValue: 1 << 3) }
    /// A patient message waits for an answer.
    @inlinable public static var needsReply: ThreadFlags { ThreadFlags(rawValue: 1 << 4) }
    /// Only clinical staff may answer.
    @inlinable public static var clinicalReview: ThreadFlags { ThreadFlags(rawValue: 1 << 5) }
    /// Somebody was asked to take it.
    @inlinable public static var handOffPending: ThreadFlags { ThreadFlags(rawValue: 1 << 6) }
    /// Opened again after it had ended.
    @inlinable public static var reopened: ThreadFlags { ThreadFlags(rawValue: 1 << 7) }
    /// Nothing of it may be destroyed.
    @inlinable public static var held: ThreadFlags { ThreadFlags(rawValue: 1 << 8) }
    /// What was said is not shown any more and is destroyed, or will be.
    @inlinable public static var purged: ThreadFlags { ThreadFlags(rawValue: 1 << 9) }

    /// The flags that say that two offices acted at the same time.
    @inlinable public static var conflicts: ThreadFlags { [.contested, .answeredTwice, .filedTwice, .unseenByResolver] }
}

// What is shown: each a total order over the live values, never a pairwise contest (`merge.md`, field rules).
extension ThreadState {
    /// How the thread began, or nil where its opening is not known.
    public var opening: ThreadOpening? { openings.earliest?.value }

    /// When the thread began.
    public var openedAt: HybridTimestamp? { openings.earliest?.stamp.timestamp }

    /// The claim that counts: a supervisor's assignment before a person's before automation's; then the earliest.
    public var effectiveClaim: LiveValues<OwnershipClaim>.Entry? {
        owners.entries.min {
            $0.value.rank == $1.value.rank ? $0.stamp < $1.stamp : $0.value.rank > $1.value.rank
        }
    }

    /// Who is accountable.
    public var owner: Owner? { effectiveClaim?.value.owner }

    /// All owners that people claimed for while apart, the effective one first; one or none where nothing is contested.
    public var claimants: [Owner] {
        let claims = owners.entries.filter { $0.value.rank > .automation }
            .sorted { $0.value.rank == $1.value.rank ? $0.stamp < $1.stamp : $0.value.rank > $1.value.rank }
        var result: [Owner] = []
        for claim in claims where !result.contains(claim.value.owner) { result.append(claim.value.owner) }
        return result
    }

    /// Who was asked to take the thread: of several asked while apart, the first.
    public var offeredTo: Owner? { offers.earliest?.value }

    /// The category shown: the higher urgency class, then the later dot.
    public var category: FiledCategory? {
        categories.entries.max {
            $0.value.urgency == $1.value.urgency ? $0.stamp.dot < $1.stamp.dot : $0.value.urgency < $1.value.urgency
        }?.value
    }

    /// The office it belongs to.
    public var office: OfficeID? { offices.latest?.value ?? opening?.office }

    /// What it is about.
    public var subject: ContentReference? { subjects.latest?.value }

    /// The language to answer in.
    public var language: String { languages.latest?.value ?? opening?.language ?? "en" }

    /// The most urgent of the live priorities.
    public var priority: Priority { priorities.entries.map(\.value).max() ?? .normal }

    /// Whether any live value asks for clinical review.
    public var needsReview: Bool { reviews.entries.contains { $0.value } }

    /// The highest level that nobody has acknowledged, 0 for none.
    public var escalationLevel: UInt8 { escalations.entries.map(\.value.value).max() ?? 0 }

    /// The earliest due time, in milliseconds since 1970.
    public var due: Int64? { dues.entries.compactMap(\.value.milliseconds).min() }

    /// The earliest wake-up, unless an inbound message that the person had not seen has woken the thread already.
    public var snoozedUntil: Int64? {
        if snoozes.entries.contains(where: { $0.value.until == nil || !$0.value.seen.dominates(inboundClock) }) {
            return nil
        }
        return snoozes.entries.compactMap(\.value.until).min()
    }

    /// The thread that this one goes on in: of several merged into while apart, the smallest id.
    public var mergedInto: ThreadID? { merges.entries.compactMap(\.value.thread).min() }

    /// The inbound messages that nobody has answered or resolved having seen them. Ascending.
    public var unanswered: [Dot] { attention.filter { $0.kind == .inbound }.map(\.stamp.dot).sorted() }

    /// How the matter ended, if it did.
    public var resolution: ResolutionMark? { resolutions.latest?.value }

    /// What the thread's progress is.
    public var status: ThreadStatus {
        if mergedInto != nil { return .merged }
        if escalationLevel > 0 { return .escalated }
        if attention.isEmpty && !resolutions.isEmpty { return .resolved }
        if attention.isEmpty && lastOutbound != nil { return .waitingOnPatient }
        return owner?.staff == nil ? .queued : .owned
    }

    /// What people must be told.
    public var flags: ThreadFlags {
        var flags: ThreadFlags = []
        if owners.isConcurrent && claimants.count > 1 { flags.insert(.contested) }
        if answered.contains(where: { $0.isAnsweredTwice }) { flags.insert(.answeredTwice) }
        if categories.isConcurrent && Set(categories.entries.map(\.value.category)).count > 1 {
            flags.insert(.filedTwice)
        }
        if !attention.isEmpty {
            if !resolutions.isEmpty { flags.insert(.unseenByResolver) }
            if attention.contains(where: { $0.kind == .inbound }) { flags.insert(.needsReply) }
            if attention.contains(where: { $0.kind == .reopening }) { flags.insert(.reopened) }
        }
        if needsReview { flags.insert(.clinicalReview) }
        if !offers.isEmpty { flags.insert(.handOffPending) }
        if !holds.isEmpty { flags.insert(.held) }
        if !purgesInEffect.isEmpty { flags.insert(.purged) }
        return flags
    }
}
