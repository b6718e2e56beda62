import Causality
import ChangeLog
import FoundationEssentials
import InboxModel
import SwiftProtobuf
import SyncEngine
import Vault
import WireProtocol

/// Removals, roles, recoveries and adoptions ⇄ messages.
extension RosterCodec {
    static func message(_ removal: MemberRemoval) -> Suture_V1_MemberRemoved {
        var message = Suture_V1_MemberRemoved()
        message.member = Data(removal.member.bytes)
        message.cut = removal.cut.map { head in
            var cut = Suture_V1_LogCut()
            cut.replica = head.replica.rawValue
            cut.sequence = head.sequence
            cut.hash = Data(head.hash.bytes)
            return cut
        }
        message.retired = removal.isRetirement
        message.reason = removal.reason
        message.time = removal.time
        return message
    }

    static func removal(_ message: Suture_V1_MemberRemoved) throws -> MemberRemoval {
        let cut = try message.cut.map { cut throws -> LogHead in
            guard let hash = ChangeSetHash(bytes: cut.hash) else { throw RosterError("a removal whose cut has no hash") }
            return LogHead(ReplicaID(cut.replica), cut.sequence, hash)
        }
        guard zip(cut, cut.dropFirst()).allSatisfy({ $0.replica < $1.replica }) else {
            throw RosterError("a removal whose cut is out of order")
        }
        guard message.reason.utf8.count <= LogLimits.labelBytesMax else { throw RosterError("a removal with a reason that is too long") }
        return MemberRemoval(
            member: try memberID(message.member), cut: cut, isRetirement: message.retired, reason: message.reason,
            time: message.time)
    }

    static func message(_ recovery: Recovery) -> Suture_V1_Recovery {
        var message = Suture_V1_Recovery()
        message.order = Data(recovery.order)
        message.signatures = recovery.signatures.map(self.message)
        return message
    }

    static func message(_ signature: RecoverySignature) -> Suture_V1_RecoverySignature {
        var message = Suture_V1_RecoverySignature()
        message.signer = Data(signature.signer.bytes)
        message.signature = Data(signature.signature.bytes)
        return message
    }

    static func recovery(_ message: Suture_V1_Recovery) throws -> Recovery {
        try Recovery(order: [UInt8](message.order), signatures: try message.signatures.map(signature))
    }

    static func signature(_ message: Suture_V1_RecoverySignature) throws -> RecoverySignature {
        RecoverySignature(
            signer: try SigningPublicKey(copying: [UInt8](message.signer)),
            signature: try Signature(copying: [UInt8](message.signature)))
    }

    static func message(_ range: LogRange) -> Suture_V1_LogRange {
        var message = Suture_V1_LogRange()
        message.replica = range.replica.rawValue
        message.first = range.first
        message.last = range.last
        return message
    }

    static func range(_ message: Suture_V1_LogRange) throws -> LogRange {
        guard message.first > 0, message.first <= message.last else { throw RosterError("an adoption of no change set") }
        return LogRange(ReplicaID(message.replica), message.first, message.last)
    }

    static func role(_ isAdministrator: Bool, _ offices: [Data]) throws -> MemberRole {
        let offices = try offices.map { try OfficeID(canonicalBytes: [UInt8]($0)) }
        guard isAdministrator || offices.isEmpty else { throw RosterError("offices to administer, of a member that is no administrator") }
        return MemberRole(isAdministrator: isAdministrator, offices: offices)
    }

    static func office(_ bytes: Data) throws -> OfficeID? {
        bytes.isEmpty ? nil : try OfficeID(canonicalBytes: [UInt8](bytes))
    }

    static func epoch(_ bytes: Data) throws -> EpochID { EpochID(try Digest(copying: [UInt8](bytes))) }

    static func days(_ number: UInt32) -> Int? { number == 0 ? nil : min(Int(number), GroupPolicy.daysMax) }
}
