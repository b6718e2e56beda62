public import InboxModel

/// What kinds of thing one change set did to one thread.
public struct TimelineKinds: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    /// Kinds from their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A message from the patient.
    public static let inbound = TimelineKinds(rawValue: 1 << 0)
    /// A message to the patient.
    public static let outbound = TimelineKinds(rawValue: 1 << 1)
    /// An internal note, or a correction of a message or note.
    public static let note = TimelineKinds(rawValue: 1 << 2)
    /// Ownership, offers and escalation.
    public static let ownership = TimelineKinds(rawValue: 1 << 3)
    /// Opened, resolved, reopened, merged, split.
    public static let status = TimelineKinds(rawValue: 1 << 4)
    /// Any other field.
    public static let field = TimelineKinds(rawValue: 1 << 5)
    /// One person's own affair, or the sealing's: read marks, drafts, content keys, how far a purge is.
    public static let privateMark = TimelineKinds(rawValue: 1 << 6)

    /// The kind of one change.
    public init(_ change: ThreadChange) {
        switch change {
        case .message(let posting): self = posting.direction == .inbound ? .inbound : .outbound
        case .note, .correction: self = .note
        case .ownership, .escalated, .escalationAcknowledged: self = .ownership
        case .opened, .resolved, .reopened, .mergedInto, .split, .continued: self = .status
        case .read, .draft, .contentKey, .purgeNoted: self = .privateMark
        default: self = .field
        }
    }
}

/// One step of a thread's history: which change set, when, and what kinds of thing it did.
public struct TimelineRow: Hashable, Comparable, Sendable {
    /// Which change set, and when.
    public let stamp: Stamp
    /// What it did.
    public let kinds: TimelineKinds

    /// A step from its parts.
    public init(stamp: Stamp, kinds: TimelineKinds) {
        self.stamp = stamp
        self.kinds = kinds
    }

    /// By time, then dot.
    public static func < (left: TimelineRow, right: TimelineRow) -> Bool { left.stamp < right.stamp }
}
