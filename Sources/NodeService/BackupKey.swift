import Glibc
public import Vault

/// What a backup is sealed under: a passphrase, or a file with a key. What follows from it stands in the open at the file's beginning.
public struct BackupKey: ~Copyable, Sendable {
    /// How the key is made.
    public enum Kind: UInt8, Sendable {
        /// From a passphrase by Argon2id.
        case passphrase = 1
        /// From the bytes of a key file.
        case keyFile = 2
    }

    private static let fileDomain = Domain("suture backup key file v1")
    private static let checkDomain = Domain("suture backup check v1")
    static let checkBytes = 16
    private static let keyFileBytes = 16...4096

    let kind: Kind
    let parameters: PassphraseKey
    let key: SymmetricKey

    private init(kind: Kind, parameters: PassphraseKey, key: consuming SymmetricKey) {
        self.kind = kind
        self.parameters = parameters
        self.key = key
    }

    /// The key that follows from `secret`, which is the caller's to wipe.
    ///
    /// - Parameters:
    ///   - kind: Whether the secret is a passphrase or the contents of a key file.
    ///   - parameters: Salt and cost, of the backup that is to be opened; nil for a new backup.
    /// - Throws: `NodeServiceError` for an empty passphrase or a key file that is no key; `VaultError` without memory.
    public init(_ kind: Kind, _ secret: [UInt8], parameters: PassphraseKey? = nil) throws {
        let parameters = parameters ?? PassphraseKey(cost: .moderate, random: SystemRandomSource())
        let key: SymmetricKey
        switch kind {
        case .passphrase:
            guard !secret.isEmpty else { throw NodeServiceError(.backup, "the passphrase of a backup cannot be empty") }
            key = try parameters.derive(from: secret)
        case .keyFile:
            guard Self.keyFileBytes.contains(secret.count) else {
                throw NodeServiceError(
                    .backup,
                    "a key file has 16 to 4096 random bytes, found \(secret.count): make one with `head -c 32 /dev/urandom`")
            }
            key = try SymmetricKey(copying: Digest.hash(Self.fileDomain, parameters.salt + secret).bytes)
        }
        self.init(kind: kind, parameters: parameters, key: key)
    }

    /// The key of a request that names it: what `request` gave.
    init(_ request: BackupKeyRequest) throws {
        let cost = try PasswordCost(memoryBytes: request.memoryBytes, operations: request.operations)
        self.init(
            kind: request.kind, parameters: try PassphraseKey(salt: request.salt, cost: cost),
            key: try SymmetricKey(copying: request.key))
    }

    /// The key as the control socket carries it, so that a running node can seal without knowing the passphrase. The socket is open to
    /// the node's own account alone.
    public borrowing func request() -> BackupKeyRequest {
        BackupKeyRequest(
            kind: kind, salt: parameters.salt, memoryBytes: parameters.cost.memoryBytes, operations: parameters.cost.operations,
            key: key.withUnsafeBytes { Array($0) })
    }

    /// Tells a wrong key from a damaged file; says nothing about the key.
    borrowing func check() throws -> [UInt8] {
        let derived = try key.derive(Self.checkDomain)
        return derived.withUnsafeBytes { Array($0.prefix(Self.checkBytes)) }
    }
}

/// A backup's key on its way to a running node.
public struct BackupKeyRequest: Sendable {
    let kind: BackupKey.Kind
    let salt: [UInt8]
    let memoryBytes: Int
    let operations: Int
    let key: [UInt8]

    init(kind: BackupKey.Kind, salt: [UInt8], memoryBytes: Int, operations: Int, key: [UInt8]) {
        self.kind = kind
        self.salt = salt
        self.memoryBytes = memoryBytes
        self.operations = operations
        self.key = key
    }
}
