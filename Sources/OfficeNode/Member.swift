public import ChangeLog
public import InboxModel
public import Vault

/// What kind of device a member is.
public enum MemberKind: UInt8, Hashable, Sendable, CaseIterable {
    /// An office's node.
    case office = 0
    /// An on-call laptop.
    case laptop = 1
    /// Stores and forwards without keys.
    case relay = 2

    /// The word that commands and pages use.
    public var name: String {
        switch self {
        case .office: "office"
        case .laptop: "laptop"
        case .relay: "relay"
        }
    }

    /// The kind of that word, or nil.
    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// An enrolled device, as the roster records it.
public struct Member: Hashable, Sendable {
    /// Verifies its change sets.
    public let signingKey: SigningPublicKey
    /// Epoch keys are sealed to it.
    public let boxKey: BoxPublicKey
    /// Names it on every connection.
    public let curveKey: CurvePublicKey
    /// Unique in the group.
    public var name: String
    /// What kind of device.
    public let kind: MemberKind
    /// The office whose node it is.
    public var office: OfficeID?
    /// `tcp://host:port` where it can be reached, or empty.
    public var endpoint: String
    /// What it may do to the roster.
    public var role: MemberRole

    /// A member from its parts.
    public init(
        signingKey: SigningPublicKey, boxKey: BoxPublicKey, curveKey: CurvePublicKey, name: String, kind: MemberKind,
        office: OfficeID?, endpoint: String, role: MemberRole
    ) {
        self.signingKey = signingKey
        self.boxKey = boxKey
        self.curveKey = curveKey
        self.name = name
        self.kind = kind
        self.office = office
        self.endpoint = endpoint
        self.role = role
    }

    /// The public half of `identity` as a member.
    public init(
        _ identity: MemberIdentity, name: String, kind: MemberKind, office: OfficeID?, endpoint: String,
        isAdministrator: Bool
    ) {
        self.init(
            signingKey: identity.signing.publicKey, boxKey: identity.box.publicKey, curveKey: identity.curve.publicKey,
            name: name, kind: kind, office: office, endpoint: endpoint, role: MemberRole(isAdministrator: isAdministrator))
    }

    /// Whether it may change the roster.
    public var isAdministrator: Bool { role.isAdministrator }

    /// The member's id.
    public var id: MemberID { MemberID(signingKey: signingKey) }

    /// Whether `endpoint` can be a member's: `tcp://` and something after it, or empty; short enough for the roster.
    public static func isValidEndpoint(_ endpoint: String) -> Bool {
        endpoint.isEmpty
            || (endpoint.hasPrefix("tcp://") && endpoint.utf8.count > 6 && endpoint.utf8.count <= LogLimits.labelBytesMax)
    }

    /// Whether `name` can be a member's: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter.
    public static func isValidName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count) && name.utf8.first.map { (97...122).contains($0) } == true
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
}
