public import ReplicaStore
public import Vault

/// The key of one data directory, from which the keys of its database and of its identity file follow. In guarded memory,
/// wiped when the last reference goes.
///
/// The key of the database is BLAKE2b-256 keyed with these 32 bytes, of the domain `suture at rest database v1`; that of the
/// identity file the same of `suture at rest identity v1`.
public final class FolderKey: Sendable {
    /// 32.
    public static let byteCount = SymmetricKey.byteCount

    private static let databaseDomain = Domain("suture at rest database v1")
    private static let identityDomain = Domain("suture at rest identity v1")

    private let key: SymmetricKey

    /// A new key. Throws `VaultError.Code.outOfMemory`.
    public init(random: any RandomSource) throws(VaultError) { key = try SymmetricKey(random: random) }

    /// The key with these 32 bytes. The caller wipes the original. Throws `VaultError`: `wrongLength`, `outOfMemory`.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) { key = try SymmetricKey(copying: source) }

    /// What opens the replica's database. Throws `VaultError.Code.outOfMemory`.
    public func databaseSeal() throws(VaultError) -> DatabaseSeal { DatabaseSeal(key: try key.derive(Self.databaseDomain)) }

    /// Calls `body` with the 32 bytes, to wrap or store them; the pointer is valid only during the call.
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withUnsafeBytes(body)
    }

    /// The identity's secrets, sealed under `nonce`.
    func seal(_ secrets: borrowing IdentitySecrets, nonce: Nonce) throws(VaultError) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: IdentitySecrets.byteCount + SymmetricKey.overhead)
        let key = try key.derive(Self.identityDomain)
        let bytes = secrets.all
        let result = sealed.withUnsafeMutableBytes { output in
            Result { () throws(VaultError) in
                try key.seal(bytes, nonce: nonce, associated: UnsafeRawBufferPointer(start: nil, count: 0), into: output)
            }
        }
        try result.get()
        return sealed
    }

    /// Opens the identity's secrets into `secrets`. Throws `VaultError.Code.authenticationFailed` with another key.
    func open(_ sealed: [UInt8], nonce: Nonce, into secrets: UnsafeMutableRawBufferPointer) throws(VaultError) {
        let key = try key.derive(Self.identityDomain)
        let result = sealed.withUnsafeBytes { sealed in
            Result { () throws(VaultError) in
                try key.open(sealed, nonce: nonce, associated: UnsafeRawBufferPointer(start: nil, count: 0), into: secrets)
            }
        }
        try result.get()
    }
}
