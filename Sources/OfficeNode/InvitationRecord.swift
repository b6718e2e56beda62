import Causality
import ChangeLog
import InboxModel
import Vault

/// An invitation as the inviting node remembers it, from its making until a day after its end: who comes late is told why.
struct InvitationRecord: Hashable, Sendable {
    /// How many invitations a node remembers.
    static let countMax = 64
    /// How many devices may wait to be compared at once.
    static let waitingMax = 8
    /// How often a device may begin anew with one invitation. Each time is a try at hitting the code.
    static let startsMax: UInt8 = 5

    let kind: MemberKind
    let office: OfficeID?
    let isPreApproved: Bool
    let expires: Int64
    /// How far it has come.
    var stage = Stage.open
    /// How often a device has begun to join with it.
    var starts: UInt8 = 0

    /// How far it has come.
    enum Stage: Hashable, Sendable {
        /// Nobody has used it.
        case open
        /// A device has begun to join.
        case joining(PendingJoin)
        /// It let this member in. The answer may be lost on the way, and be asked for again.
        case admitted(MemberID)
        /// An administrator did not let the device in.
        case declined
        /// An administrator took it back.
        case cancelled
        /// Its time passed before it let anybody in.
        case expired
    }

    /// Whether it can still let a device in.
    var isOpen: Bool {
        switch stage {
        case .open, .joining: true
        case .admitted, .declined, .cancelled, .expired: false
        }
    }

    /// The device that waits for its code to be compared.
    var waiting: PendingJoin? {
        guard case .joining(let join) = stage, join.deviceNonce != nil else { return nil }
        return join
    }

    /// Whether it has ended without being marked so, or is old enough to be forgotten.
    func isDue(at now: Int64) -> Bool { isOpen && now > expires || isForgotten(at: now) }

    /// Whether nobody is told anything about it any more.
    func isForgotten(at now: Int64) -> Bool { now > expires + Invitation.lifetime }

    /// Why it lets nobody in, in words for the device; nil where it may.
    func refusal(of member: MemberID, at now: Int64) -> String? {
        switch stage {
        case .admitted(let user): user == member ? nil : "the invitation was used already: ask for a new one"
        case .declined: "an administrator declined to let the device in: ask why, and for a new invitation"
        case .cancelled: "the invitation was cancelled: ask for a new one"
        case .expired: "the invitation has expired: ask for a new one"
        case .open, .joining: now > expires ? "the invitation has expired: ask for a new one" : nil
        }
    }
}

/// A device in the middle of joining.
struct PendingJoin: Hashable, Sendable {
    /// The serialized `Member` that it asks to become.
    let member: [UInt8]
    /// What it committed to.
    let commitment: Digest
    /// This node's random number.
    let inviterNonce: [UInt8]
    /// The device's, once it was revealed.
    var deviceNonce: [UInt8]?
    /// When it began, in milliseconds since 1970.
    let since: Int64

    /// The code, once both numbers are known.
    func code(group: GroupID, inviter: CurvePublicKey) -> JoinCode? {
        deviceNonce.map {
            JoinCode(group: group, member: member, inviter: inviter, deviceNonce: $0, inviterNonce: inviterNonce)
        }
    }
}

extension InvitationRecord: CanonicalCodable {
    func encode(into writer: inout ByteWriter) {
        writer.byte(kind.rawValue)
        writer.flag(office != nil)
        office?.encode(into: &writer)
        writer.flag(isPreApproved)
        expires.encode(into: &writer)
        writer.byte(starts)
        switch stage {
        case .open: writer.byte(0)
        case .joining(let join):
            writer.byte(1)
            writer.string(join.member)
            writer.raw(join.commitment.bytes)
            writer.string(join.inviterNonce)
            writer.string(join.deviceNonce ?? [])
            join.since.encode(into: &writer)
        case .admitted(let member):
            writer.byte(2)
            writer.raw(member.bytes)
        case .declined: writer.byte(3)
        case .cancelled: writer.byte(4)
        case .expired: writer.byte(5)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        guard let kind = MemberKind(rawValue: try reader.byte()) else {
            throw reader.failure(.malformed("an unknown member kind"))
        }
        let office = try reader.flag() ? try OfficeID(from: &reader) : nil
        let isPreApproved = try reader.flag()
        let expires = try Int64(from: &reader)
        let starts = try reader.byte()
        let stage: Stage
        switch try reader.byte() {
        case 0: stage = .open
        case 1:
            let member = try reader.bytes()
            let commitment = try Self.digest(from: &reader)
            let inviterNonce = try reader.bytes()
            let deviceNonce = try reader.bytes()
            stage = .joining(
                PendingJoin(
                    member: member, commitment: commitment, inviterNonce: inviterNonce,
                    deviceNonce: deviceNonce.isEmpty ? nil : deviceNonce, since: try Int64(from: &reader)))
        case 2: stage = .admitted(MemberID(try Self.digest(from: &reader)))
        case 3: stage = .declined
        case 4: stage = .cancelled
        case 5: stage = .expired
        default: throw reader.failure(.malformed("an unknown stage of an invitation"))
        }
        self.init(
            kind: kind, office: office, isPreApproved: isPreApproved, expires: expires, stage: stage, starts: starts)
    }

    private static func digest(from reader: inout ByteReader) throws(ByteReader.Failure) -> Digest {
        let start = reader
        let bytes = try reader.slice(Digest.byteCount)
        do { return try Digest(copying: bytes) } catch { throw start.failure(.malformed("a hash")) }
    }
}
