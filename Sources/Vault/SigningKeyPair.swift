internal import CSodium

/// A member's Ed25519 pair: signs change sets and roster records. The secret half lives in guarded memory.
public struct SigningKeyPair: ~Copyable, Sendable {
    /// The length of the seed that the pair follows from, in bytes: 32.
    public static let seedBytes = 32

    /// The public half, which names the member.
    public let publicKey: SigningPublicKey

    /// libsodium's form: the seed, then the public key.
    private let secret: SecretBytes

    /// A new pair from `random`. Throws `VaultError.Code.outOfMemory`.
    public init(random: any RandomSource) throws(VaultError) {
        let seed = try SecretBytes(count: Self.seedBytes, random: random)
        try self.init(seed: seed)
    }

    /// The pair that follows from a stored seed of 32 bytes. The caller wipes the original. Throws `wrongLength`,
    /// `outOfMemory`.
    public init(seed: UnsafeRawBufferPointer) throws(VaultError) {
        try self.init(seed: SecretBytes(copying: seed))
    }

    /// The pair that follows from a stored seed of 32 bytes. The caller wipes the array. Throws `wrongLength`,
    /// `outOfMemory`.
    public init(seed: [UInt8]) throws(VaultError) {
        try self.init(seed: SecretBytes(copying: seed))
    }

    private init(seed: borrowing SecretBytes) throws(VaultError) {
        guard seed.count == Self.seedBytes else {
            throw .wrongLength("the seed of a signing key", expected: Self.seedBytes, found: seed.count)
        }
        let seed = seed.pointer
        var publicKey = Bytes32()
        secret = try SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES)) { secret in
            publicKey = Bytes32.filled { publicKey in
                // Returns an error never.
                crypto_sign_seed_keypair(publicKey, secret.fixedOctets, seed)
            }.bytes
        }
        self.publicKey = SigningPublicKey(storage: publicKey)
    }

    /// Calls `body` with the 32-byte seed, to store it; the pointer is valid only during the call.
    public borrowing func withSeed<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withUnsafeBytes { (bytes) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<Self.seedBytes]))
        }
    }

    /// Signs domain ‖ digest. The same input gives the same signature.
    public borrowing func sign(_ domain: Domain, _ digest: Digest) -> Signature {
        let key = secret.pointer
        return Signature.filled { signature in
            withSignedBytes(domain, digest) { message in
                // Returns an error never.
                _ = crypto_sign_detached(signature, nil, message.octets, UInt64(message.count), key)
            }
        }
    }
}

/// Calls `body` with what a signature covers, domain ‖ digest, on the stack.
func withSignedBytes<Outcome>(
    _ domain: Domain, _ digest: Digest, _ body: (UnsafeRawBufferPointer) -> Outcome
) -> Outcome {
    let label = domain.bytes
    return withUnsafeTemporaryAllocation(byteCount: label.count + Digest.byteCount, alignment: 1) { message in
        message.copyBytes(from: label)
        digest.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: message[label.count...]).copyMemory(from: $0) }
        return body(UnsafeRawBufferPointer(message))
    }
}
