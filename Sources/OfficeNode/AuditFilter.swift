public import InboxModel

/// Which lines of the audit somebody wants to see. What is nil asks for nothing.
public struct AuditFilter: Hashable, Sendable {
    /// Who did it.
    public var staff: StaffID?
    /// Whose record it was about.
    public var patient: PatientID?
    /// Which thread it was about.
    public var thread: ThreadID?
    /// What was done; empty for everything.
    public var actions: Set<AuditEntry.Action> = []
    /// Only what was refused or failed.
    public var isTrouble = false
    /// Not before, in milliseconds since 1970.
    public var from: Int64?
    /// Not after, in milliseconds since 1970.
    public var to: Int64?

    /// A filter that lets everything through.
    public init() {}
}

/// One line of the audit: an entry that a node recorded, or a change set that a person or node made.
public struct AuditLine: Hashable, Sendable {
    /// Which change set holds it, and when it was made.
    public let stamp: Stamp
    /// Its place among the change set's lines.
    public let index: Int
    /// When it happened, in milliseconds since 1970.
    public let at: Int64
    /// What was done.
    public let action: AuditEntry.Action
    /// How it ended.
    public let outcome: AuditEntry.Outcome
    /// Who.
    public let actor: Actor
    /// What they might do then, where it was recorded.
    public let role: Role?
    /// The member at whose node it was done, by name.
    public let member: String
    /// The office at whose node it was done.
    public let office: OfficeID?
    /// Whose record.
    public let patient: PatientID?
    /// Which thread.
    public let thread: ThreadID?
    /// Where a request came from.
    public let address: String
    /// In a few words, never what was said.
    public let detail: String
}

/// A part of the audit, the newest first.
public struct AuditSlice: Sendable {
    /// The lines.
    public let lines: [AuditLine]
    /// Where to go on; nil where there is nothing earlier.
    public let next: Stamp?
    /// How many change sets were looked at.
    public let changeSetsRead: Int
}
