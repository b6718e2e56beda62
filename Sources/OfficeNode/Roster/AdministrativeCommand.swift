public import ChangeLog
public import InboxModel
public import SyncEngine

/// What an administrator does about members, keys and what was set aside. Each is one change set or nothing.
public enum AdministrativeCommand: Sendable {
    /// Shuts a member out and begins a new epoch. What it wrote beyond what this node holds of its logs is set aside everywhere.
    case revoke(MemberID, reason: String)
    /// Lets a member go in good order, this one included; a new epoch begins.
    case retire(MemberID, reason: String)
    /// Begins a new epoch.
    case rotate
    /// Changes what a member may do to the roster.
    case setRole(MemberID, MemberRole)
    /// Moves a device to another office.
    case setOffice(MemberID, OfficeID?)
    /// Says what the group demands. What is nil stays as it is.
    case setPolicy(GroupPolicy)
    /// Takes change sets out of quarantine: they are merged everywhere.
    case adopt([LogRange])
    /// Appoints an administrator as the recovery signers have ordered: the order as `RecoveryOrder` made it, and their signatures.
    case recover(order: [UInt8], [RecoverySignature])
}
