import Causality
import ChangeLog
import FoundationEssentials
import InboxModel
import SwiftProtobuf
import Vault
import WireProtocol

/// One change of the roster, as read from a change set.
enum RosterRecord {
    /// The group's founding, byte for byte.
    case genesis([UInt8])
    case admitted(Member)
    case replicaStarted(ReplicaID, MemberID)
    case endpointChanged(MemberID, String)
    case epochGranted(EpochGrant)
    /// A record that a newer version wrote.
    case unknown
}

/// An epoch key for one member, sealed to its box key.
struct EpochGrant: Hashable, Sendable {
    let epoch: EpochID
    let member: MemberID
    let sealedKey: [UInt8]
}

/// What founds a group.
struct Genesis {
    let groupName: String
    let nonce: [UInt8]
    let administrators: [Member]
    let epoch: EpochID
}

/// Why a roster record or membership message could not be read.
struct RosterError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Roster records ⇄ bytes, through the generated messages: rare, so plainness counts more than speed.
enum RosterCodec {
    static func encode(_ records: [RosterRecord]) throws -> [UInt8] {
        var message = Suture_V1_RosterChanges()
        message.changes = records.compactMap(self.message)
        return [UInt8](try message.serializedData())
    }

    static func decode(_ bytes: [UInt8]) throws -> [RosterRecord] {
        let message = try Suture_V1_RosterChanges(serializedBytes: bytes)
        return try message.changes.map(record)
    }

    static func encode(_ genesis: Genesis) throws -> [UInt8] {
        var message = Suture_V1_Genesis()
        message.groupName = genesis.groupName
        message.nonce = Data(genesis.nonce)
        message.administrators = genesis.administrators.map(self.message)
        message.epoch = Data(genesis.epoch.digest.bytes)
        return [UInt8](try message.serializedData())
    }

    static func genesis(_ bytes: [UInt8]) throws -> Genesis {
        let message = try Suture_V1_Genesis(serializedBytes: bytes)
        let administrators = try message.administrators.map(member)
        guard !administrators.isEmpty else { throw RosterError("a genesis record without administrators") }
        return Genesis(
            groupName: message.groupName, nonce: [UInt8](message.nonce), administrators: administrators,
            epoch: EpochID(try Digest(copying: [UInt8](message.epoch))))
    }

    static func encode(_ member: Member) throws -> [UInt8] { [UInt8](try message(member).serializedData()) }

    static func member(_ bytes: [UInt8]) throws -> Member { try member(Suture_V1_Member(serializedBytes: bytes)) }

    static func encode(_ grant: EpochGrant) throws -> [UInt8] { [UInt8](try message(grant).serializedData()) }

    static func grant(_ bytes: [UInt8]) throws -> EpochGrant { try grant(Suture_V1_EpochGrant(serializedBytes: bytes)) }

    private static func message(_ record: RosterRecord) -> Suture_V1_RosterChange? {
        var message = Suture_V1_RosterChange()
        switch record {
        case .genesis(let bytes): message.genesis = Data(bytes)
        case .admitted(let member): message.admitted = self.message(member)
        case .replicaStarted(let replica, let member):
            var started = Suture_V1_ReplicaStarted()
            started.replica = replica.rawValue
            started.member = Data(member.digest.bytes)
            message.replicaStarted = started
        case .endpointChanged(let member, let endpoint):
            var changed = Suture_V1_EndpointChanged()
            changed.member = Data(member.digest.bytes)
            changed.endpoint = endpoint
            message.endpointChanged = changed
        case .epochGranted(let grant): message.epochGranted = self.message(grant)
        case .unknown: return nil
        }
        return message
    }

    private static func record(_ message: Suture_V1_RosterChange) throws -> RosterRecord {
        switch message.kind {
        case .genesis(let bytes): .genesis([UInt8](bytes))
        case .admitted(let member): .admitted(try self.member(member))
        case .replicaStarted(let started):
            .replicaStarted(ReplicaID(started.replica), try memberID(started.member))
        case .endpointChanged(let changed):
            .endpointChanged(try memberID(changed.member), try endpoint(changed.endpoint))
        case .epochGranted(let grant): .epochGranted(try self.grant(grant))
        case nil: .unknown
        }
    }

    private static func message(_ member: Member) -> Suture_V1_Member {
        var message = Suture_V1_Member()
        message.signingKey = Data(member.signingKey.bytes)
        message.boxKey = Data(member.boxKey.bytes)
        message.curveKey = Data(member.curveKey.bytes)
        message.name = member.name
        message.kind = UInt32(member.kind.rawValue)
        if let office = member.office { message.office = Data(office.canonicalBytes) }
        message.endpoint = member.endpoint
        message.administrator = member.isAdministrator
        return message
    }

    private static func member(_ message: Suture_V1_Member) throws -> Member {
        guard let kind = UInt8(exactly: message.kind).flatMap(MemberKind.init(rawValue:)) else {
            throw RosterError("a member of an unknown kind")
        }
        guard Member.isValidName(message.name), message.endpoint.utf8.count <= LogLimits.labelBytesMax else {
            throw RosterError("a member whose name or endpoint breaks the rules")
        }
        return Member(
            signingKey: try SigningPublicKey(copying: [UInt8](message.signingKey)),
            boxKey: try BoxPublicKey(copying: [UInt8](message.boxKey)),
            curveKey: try CurvePublicKey(copying: [UInt8](message.curveKey)), name: message.name, kind: kind,
            office: message.office.isEmpty ? nil : try OfficeID(canonicalBytes: [UInt8](message.office)),
            endpoint: message.endpoint, isAdministrator: message.administrator)
    }

    private static func message(_ grant: EpochGrant) -> Suture_V1_EpochGrant {
        var message = Suture_V1_EpochGrant()
        message.epoch = Data(grant.epoch.digest.bytes)
        message.member = Data(grant.member.digest.bytes)
        message.sealedKey = Data(grant.sealedKey)
        return message
    }

    private static func grant(_ message: Suture_V1_EpochGrant) throws -> EpochGrant {
        EpochGrant(
            epoch: EpochID(try Digest(copying: [UInt8](message.epoch))), member: try memberID(message.member),
            sealedKey: [UInt8](message.sealedKey))
    }

    private static func endpoint(_ text: String) throws -> String {
        guard text.utf8.count <= LogLimits.labelBytesMax else { throw RosterError("an endpoint that is too long") }
        return text
    }

    private static func memberID(_ bytes: Data) throws -> MemberID { MemberID(try Digest(copying: [UInt8](bytes))) }
}
