public import ChangeLog
public import Vault

/// A member's own keys: three pairs, made independently, shared by reference with whoever signs or opens for it.
public final class MemberIdentity: Sendable {
    /// Signs change sets.
    public let signing: SigningKeyPair
    /// Opens epoch grants.
    public let box: BoxKeyPair
    /// Encrypts connections.
    public let curve: CurveKeyPair

    /// New keys.
    public init(random: any RandomSource) throws(VaultError) {
        signing = try SigningKeyPair(random: random)
        box = try BoxKeyPair(random: random)
        curve = try CurveKeyPair(random: random)
    }

    /// The keys of three stored secrets.
    public init(signingSeed: [UInt8], boxSecret: [UInt8], curveSecret: [UInt8]) throws(VaultError) {
        signing = try SigningKeyPair(seed: signingSeed)
        box = try BoxKeyPair(secret: boxSecret)
        curve = try CurveKeyPair(secret: curveSecret)
    }

    /// The member: the hash of its signing key.
    public var member: MemberID { MemberID(signingKey: signing.publicKey) }
}
