import Causality
public import ChangeLog
import FoundationEssentials
import SwiftProtobuf
public import Vault
import WireProtocol

/// A recovery signer's pair: made away from any node, printed, and kept in a safe until the last administrator is lost.
public struct RecoveryKey: ~Copyable {
    private let pair: SigningKeyPair

    private static let secretPrefix = "suture-recovery-secret"
    private static let publicPrefix = "suture-recovery-key-"
    private static let signaturePrefix = "suture-recovery-signature-"
    private static let orderPrefix = "suture-recovery-order-"

    /// A new pair.
    public init(random: any RandomSource) throws { pair = try SigningKeyPair(random: random) }

    /// Reads a secret as it was printed. Throws `NodeError.Code.invalid` where a character is wrong or missing; white space, hyphens and
    /// case do not count.
    public init(secretText: String) throws {
        let digits = secretText.lowercased().filter { !$0.isWhitespace && $0 != "-" }
        let prefix = Self.secretPrefix.filter { $0 != "-" }
        guard digits.hasPrefix(prefix), var bytes = Hexadecimal.bytes(of: String(digits.dropFirst(prefix.count))),
            bytes.count == SigningKeyPair.seedBytes + Self.checkCount
        else {
            throw NodeError(
                .invalid, "that is no recovery secret: it begins with \(Self.secretPrefix) and has 17 groups of four digits")
        }
        defer { SecretMemory.wipe(&bytes) }
        guard Self.check(of: bytes.prefix(SigningKeyPair.seedBytes)) == Array(bytes.suffix(Self.checkCount)) else {
            throw NodeError(.invalid, "a digit of the recovery secret is wrong: compare it with the print")
        }
        pair = try SigningKeyPair(seed: Array(bytes.prefix(SigningKeyPair.seedBytes)))
    }

    /// The public half, as text for `suture init`.
    public var keyText: String { TextToken.text(pair.publicKey.bytes, prefix: Self.publicPrefix) }

    /// The secret half, to be printed: groups of four digits, the last of them a check.
    public var secretText: String {
        pair.withSeed { seed in
            let bytes = Array(seed)
            let digits = Array(Hexadecimal.string(of: bytes + Self.check(of: bytes)))
            let groups = stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<min($0 + 4, digits.count)]) }
            return ([Self.secretPrefix] + groups).joined(separator: "-")
        }
    }

    /// Signs an order's text; gives the text of the signature. Throws `NodeError.Code.invalid` where it is no order.
    public func sign(orderText: String) throws -> String {
        let order = try Self.order(orderText)
        let signature = RecoverySignature(
            signer: pair.publicKey, signature: pair.sign(LogDomain.recovery, Recovery.digest(of: order)))
        return TextToken.text([UInt8](try RosterCodec.message(signature).serializedData()), prefix: Self.signaturePrefix)
    }

    // MARK: Texts

    /// The public key of a signer's text.
    public static func signer(_ text: String) throws -> SigningPublicKey {
        guard let bytes = TextToken.bytes(text, prefix: publicPrefix) else {
            throw NodeError(.invalid, "that is no recovery key: it begins with \(publicPrefix)")
        }
        return try SigningPublicKey(copying: bytes)
    }

    /// The bytes of an order's text.
    public static func order(_ text: String) throws -> [UInt8] {
        guard let bytes = TextToken.bytes(text, prefix: orderPrefix) else {
            throw NodeError(.invalid, "that is no order of recovery: it begins with \(orderPrefix)")
        }
        _ = try Recovery(order: bytes, signatures: [])
        return bytes
    }

    /// The text of an order, to carry to the signers.
    static func text(ofOrder order: [UInt8]) -> String { TextToken.text(order, prefix: orderPrefix) }

    /// A signature from its text.
    public static func signature(_ text: String) throws -> RecoverySignature {
        guard let bytes = TextToken.bytes(text, prefix: signaturePrefix) else {
            throw NodeError(.invalid, "that is no signature of a recovery signer: it begins with \(signaturePrefix)")
        }
        return try RosterCodec.signature(Suture_V1_RecoverySignature(serializedBytes: bytes))
    }

    private static let checkCount = 2

    private static func check(of seed: some Collection<UInt8>) -> [UInt8] {
        Array(Digest.hash(LogDomain.recovery, Array(seed)).bytes.prefix(checkCount))
    }
}

extension InboxReader {
    /// An order that makes `member` an administrator, as text for the recovery signers. Throws where there is no such member.
    public func recoveryOrder(for member: MemberID) throws -> String {
        let roster = try roster()
        guard let record = roster.members[member] ?? roster.formerMember(member)?.member else {
            throw NodeError(.invalid, "there is no member \(member.short)")
        }
        return RecoveryKey.text(ofOrder: try Recovery.order(group: group, member: record, seen: roster.frontier()))
    }
}
