public import ChangeLog
public import InboxModel
import Vault

/// How things stand with one invitation, for administrators.
public struct InvitationStatus: Hashable, Sendable {
    /// How far it has come.
    public enum Stage: String, Hashable, Sendable {
        /// Nobody has used it.
        case open
        /// A device has begun to join; its code is not known yet.
        case joining
        /// A device waits for its code to be compared.
        case waiting
        /// It let a member in.
        case admitted
        /// An administrator declined the device.
        case declined
        /// An administrator took it back.
        case cancelled
        /// Its time has passed.
        case expired
    }

    /// A name for it: the first eight digits of its public key.
    public let id: String
    /// What kind of device it is for.
    public let kind: MemberKind
    /// For which office.
    public let office: OfficeID?
    /// Whether it lets a device in without codes being compared.
    public let isPreApproved: Bool
    /// Until when, in milliseconds since 1970.
    public let expires: Int64
    /// How far it has come.
    public let stage: Stage
    /// The device that has begun to join with it.
    public let device: PendingDevice?
}

/// A device that has asked to join.
public struct PendingDevice: Hashable, Sendable {
    /// The member that it asks to become.
    public let member: Member
    /// The code that its screen must show too; nil while it is not known.
    public let code: JoinCode?
    /// When it began, in milliseconds since 1970.
    public let since: Int64
}

extension BrainState {
    /// All invitations that are remembered, by the time of their end.
    func invitationStatus(of node: OfficeNode) -> [InvitationStatus] {
        invitations.sorted { ($0.value.expires, $0.key) < ($1.value.expires, $1.key) }.map { key, record in
            InvitationStatus(
                id: Invitation.name(of: key), kind: record.kind, office: record.office,
                isPreApproved: record.isPreApproved, expires: record.expires, stage: record.stage.name,
                device: device(of: record, node))
        }
    }

    private func device(of record: InvitationRecord, _ node: OfficeNode) -> PendingDevice? {
        // A record that cannot be read was refused when it came.
        guard case .joining(let join) = record.stage, let member = try? RosterCodec.member(join.member) else { return nil }
        return PendingDevice(
            member: member, code: join.code(group: node.group, inviter: node.identity.curve.publicKey), since: join.since)
    }
}

extension InvitationRecord.Stage {
    fileprivate var name: InvitationStatus.Stage {
        switch self {
        case .open: .open
        case .joining(let join): join.deviceNonce == nil ? .joining : .waiting
        case .admitted: .admitted
        case .declined: .declined
        case .cancelled: .cancelled
        case .expired: .expired
        }
    }
}
