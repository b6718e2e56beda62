import ChangeLog
import FoundationEssentials
import SwiftProtobuf
import Vault
import WireProtocol

/// The frames of joining: a device asks and reveals its number, the inviting node answers.
enum MembershipFrames {
    /// First byte of a frame that holds a `Join`: field 11, length-delimited.
    static let joinTag: UInt8 = 11 << 3 | 2
    /// First byte of a frame that holds a `Hello`: field 1, length-delimited.
    static let helloTag: UInt8 = 1 << 3 | 2
    /// No frame of a joining device is longer.
    static let bytesMax = 8 * 1024

    /// What a joining device says.
    enum Request {
        /// It asks to become a member, and has shown that it holds the signing key. Without a commitment it must be let in at once.
        case join(Member, record: [UInt8], commitment: Digest?)
        /// Its number.
        case reveal([UInt8])
    }

    /// Asks for membership as `member`, proving that the signing key is at hand.
    static func join(_ member: Member, identity: MemberIdentity, commitment: Digest?) throws -> [UInt8] {
        let bytes = try RosterCodec.encode(member)
        return try frame {
            $0.join.member = Data(bytes)
            $0.join.signature = Data(identity.signing.sign(LogDomain.join, Digest.hash(LogDomain.join, bytes)).bytes)
            if let commitment { $0.join.commitment = Data(commitment.bytes) }
        }
    }

    static func reveal(_ nonce: [UInt8]) throws -> [UInt8] { try frame { $0.joinReveal.nonce = Data(nonce) } }

    /// What a device says, if it is a request to join; nil for anything else. Throws where it is damaged or its signature is not its own.
    static func request(_ bytes: [UInt8]) throws -> Request? {
        guard bytes.count <= bytesMax else { throw RosterError("a request of \(bytes.count) bytes") }
        switch try Suture_V1_Frame(serializedBytes: bytes).kind {
        case .join(let join):
            let record = [UInt8](join.member)
            let member = try RosterCodec.member(record)
            let signature = try Signature(copying: [UInt8](join.signature))
            try member.signingKey.verify(signature, LogDomain.join, Digest.hash(LogDomain.join, record))
            let commitment = join.commitment.isEmpty ? nil : try Digest(copying: [UInt8](join.commitment))
            return .join(member, record: record, commitment: commitment)
        case .joinReveal(let reveal): return .reveal([UInt8](reveal.nonce))
        default: return nil
        }
    }

    static func challenge(_ nonce: [UInt8]) throws -> [UInt8] { try frame { $0.joinChallenge.nonce = Data(nonce) } }

    static func waiting() throws -> [UInt8] { try frame { $0.joinWaiting = Suture_V1_JoinWaiting() } }

    static func welcome(genesis: [UInt8], grant: EpochGrant?, inviter: Member) throws -> [UInt8] {
        let (grant, inviter) = (try grant.map { try RosterCodec.encode($0) } ?? [], try RosterCodec.encode(inviter))
        return try frame {
            $0.welcome.genesis = Data(genesis)
            $0.welcome.grant = Data(grant)
            $0.welcome.inviter = Data(inviter)
        }
    }

    /// Tells a device that it is a member no longer.
    static func notAMember() throws -> [UInt8] {
        var refused = Suture_V1_Refused()
        refused.reason = .notAMember
        refused.detail = "this device was removed from the group"
        var frame = Suture_V1_Frame()
        frame.refused = refused
        return [UInt8](try frame.serializedData())
    }

    static func refusal(_ detail: String) throws -> [UInt8] {
        try frame {
            $0.refused.reason = .invitation
            $0.refused.detail = detail
        }
    }

    private static func frame(_ fill: (inout Suture_V1_Frame) -> Void) throws -> [UInt8] {
        var frame = Suture_V1_Frame()
        fill(&frame)
        return [UInt8](try frame.serializedData())
    }
}
