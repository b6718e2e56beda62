internal import CSodium

/// What one guess at a password costs under Argon2id: memory and passes over it.
public struct PasswordCost: Hashable, Sendable {
    /// Memory in bytes: a multiple of 1024, from 8 KiB to `memoryBytesMax`.
    public let memoryBytes: Int

    /// Passes over the memory, from 1 to `operationsMax`.
    public let operations: Int

    /// The most memory that this program will spend on one hash, in bytes: 1 GiB. Hashes come from peers too, so what
    /// they may ask for is bounded.
    public static let memoryBytesMax = 1 << 30

    /// The most passes that this program will spend on one hash.
    public static let operationsMax = 16

    /// A cost. Throws `VaultError.Code.badCost` where one of the two is out of its range.
    public init(memoryBytes: Int, operations: Int) throws(VaultError) {
        let least = Int(crypto_pwhash_argon2id_MEMLIMIT_MIN)
        guard (least...Self.memoryBytesMax).contains(memoryBytes), memoryBytes.isMultiple(of: 1024) else {
            throw VaultError(
                .badCost,
                "password memory must be a multiple of 1024 bytes from \(least) to \(Self.memoryBytesMax), found \(memoryBytes)")
        }
        guard (1...Self.operationsMax).contains(operations) else {
            throw VaultError(.badCost, "password operations must be 1 to \(Self.operationsMax), found \(operations)")
        }
        self.init(unchecked: memoryBytes, operations)
    }

    private init(unchecked memoryBytes: Int, _ operations: Int) {
        self.memoryBytes = memoryBytes
        self.operations = operations
    }

    /// For signing in: 64 MiB, 2 passes.
    public static let interactive = PasswordCost(unchecked: 64 << 20, 2)
    /// For the database key of a laptop: 256 MiB, 3 passes.
    public static let moderate = PasswordCost(unchecked: 256 << 20, 3)
    /// For what is rarely opened and worth a wait: 1 GiB, 4 passes.
    public static let sensitive = PasswordCost(unchecked: 1 << 30, 4)
    /// The least there is: 8 KiB, 1 pass. For tests and simulations only; it protects nothing.
    public static let minimum = PasswordCost(unchecked: 8 << 10, 1)
}
