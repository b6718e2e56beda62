import Causality
import ChangeLog
import FoundationEssentials
import InboxModel
import SwiftProtobuf
import Vault
import WireProtocol

/// Roster records ⇄ bytes, through the generated messages: rare, so plainness counts more than speed.
enum RosterCodec {
    static func encode(_ changes: RosterChanges) throws -> [UInt8] {
        var message = Suture_V1_RosterChanges()
        message.changes = changes.records.compactMap(self.message)
        message.seen = Data(TaggedClock.bytes(changes.seen))
        return [UInt8](try message.serializedData())
    }

    static func decode(_ bytes: [UInt8]) throws -> RosterChanges {
        let message = try Suture_V1_RosterChanges(serializedBytes: bytes)
        // A record that cannot be read counts for nothing, like one of a newer version; the others of its change set do.
        return RosterChanges(message.changes.map { (try? record($0)) ?? .unknown }, seen: try TaggedClock.entries([UInt8](message.seen)))
    }

    static func encode(_ genesis: Genesis) throws -> [UInt8] {
        var message = Suture_V1_Genesis()
        message.groupName = genesis.groupName
        message.nonce = Data(genesis.nonce)
        message.administrators = genesis.administrators.map(self.message)
        message.epoch = Data(genesis.epoch.digest.bytes)
        message.recoverySigners = genesis.recoverySigners.map { Data($0.bytes) }
        message.recoveryThreshold = UInt32(clamping: genesis.recoveryThreshold)
        message.founded = genesis.founded
        return [UInt8](try message.serializedData())
    }

    static func genesis(_ bytes: [UInt8]) throws -> Genesis {
        let message = try Suture_V1_Genesis(serializedBytes: bytes)
        let administrators = try message.administrators.map(member)
        guard !administrators.isEmpty else { throw RosterError("a genesis record without administrators") }
        return Genesis(
            groupName: message.groupName, nonce: [UInt8](message.nonce), administrators: administrators,
            epoch: EpochID(try Digest(copying: [UInt8](message.epoch))),
            recoverySigners: try message.recoverySigners.map { try SigningPublicKey(copying: [UInt8]($0)) },
            recoveryThreshold: Int(message.recoveryThreshold), founded: message.founded)
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
        case .removed(let removal): message.removed = self.message(removal)
        case .epochStarted(let start):
            message.epochStarted.epoch = Data(start.epoch.digest.bytes)
            message.epochStarted.supersedes = start.supersedes.map { Data($0.digest.bytes) }
            message.epochStarted.time = start.time
        case .roleChanged(let member, let role):
            message.roleChanged.member = Data(member.bytes)
            message.roleChanged.administrator = role.isAdministrator
            message.roleChanged.administers = role.offices.map { Data($0.canonicalBytes) }
        case .officeChanged(let member, let office):
            message.officeChanged.member = Data(member.bytes)
            message.officeChanged.office = Data(office?.canonicalBytes ?? [])
        case .policyChanged(let policy):
            message.policyChanged.epochDays = UInt32(clamping: policy.epochDays ?? 0)
            message.policyChanged.contactDays = UInt32(clamping: policy.contactDays ?? 0)
        case .recovered(let recovery): message.recovered = self.message(recovery)
        case .adopted(let ranges): message.adopted.ranges = ranges.map(self.message)
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
        case .removed(let removed): .removed(try removal(removed))
        case .epochStarted(let started):
            .epochStarted(
                EpochStart(
                    epoch: try epoch(started.epoch), supersedes: try started.supersedes.map(epoch), time: started.time))
        case .roleChanged(let changed):
            .roleChanged(try memberID(changed.member), try role(changed.administrator, changed.administers))
        case .officeChanged(let changed): .officeChanged(try memberID(changed.member), try office(changed.office))
        case .policyChanged(let changed):
            .policyChanged(GroupPolicy(epochDays: days(changed.epochDays), contactDays: days(changed.contactDays)))
        case .recovered(let recovered): .recovered(try recovery(recovered))
        case .adopted(let adopted): .adopted(try adopted.ranges.map(range))
        case nil: .unknown
        }
    }

    static func message(_ member: Member) -> Suture_V1_Member {
        var message = Suture_V1_Member()
        message.signingKey = Data(member.signingKey.bytes)
        message.boxKey = Data(member.boxKey.bytes)
        message.curveKey = Data(member.curveKey.bytes)
        message.name = member.name
        message.kind = UInt32(member.kind.rawValue)
        if let office = member.office { message.office = Data(office.canonicalBytes) }
        message.endpoint = member.endpoint
        message.administrator = member.isAdministrator
        message.administers = member.role.offices.map { Data($0.canonicalBytes) }
        return message
    }

    static func member(_ message: Suture_V1_Member) throws -> Member {
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
            office: try office(message.office), endpoint: message.endpoint,
            role: try role(message.administrator, message.administers))
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
            epoch: try epoch(message.epoch), member: try memberID(message.member), sealedKey: [UInt8](message.sealedKey))
    }

    private static func endpoint(_ text: String) throws -> String {
        guard text.utf8.count <= LogLimits.labelBytesMax else { throw RosterError("an endpoint that is too long") }
        return text
    }

    static func memberID(_ bytes: Data) throws -> MemberID { MemberID(try Digest(copying: [UInt8](bytes))) }
}
