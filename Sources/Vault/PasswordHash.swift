internal import CSodium

/// A stored password: an Argon2id hash in the usual text form, which holds its own salt and cost.
///
/// Passwords are compared by their UTF-8 bytes as given: bring text that people type to one Unicode form first.
/// Hashing takes as long and as much memory as its cost says: not on a thread that others wait for.
public struct PasswordHash: Hashable, Sendable {
    /// `$argon2id$v=19$m=KIBIBYTES,t=PASSES,p=1$SALT$HASH`, base64 without padding: libsodium and others read it too.
    public let text: String

    /// What making it cost, and what checking a password against it will.
    public let cost: PasswordCost

    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let saltBytes = 16
    private static let hashBytes = 32

    /// The hash of a new password with a salt from `random`. Throws `VaultError.Code.outOfMemory`.
    public init(of password: String, cost: PasswordCost, random: any RandomSource) throws(VaultError) {
        let salt = random.bytes(Self.saltBytes)
        let hash = try argon2id(password, salt: salt, cost: cost)
        self.init(cost: cost, salt: salt, hash: hash)
    }

    /// The hash with this text form, from storage or a peer. Throws `badPasswordHash` where it does not parse or is
    /// not Argon2id, and where it asks for more than `PasswordCost` allows: a peer must not be able to exhaust a node
    /// by a costly hash.
    public init(text: String) throws(VaultError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "", parts[1] == "argon2id", parts[2] == "v=19" else {
            throw VaultError(.badPasswordHash, "a password hash must start with $argon2id$v=19$ and have 5 parts")
        }
        let salt = try base64Decoded(parts[4], count: Self.saltBytes, as: "salt")
        let hash = try base64Decoded(parts[5], count: Self.hashBytes, as: "hash")
        self.init(cost: try parsedCost(parts[3]), salt: salt, hash: hash)
        // One text for one value: a second spelling would make equal hashes differ between replicas.
        guard self.text == text else {
            throw VaultError(.badPasswordHash, "a password hash is not in its canonical form")
        }
    }

    private init(cost: PasswordCost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
        let parameters = "m=\(cost.memoryBytes / 1024),t=\(cost.operations),p=1"
        text = "$argon2id$v=19$\(parameters)$\(base64Encoded(salt))$\(base64Encoded(hash))"
    }

    /// Returns where `password` is the one; else throws `authenticationFailed`. Compares in constant time. Throws
    /// `outOfMemory`, which must not be counted as a wrong password.
    public func verify(_ password: String) throws(VaultError) {
        let candidate = try argon2id(password, salt: salt, cost: cost)
        guard constantTimeEqual(candidate, hash) else { throw VaultError(.authenticationFailed, "wrong password") }
    }

    /// Whether it was made at another cost than is wanted now: hash again when the person next signs in.
    public func needsRehash(for wanted: PasswordCost) -> Bool { cost != wanted }
}

extension PasswordHash: CustomStringConvertible {
    /// The cost only: the hash itself is of use to whoever wants to guess.
    public var description: String { "Argon2id password hash (\(cost.memoryBytes) bytes, \(cost.operations) passes)" }
}

private func argon2id(_ password: String, salt: [UInt8], cost: PasswordCost) throws(VaultError) -> [UInt8] {
    var password = password
    var hash = [UInt8](repeating: 0, count: 32)
    let done = password.withUTF8 { password in
        hash.withUnsafeMutableBytes { derive($0, from: UnsafeRawBufferPointer(password), salt: salt, cost: cost) }
    }
    guard done else { throw outOfMemory(cost) }
    return hash
}

/// Fills `output` by Argon2id; false where the memory could not be had. Salt must be 16 bytes.
func derive(
    _ output: UnsafeMutableRawBufferPointer, from password: UnsafeRawBufferPointer, salt: [UInt8], cost: PasswordCost
) -> Bool {
    Sodium.start()
    // libsodium wants an address even for an empty password.
    var nothing: CChar = 0
    return withUnsafePointer(to: &nothing) { nothing in
        crypto_pwhash(
            output.fixedOctets, UInt64(output.count),
            password.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing, UInt64(password.count), salt,
            UInt64(cost.operations), cost.memoryBytes, crypto_pwhash_alg_argon2id13()) == 0
    }
}

/// The error for a hash that had not the memory it costs.
func outOfMemory(_ cost: PasswordCost) -> VaultError {
    VaultError(.outOfMemory, "no \(cost.memoryBytes) bytes of memory to hash a password with; free some or lower the cost")
}

private func parsedCost(_ text: Substring) throws(VaultError) -> PasswordCost {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0].hasPrefix("m="), fields[1].hasPrefix("t="), fields[2] == "p=1",
        let kibibytes = Int(fields[0].dropFirst(2)), let operations = Int(fields[1].dropFirst(2)),
        (0...PasswordCost.memoryBytesMax / 1024).contains(kibibytes)
    else { throw VaultError(.badPasswordHash, "the cost of a password hash does not parse or is beyond what is allowed") }
    do {
        return try PasswordCost(memoryBytes: kibibytes * 1024, operations: operations)
    } catch {
        throw VaultError(.badPasswordHash, error.message)
    }
}

private func base64Encoded(_ bytes: [UInt8]) -> String {
    let variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING
    let capacity = sodium_base64_encoded_len(bytes.count, variant)
    var text = [CChar](repeating: 0, count: capacity)
    sodium_bin2base64(&text, capacity, bytes, bytes.count, variant)
    // The last character is the terminating zero.
    return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func base64Decoded(_ text: Substring, count: Int, as what: String) throws(VaultError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var decoded = 0
    let characters = text.utf8.map { CChar(bitPattern: $0) }
    // With no place to report where it stopped, libsodium refuses text that it did not read to the end.
    let status = sodium_base642bin(
        &bytes, count, characters, characters.count, nil, &decoded, nil, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
    guard status == 0, decoded == count else {
        throw VaultError(.badPasswordHash, "the \(what) of a password hash is not \(count) bytes in base64")
    }
    return bytes
}
