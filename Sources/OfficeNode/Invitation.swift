public import ChangeLog
import FoundationEssentials
public import InboxModel
import SwiftProtobuf
public import Vault
import WireProtocol

/// What a device needs to ask for membership: where to reach the inviting node and a single-use key to be let in with.
public struct Invitation: Sendable {
    /// The group.
    public let group: GroupID
    /// Its name, to show who invites.
    public let groupName: String
    /// `tcp://host:port` of the inviting node.
    public let endpoint: String
    /// The inviting node's CURVE key.
    public let inviter: CurvePublicKey
    /// Secret half of the single-use CURVE pair. Whoever has the text can join once, so it is treated like a password.
    public let secret: [UInt8]
    /// What kind of device is invited.
    public let kind: MemberKind
    /// For which office.
    public let office: OfficeID?
    /// Until when, in milliseconds since 1970.
    public let expires: Int64
    /// Whether the device is let in without codes being compared.
    public let isPreApproved: Bool

    /// How long an invitation holds: 24 hours, in milliseconds.
    public static let lifetime: Int64 = 24 * 3600 * 1000

    static let prefix = "suture-join-"
    /// How many bytes of its hash end an invitation's text.
    static let checkBytes = 8

    /// What an invitation is called in lists: the first eight digits of its public key.
    static func name(of key: CurvePublicKey) -> String { String(key.description.prefix(8)) }

    /// The public half of the single-use pair: how the inviting node knows the joiner.
    public var key: CurvePublicKey {
        get throws(VaultError) { try CurveKeyPair(secret: secret).publicKey }
    }

    /// The text to carry to the new device.
    public var text: String {
        get throws {
            var message = Suture_V1_Invitation()
            message.version = 2
            message.group = Data(group.digest.bytes)
            message.groupName = groupName
            message.endpoint = endpoint
            message.inviter = Data(inviter.bytes)
            message.secret = Data(secret)
            message.kind = UInt32(kind.rawValue)
            if let office { message.office = Data(office.canonicalBytes) }
            message.expires = expires
            message.preApproved = isPreApproved
            let bytes = [UInt8](try message.serializedData())
            return TextToken.text(bytes + Self.check(of: bytes), prefix: Self.prefix)
        }
    }

    /// An invitation from its parts.
    init(
        group: GroupID, groupName: String, endpoint: String, inviter: CurvePublicKey, secret: [UInt8], kind: MemberKind,
        office: OfficeID?, expires: Int64, isPreApproved: Bool
    ) {
        self.group = group
        self.groupName = groupName
        self.endpoint = endpoint
        self.inviter = inviter
        self.secret = secret
        self.kind = kind
        self.office = office
        self.expires = expires
        self.isPreApproved = isPreApproved
    }

    /// What ends the text, so that a slip in copying is told from an invitation that is refused. Not secret: it stops no forger.
    private static func check(of bytes: [UInt8]) -> [UInt8] {
        Array(Digest.hash(LogDomain.invitation, bytes).bytes.prefix(checkBytes))
    }

    /// Reads an invitation's text. Throws where it is no invitation, damaged, or of another version; says which.
    public init(text: String) throws(InvitationError) {
        let trimmed = text.filter { !$0.isWhitespace }
        guard trimmed.hasPrefix(Self.prefix) else {
            throw InvitationError("that is no invitation: it does not begin with \(Self.prefix)")
        }
        guard let data = TextToken.bytes(trimmed, prefix: Self.prefix), data.count > Self.checkBytes else {
            throw InvitationError("the invitation is damaged: copy it again, whole")
        }
        let bytes = Array(data.dropLast(Self.checkBytes))
        guard Self.check(of: bytes) == Array(data.suffix(Self.checkBytes)) else {
            throw InvitationError("the invitation was altered or cut short: copy it again, whole, from where it was made")
        }
        do {
            let message = try Suture_V1_Invitation(serializedBytes: bytes)
            guard message.version == 2, let kind = UInt8(exactly: message.kind).flatMap(MemberKind.init(rawValue:)) else {
                throw InvitationError("the invitation is of another version of Suture: use the same version on both")
            }
            self.init(
                group: GroupID(try Digest(copying: [UInt8](message.group))), groupName: message.groupName,
                endpoint: message.endpoint, inviter: try CurvePublicKey(copying: [UInt8](message.inviter)),
                secret: [UInt8](message.secret), kind: kind,
                office: message.office.isEmpty ? nil : try OfficeID(canonicalBytes: [UInt8](message.office)),
                expires: message.expires, isPreApproved: message.preApproved)
            _ = try key
        } catch let error as InvitationError {
            throw error
        } catch {
            throw InvitationError("the invitation is damaged: copy it again, whole")
        }
    }
}

/// Why an invitation cannot be used.
public struct InvitationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    /// An error that says `description`.
    public init(_ description: String) { self.description = description }
}
