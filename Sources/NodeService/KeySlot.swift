public import Vault

/// The key of a data directory, wrapped under a passphrase: Argon2id gives the key that seals it, with XChaCha20-Poly1305.
///
/// The associated data is the domain `suture at rest slot v1`, the salt, and the cost as two numbers of 8 bytes, big-endian:
/// whoever lowers the cost in the file gets nothing to open.
public struct KeySlot: Hashable, Sendable {
    /// A passphrase is 8 to 1024 bytes.
    public static let passphraseBytes = 8...1024

    private static let domain = Domain("suture at rest slot v1")

    let derivation: PassphraseKey
    let nonce: Nonce
    let sealed: [UInt8]

    init(derivation: PassphraseKey, nonce: Nonce, sealed: [UInt8]) {
        self.derivation = derivation
        self.nonce = nonce
        self.sealed = sealed
    }

    /// Wraps `key`. Takes as long and as much memory as the cost says.
    ///
    /// Throws ``NodeServiceError`` with ``NodeServiceError/Code/atRest`` where the passphrase is too short or too long, and
    /// `VaultError.Code.outOfMemory`.
    public init(
        wrapping key: FolderKey, passphrase: borrowing SecretBytes, cost: PasswordCost = .moderate, random: any RandomSource
    ) throws {
        guard Self.passphraseBytes.contains(passphrase.count) else {
            throw NodeServiceError(
                .atRest,
                "a passphrase has \(Self.passphraseBytes.lowerBound) to \(Self.passphraseBytes.upperBound) bytes, "
                    + "and this one \(passphrase.count): choose several words")
        }
        derivation = PassphraseKey(cost: cost, random: random)
        let nonce = Nonce(random: random)
        let derivation = derivation
        let associated = Self.associated(derivation)
        sealed = try passphrase.withUnsafeBytes { passphrase throws in
            let wrapping = try derivation.derive(from: passphrase)
            var sealed = [UInt8](repeating: 0, count: FolderKey.byteCount + SymmetricKey.overhead)
            try key.withUnsafeBytes { key throws in
                try associated.withUnsafeBytes { associated throws in
                    try sealed.withUnsafeMutableBytes { try wrapping.seal(key, nonce: nonce, associated: associated, into: $0) }
                }
            }
            return sealed
        }
        self.nonce = nonce
    }

    /// The key, with the right passphrase.
    ///
    /// Throws `VaultError`: `authenticationFailed` with a wrong one, `outOfMemory`.
    func open(passphrase: borrowing SecretBytes) throws -> FolderKey {
        let associated = Self.associated(derivation)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FolderKey.byteCount, alignment: 1)
        defer {
            SecretMemory.wipe(buffer)
            buffer.deallocate()
        }
        try passphrase.withUnsafeBytes { passphrase throws in
            let wrapping = try derivation.derive(from: passphrase)
            try sealed.withUnsafeBytes { sealed throws in
                try associated.withUnsafeBytes { try wrapping.open(sealed, nonce: nonce, associated: $0, into: buffer) }
            }
        }
        return try FolderKey(copying: UnsafeRawBufferPointer(buffer))
    }

    private static func associated(_ derivation: PassphraseKey) -> [UInt8] {
        func bytes(_ number: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
        return domain.bytes + derivation.salt + bytes(derivation.cost.memoryBytes) + bytes(derivation.cost.operations)
    }
}
