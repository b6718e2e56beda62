import Causality
public import ChangeLog
import FoundationEssentials
import InboxModel
public import ReplicaStore
import SwiftProtobuf
public import Vault
import WireProtocol

/// The joining device's side of an invitation: what to send, and what the answers mean.
///
/// Ordering duty: `frame` goes to the inviting node again and again until it is answered; answers go through `receive`. The attempt
/// is kept in the device's empty replica before its first frame, so that joining goes on after it was cut short.
public struct JoinAttempt {
    /// What an answer leads to.
    public enum Step: Hashable, Sendable {
        /// There is another frame to send; the code is known now.
        case compare(JoinCode)
        /// An administrator has not decided yet.
        case wait
        /// The device is a member: give this answer to `Founding.join`.
        case welcome([UInt8])
        /// It says nothing new.
        case nothing
    }

    static let settingKey = "joining"

    /// The invitation.
    public let invitation: Invitation
    /// The code to show, once the inviting node has said its number.
    public private(set) var code: JoinCode?

    private let store: ReplicaStore
    private let record: [UInt8]
    private let joinFrame: [UInt8]
    private let nonce: [UInt8]
    private var inviterNonce: [UInt8]?

    /// Begins to join with `invitation`, or goes on where it was cut short before. Throws `NodeError` where the replica belongs to a
    /// group, or a name or endpoint breaks the rules.
    public init(
        _ store: ReplicaStore, invitation: Invitation, identity: MemberIdentity, name: String, endpoint: String,
        random: any RandomSource
    ) throws {
        try Founding.requireEmpty(store)
        self.store = store
        self.invitation = invitation
        let member = try Founding.member(invitation, identity: identity, name: name, endpoint: endpoint)
        record = try RosterCodec.encode(member)
        let subject = Digest.hash(LogDomain.join, record).bytes + invitation.secret
        let stored = try store.reader.setting(Self.settingKey).flatMap { Stored($0, subject: subject) }
        nonce = stored?.nonce ?? random.bytes(JoinCode.nonceBytes)
        inviterNonce = stored?.inviterNonce
        let commitment = JoinCode.commitment(
            group: invitation.group, member: record, inviter: invitation.inviter, deviceNonce: nonce)
        joinFrame = try MembershipFrames.join(member, identity: identity, commitment: commitment)
        if inviterNonce != nil { code = currentCode }
        if stored == nil { try keep() }
    }

    /// What to send, until something else is to be sent.
    public var frame: [UInt8] {
        get throws { try code == nil ? joinFrame : MembershipFrames.reveal(nonce) }
    }

    /// Takes an answer of the inviting node. Throws `NodeError.Code.invitation` where it refuses, or is not to be trusted.
    public mutating func receive(_ answer: [UInt8]) throws -> Step {
        // Whatever is wrong with it, there is one thing to do.
        guard let frame = try? Suture_V1_Frame(serializedBytes: answer) else {
            throw NodeError(.invitation, "the inviting node's answer is damaged: try again")
        }
        switch frame.kind {
        case .joinChallenge(let challenge): return try take([UInt8](challenge.nonce))
        case .joinWaiting: return code == nil ? .nothing : .wait
        case .welcome:
            guard invitation.isPreApproved || code != nil else {
                throw NodeError(
                    .invitation, "the inviting node let this device in without a code to compare: do not trust it")
            }
            return .welcome(answer)
        case .refused(let refused):
            // Whatever it was, our number is known: another try begins with another one.
            try store.write(.full) { try Self.forget($0) }
            throw NodeError(.invitation, "the inviting node refused: \(refused.detail)")
        default:
            throw NodeError(.invitation, "the inviting node answered something else: use the same version on both")
        }
    }

    private var currentCode: JoinCode? {
        inviterNonce.map {
            JoinCode(
                group: invitation.group, member: record, inviter: invitation.inviter, deviceNonce: nonce, inviterNonce: $0)
        }
    }

    private mutating func take(_ number: [UInt8]) throws -> Step {
        guard number.count == JoinCode.nonceBytes else {
            throw NodeError(.invitation, "the inviting node's answer is damaged: try again")
        }
        if let known = inviterNonce {
            // Ours may be known to it by now: another number could be one that was looked for.
            guard known == number else {
                try store.write(.full) { try Self.forget($0) }
                throw NodeError(
                    .invitation,
                    "the inviting node has begun anew in the middle of joining: run the command again, and compare the new code")
            }
            return .nothing
        }
        inviterNonce = number
        try keep()
        guard let current = currentCode else { return .nothing }
        code = current
        return .compare(current)
    }

    /// Keeps the attempt. Durable before our number is revealed.
    private func keep() throws {
        let stored = Stored(
            subject: Digest.hash(LogDomain.join, record).bytes + invitation.secret, nonce: nonce, inviterNonce: inviterNonce)
        try store.write(.full) { try $0.set(stored.bytes, for: Self.settingKey) }
    }

    /// Forgets the attempt: the device is a member.
    static func forget(_ transaction: ReplicaTransaction) throws { try transaction.set(nil, for: settingKey) }

    /// An attempt as it is kept: which it is, the device's number, and the inviting node's.
    private struct Stored {
        let subject: Digest
        let nonce: [UInt8]
        let inviterNonce: [UInt8]?

        init(subject: [UInt8], nonce: [UInt8], inviterNonce: [UInt8]?) {
            self.subject = Digest.hash(LogDomain.invitation, subject)
            self.nonce = nonce
            self.inviterNonce = inviterNonce
        }

        /// Nil where it is another attempt, or damaged: then joining begins anew.
        init?(_ bytes: [UInt8], subject: [UInt8]) {
            let size = JoinCode.nonceBytes
            guard bytes.count == Digest.byteCount + size || bytes.count == Digest.byteCount + 2 * size else { return nil }
            self.subject = Digest.hash(LogDomain.invitation, subject)
            guard Array(bytes.prefix(Digest.byteCount)) == self.subject.bytes else { return nil }
            let numbers = bytes.dropFirst(Digest.byteCount)
            nonce = Array(numbers.prefix(size))
            inviterNonce = numbers.count > size ? Array(numbers.dropFirst(size)) : nil
        }

        var bytes: [UInt8] { subject.bytes + nonce + (inviterNonce ?? []) }
    }
}
