import ChangeLog
import FoundationEssentials
import SwiftProtobuf
import Vault
import WireProtocol

/// The two frames of joining: a device asks, the inviting node answers.
enum MembershipFrames {
    /// First byte of a frame that holds a `Join`: field 11, length-delimited.
    static let joinTag: UInt8 = 11 << 3 | 2
    /// First byte of a frame that holds a `Hello`: field 1, length-delimited.
    static let helloTag: UInt8 = 1 << 3 | 2

    /// Asks for membership as `member`, proving that the signing key is at hand.
    static func join(_ member: Member, identity: MemberIdentity) throws -> [UInt8] {
        let bytes = try RosterCodec.encode(member)
        var join = Suture_V1_Join()
        join.member = Data(bytes)
        join.signature = Data(identity.signing.sign(LogDomain.join, Digest.hash(LogDomain.join, bytes)).bytes)
        var frame = Suture_V1_Frame()
        frame.join = join
        return [UInt8](try frame.serializedData())
    }

    /// The member that a `Join` asks for, if its signature is its own.
    static func member(_ bytes: [UInt8]) throws -> Member? {
        guard case .join(let join) = try Suture_V1_Frame(serializedBytes: bytes).kind else { return nil }
        let record = [UInt8](join.member)
        let member = try RosterCodec.member(record)
        let signature = try Signature(copying: [UInt8](join.signature))
        try member.signingKey.verify(signature, LogDomain.join, Digest.hash(LogDomain.join, record))
        return member
    }

    static func welcome(genesis: [UInt8], grant: EpochGrant, inviter: Member) throws -> [UInt8] {
        var welcome = Suture_V1_Welcome()
        welcome.genesis = Data(genesis)
        welcome.grant = Data(try RosterCodec.encode(grant))
        welcome.inviter = Data(try RosterCodec.encode(inviter))
        var frame = Suture_V1_Frame()
        frame.welcome = welcome
        return [UInt8](try frame.serializedData())
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
        var refused = Suture_V1_Refused()
        refused.reason = .invitation
        refused.detail = detail
        var frame = Suture_V1_Frame()
        frame.refused = refused
        return [UInt8](try frame.serializedData())
    }
}
