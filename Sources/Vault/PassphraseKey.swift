/// How a key follows from a passphrase: the salt and cost of Argon2id, which are stored in the open beside what the
/// key seals.
public struct PassphraseKey: Hashable, Sendable {
    /// The length of a salt in bytes: 16.
    public static let saltBytes = 16

    /// Makes equal passphrases give different keys; not secret.
    public let salt: [UInt8]

    /// What one guess costs.
    public let cost: PasswordCost

    /// A new salt from `random`.
    public init(cost: PasswordCost, random: any RandomSource) {
        salt = random.bytes(Self.saltBytes)
        self.cost = cost
    }

    /// A stored salt of 16 bytes and its cost. Throws `VaultError.Code.wrongLength`.
    public init(salt: [UInt8], cost: PasswordCost) throws(VaultError) {
        guard salt.count == Self.saltBytes else {
            throw .wrongLength("the salt of a passphrase", expected: Self.saltBytes, found: salt.count)
        }
        self.salt = salt
        self.cost = cost
    }

    /// The key. The same passphrase always gives the same one, and a wrong one gives another: that shows when it
    /// opens nothing.
    ///
    /// Takes as long and as much memory as the cost says. The caller wipes the passphrase. Throws `outOfMemory`.
    public func derive(from passphrase: UnsafeRawBufferPointer) throws(VaultError) -> SymmetricKey {
        var done = false
        let key = try SymmetricKey { done = Vault.derive($0, from: passphrase, salt: salt, cost: cost) }
        guard done else { throw outOfMemory(cost) }
        return key
    }

    /// The same from an array, which the caller wipes.
    public func derive(from passphrase: [UInt8]) throws(VaultError) -> SymmetricKey {
        var done = false
        let key = try SymmetricKey { output in
            passphrase.withUnsafeBytes { done = Vault.derive(output, from: $0, salt: salt, cost: cost) }
        }
        guard done else { throw outOfMemory(cost) }
        return key
    }
}
