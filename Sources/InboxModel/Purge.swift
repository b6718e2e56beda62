public import Causality

/// A reason to keep a thread whole, such as a lawyer's letter.
public struct LegalHold: Hashable, Sendable {
    /// What the hold is known by, such as the number of the matter; several threads may be held by one. Not a patient's name.
    public let token: String
    /// Why, in a few words without details of the patient: it stays in the record.
    public let reason: String
    /// When to look at it again, in milliseconds since 1970. It goes on holding after that: a clock must not end it.
    public let review: Int64?

    /// A hold from its parts.
    public init(token: String, reason: String, review: Int64? = nil) {
        self.token = token
        self.reason = reason
        self.review = review
    }
}

/// That a thread's contents are to be destroyed, and why.
public struct PurgeOrder: Hashable, Sendable {
    /// Why, in a few words without details of the patient: it stays in the record.
    public let reason: String
    /// The class of records whose retention has ended, such as `adult-7y`.
    public let retentionClass: String

    /// An order from its parts.
    public init(reason: String, retentionClass: String) {
        self.reason = reason
        self.retentionClass = retentionClass
    }
}

/// One purge of a thread, as it is kept.
public struct PurgeMark: Hashable, Sendable {
    /// Which change set ordered it, and when. Its dot names the purge.
    public let stamp: Stamp
    /// Why.
    public let order: PurgeOrder
    /// Who ordered it.
    public let by: Actor
    /// What it covers: the thread as whoever ordered it saw it.
    public let seen: VersionVector

    /// A purge from its parts.
    public init(stamp: Stamp, order: PurgeOrder, by: Actor, seen: VersionVector) {
        self.stamp = stamp
        self.order = order
        self.by = by
        self.seen = seen
    }
}

/// How far a member is with a purge.
public enum PurgeStep: UInt8, Hashable, Sendable, CaseIterable {
    /// It knows of the purge. Every hold that was placed at it without knowing of the purge stands before this in its log.
    case acknowledged = 0
    /// Nothing that the purge covers is left on it.
    case destroyed = 1
}

/// That a replica has taken a step of a purge.
public struct PurgeNote: Hashable, Comparable, Sendable {
    /// The purge.
    public let purge: Dot
    /// The step.
    public let step: PurgeStep
    /// Which change set says so, and when: its replica is the one that took the step.
    public let stamp: Stamp

    /// A note from its parts.
    public init(purge: Dot, step: PurgeStep, stamp: Stamp) {
        self.purge = purge
        self.step = step
        self.stamp = stamp
    }

    /// By purge, step, then the note's dot.
    public static func < (left: PurgeNote, right: PurgeNote) -> Bool {
        if left.purge != right.purge { return left.purge < right.purge }
        return left.step == right.step ? left.stamp.dot < right.stamp.dot : left.step.rawValue < right.step.rawValue
    }
}
