import Causality
import ChangeLog
import FoundationEssentials
import SwiftProtobuf
public import Vault
import WireProtocol

/// An administrator appointed by the recovery signers, as the log carries it.
struct Recovery {
    /// What was signed, byte for byte.
    let order: [UInt8]
    /// Who is to be an administrator.
    let member: Member
    let group: GroupID
    /// What of the roster the signers had seen.
    let seen: [TaggedClockEntry]
    let signatures: [RecoverySignature]

    /// Reads an order. Throws where it is malformed.
    init(order: [UInt8], signatures: [RecoverySignature]) throws {
        let message = try Suture_V1_RecoveryOrder(serializedBytes: order)
        self.order = order
        self.signatures = signatures
        group = GroupID(try Digest(copying: [UInt8](message.group)))
        member = try RosterCodec.member(message.member)
        seen = try TaggedClock.entries([UInt8](message.seen))
    }

    /// What the signers sign.
    static func order(group: GroupID, member: Member, seen: [TaggedClockEntry]) throws -> [UInt8] {
        var message = Suture_V1_RecoveryOrder()
        message.group = Data(group.bytes)
        message.member = RosterCodec.message(member)
        message.seen = Data(TaggedClock.bytes(seen))
        return [UInt8](try message.serializedData())
    }

    static func digest(of order: [UInt8]) -> Digest { Digest.hash(LogDomain.recovery, order) }

    /// How many of `signers` signed the order.
    func signatureCount(of signers: [SigningPublicKey]) -> Int {
        let digest = Self.digest(of: order)
        let valid = signatures.lazy.filter { signature in
            guard signers.contains(signature.signer) else { return false }
            do {
                try signature.signer.verify(signature.signature, LogDomain.recovery, digest)
                return true
            } catch {
                // A wrong signature is not one of those that are counted; there is nobody to tell.
                return false
            }
        }
        return Set(valid.map(\.signer)).count
    }
}

/// Who can appoint an administrator when the last one is lost. Their secret halves are kept offline.
public struct RecoverySigners: Hashable, Sendable {
    /// Their public keys, each once.
    public var signers: [SigningPublicKey]
    /// How many of them it takes.
    public var threshold: Int

    /// Nobody: whoever loses the last administrator founds a new group.
    public static let none = RecoverySigners(signers: [], threshold: 0)
    /// The most signers of a group.
    static let most = 16

    /// Signers of whom `threshold` must sign.
    public init(signers: [SigningPublicKey], threshold: Int) {
        self.signers = signers
        self.threshold = threshold
    }

    /// Throws `NodeError.Code.invalid` unless as many can sign as must.
    func check() throws {
        guard !signers.isEmpty || threshold > 0 else { return }
        guard Set(signers).count == signers.count, signers.count <= Self.most, (1...signers.count).contains(threshold) else {
            throw NodeError(
                .invalid,
                "\(threshold) of \(signers.count) recovery signers: it takes 1 to \(Self.most) different keys, not more than there are")
        }
    }
}

/// One recovery signer's signature of an order.
public struct RecoverySignature: Hashable, Sendable {
    /// Whose.
    public let signer: SigningPublicKey
    /// Of the order's digest.
    public let signature: Signature

    /// A signature from its parts.
    public init(signer: SigningPublicKey, signature: Signature) {
        self.signer = signer
        self.signature = signature
    }
}
