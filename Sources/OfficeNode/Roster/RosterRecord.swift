import Causality
import ChangeLog
import InboxModel
import SyncEngine
import Vault

/// One change of the roster, as read from a change set.
enum RosterRecord {
    /// The group's founding, byte for byte.
    case genesis([UInt8])
    case admitted(Member)
    case replicaStarted(ReplicaID, MemberID)
    case endpointChanged(MemberID, String)
    case epochGranted(EpochGrant)
    case removed(MemberRemoval)
    case epochStarted(EpochStart)
    case roleChanged(MemberID, MemberRole)
    case officeChanged(MemberID, OfficeID?)
    case policyChanged(GroupPolicy)
    case recovered(Recovery)
    case adopted([LogRange])
    /// A record that a newer version wrote.
    case unknown
}

/// The roster changes of one change set.
struct RosterChanges {
    var records: [RosterRecord]
    /// The newest roster changes of other logs that the author had applied, ascending by replica: what is in their past and in that
    /// of its own log, it had seen.
    var seen: [TaggedClockEntry]

    init(_ records: [RosterRecord], seen: [TaggedClockEntry] = []) {
        self.records = records
        self.seen = seen
    }
}

/// An epoch key for one member, sealed to its box key.
struct EpochGrant: Hashable, Sendable {
    let epoch: EpochID
    let member: MemberID
    let sealedKey: [UInt8]
}

/// A new epoch, as an administrator began it.
struct EpochStart: Hashable, Sendable {
    let epoch: EpochID
    /// Epochs that are not to be written with any more. Ascending.
    let supersedes: [EpochID]
    /// In milliseconds since 1970.
    let time: Int64
}

/// What founds a group.
struct Genesis {
    let groupName: String
    let nonce: [UInt8]
    let administrators: [Member]
    let epoch: EpochID
    /// Who can appoint an administrator when the last one is lost; ascending.
    var recoverySigners: [SigningPublicKey] = []
    /// How many of them it takes.
    var recoveryThreshold = 0
    /// In milliseconds since 1970.
    var founded: Int64 = 0
}

/// Why a roster record or membership message could not be read.
struct RosterError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
