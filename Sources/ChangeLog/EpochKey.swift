public import Vault

/// The key that an epoch's changes and content keys are sealed under. Shared by reference: verifying runs beside the brain.
public final class EpochKey: Sendable {
    /// The epoch: the hash of the key.
    public let id: EpochID
    let key: SymmetricKey

    /// A new epoch's key.
    public init(random: any RandomSource) throws(VaultError) {
        key = try SymmetricKey(random: random)
        id = EpochKey.id(of: key)
    }

    /// The key of 32 bytes.
    public init(copying bytes: UnsafeRawBufferPointer) throws(VaultError) {
        key = try SymmetricKey(copying: bytes)
        id = EpochKey.id(of: key)
    }

    /// Calls `body` with the 32 bytes, for granting and storing.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withUnsafeBytes(body)
    }

    private static func id(of key: borrowing SymmetricKey) -> EpochID {
        EpochID(key.withUnsafeBytes { Digest.hash(LogDomain.epoch, $0) })
    }
}
