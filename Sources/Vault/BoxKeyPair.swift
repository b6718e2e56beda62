internal import CSodium

/// A member's X25519 pair for sealed boxes: opens what was sealed to its public key, above all epoch key grants.
public struct BoxKeyPair: ~Copyable, Sendable {
    private let secret: X25519Secret

    /// The public half, which others seal to.
    public var publicKey: BoxPublicKey { BoxPublicKey(storage: secret.publicKey) }

    /// A new pair from `random`. Throws `VaultError.Code.outOfMemory`.
    public init(random: any RandomSource) throws(VaultError) {
        secret = try X25519Secret(random: random)
    }

    /// The pair of a stored secret of 32 bytes. The caller wipes the original. Throws `wrongLength`, `outOfMemory`.
    public init(secret source: UnsafeRawBufferPointer) throws(VaultError) {
        secret = try X25519Secret(SecretBytes(copying: source), as: "the secret of a box key pair")
    }

    /// The pair of a stored secret of 32 bytes. The caller wipes the array. Throws `wrongLength`, `outOfMemory`.
    public init(secret source: [UInt8]) throws(VaultError) {
        secret = try X25519Secret(SecretBytes(copying: source), as: "the secret of a box key pair")
    }

    /// Calls `body` with the 32 secret bytes, to store them; the pointer is valid only during the call.
    public borrowing func withSecret<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.bytes.withUnsafeBytes(body)
    }

    /// The bytes that were sealed to this pair's public key, by `BoxPublicKey.seal` or libsodium's `crypto_box_seal`.
    /// Throws `wrongLength` where the box is shorter than `BoxPublicKey.overhead`, else `authenticationFailed`.
    ///
    /// Says nothing about who sealed it: anybody can. What is opened may be secret: wipe it after use.
    public borrowing func open(_ box: [UInt8]) throws(VaultError) -> [UInt8] {
        guard box.count >= BoxPublicKey.overhead else {
            let least = BoxPublicKey.overhead
            throw VaultError(.wrongLength, "a sealed box must be at least \(least) bytes, found \(box.count)")
        }
        let secretPointer = secret.bytes.pointer
        var opened = [UInt8](repeating: 0, count: box.count - BoxPublicKey.overhead)
        let status = publicKey.withUnsafeBytes { publicKey in
            crypto_box_seal_open(
                &opened, box, UInt64(box.count), publicKey.fixedOctets, secretPointer)
        }
        guard status == 0 else {
            throw VaultError(
                .authenticationFailed,
                "a sealed box of \(box.count) bytes was altered, or sealed to another key than \(publicKey)")
        }
        return opened
    }
}
