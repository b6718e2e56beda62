public import Causality

/// One typed thing that happened. State is the set of all changes; everything shown is a function of it.
public enum Change: Hashable, Sendable {
    /// Something happened to a thread. `context` is the thread's clock as its author's page showed it.
    case thread(ThreadID, context: VersionVector, ThreadChange)
    /// Something happened to a patient's record. `context` as above.
    case patient(PatientID, context: VersionVector, PatientChange)
    /// A version of a document of the group's directory was written. `context` as above.
    case directory(DirectoryDocument, context: VersionVector)
    /// Somebody looked at something, signed in, was refused. Changes nothing that is shown; the log keeps it.
    case audit(AuditEntry)
    /// A change that a newer version wrote. Kept, forwarded, and applied after an upgrade.
    case unknown(UnknownChange)

    /// What its author's page showed of the entity.
    public var context: VersionVector {
        switch self {
        case .thread(_, let context, _), .patient(_, let context, _), .directory(_, let context): context
        case .audit, .unknown: VersionVector()
        }
    }
}

/// A change that this version cannot read, by its number in the change format.
public struct UnknownChange: Hashable, Sendable {
    /// The field number in `Protocol/change.proto`.
    public let number: UInt32

    /// The unknown change of field `number`.
    public init(number: UInt32) { self.number = number }
}

/// The changes that one action made together, as its author's replica numbered them.
public struct ChangeSet: Hashable, Sendable {
    /// Which change set, and when.
    public let stamp: Stamp
    /// Who acted.
    public let actor: Actor
    /// The office at whose node it was done, if the node belongs to one.
    public let office: OfficeID?
    /// What happened, in order. Later changes supersede earlier ones of the same set.
    public let changes: [Change]

    /// A change set from its parts.
    public init(stamp: Stamp, actor: Actor, office: OfficeID?, changes: [Change]) {
        self.stamp = stamp
        self.actor = actor
        self.office = office
        self.changes = changes
    }

    /// The change set's name.
    public var dot: Dot { stamp.dot }
}
