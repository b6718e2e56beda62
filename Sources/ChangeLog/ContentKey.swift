public import Vault

/// The key that one thread's contents are sealed under. It travels as content itself, sealed under the epoch key, so that
/// destroying it destroys what it sealed.
public final class ContentKey: Sendable {
    let key: SymmetricKey

    /// A new thread's key.
    public init(random: any RandomSource) throws(VaultError) { key = try SymmetricKey(random: random) }

    /// The key of exactly 32 bytes.
    public init(copying bytes: UnsafeRawBufferPointer) throws(VaultError) { key = try SymmetricKey(copying: bytes) }

    /// The 32 bytes, to be sealed.
    public var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }
}
