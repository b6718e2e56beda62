internal import CSodium

/// A 32-byte secret key that seals and opens with XChaCha20-Poly1305 (the IETF form): epoch keys, content keys, the
/// database key.
///
/// Sealing hides the plaintext and binds the associated data: opening with any other key, nonce, associated data or
/// sealed bytes fails. Lives in guarded memory; safe to use from several threads at once.
public struct SymmetricKey: ~Copyable, Sendable {
    /// 32.
    public static let byteCount = 32

    /// How many bytes longer sealed bytes are than their plaintext: the authentication tag at their end.
    public static let overhead = 16

    private let secret: SecretBytes

    /// A new key from `random`. Throws `VaultError.Code.outOfMemory`.
    public init(random: any RandomSource) throws(VaultError) {
        secret = try SecretBytes(count: Self.byteCount, random: random)
    }

    /// The key with these 32 bytes. The caller wipes the original. Throws `wrongLength`, `outOfMemory`.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        try self.init(SecretBytes(copying: source))
    }

    /// The key with these 32 bytes, for example from an opened box. The caller wipes the array. Throws `wrongLength`,
    /// `outOfMemory`.
    public init(copying source: [UInt8]) throws(VaultError) {
        try self.init(SecretBytes(copying: source))
    }

    private init(_ secret: consuming SecretBytes) throws(VaultError) {
        guard secret.count == Self.byteCount else {
            throw .wrongLength("a symmetric key", expected: Self.byteCount, found: secret.count)
        }
        self.secret = secret
    }

    /// The key whose 32 bytes `body` writes.
    init(filledBy body: (UnsafeMutableRawBufferPointer) -> Void) throws(VaultError) {
        secret = try SecretBytes(count: Self.byteCount, filledBy: body)
    }

    /// Calls `body` with the 32 bytes, to store or grant them; the pointer is valid only during the call.
    public borrowing func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.withUnsafeBytes(body)
    }

    /// The key for one purpose, from this one: BLAKE2b-256 keyed with this key, of domain ‖ context. Throws
    /// `outOfMemory`.
    public borrowing func derive(_ domain: Domain, context: [UInt8] = []) throws(VaultError) -> SymmetricKey {
        let input = domain.bytes + context
        let key = secret.pointer
        return try SymmetricKey { output in
            // Returns an error only for lengths out of range; these are constants.
            _ = crypto_generichash(
                output.fixedOctets, Self.byteCount, input, UInt64(input.count), key, Self.byteCount)
        }
    }

    /// Seals `plaintext` into `output`, which must be exactly `overhead` bytes longer: ciphertext, then tag.
    ///
    /// `nonce` must never be used again with this key. `output` may start where `plaintext` does; any other overlap
    /// is not allowed. Does not allocate. Throws `VaultError.Code.wrongLength`.
    public borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, nonce: Nonce, associated: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        let expected = plaintext.count + Self.overhead
        guard output.count == expected else {
            throw .wrongLength("the output of sealing \(plaintext.count) bytes", expected: expected, found: output.count)
        }
        Sodium.start()
        let key = secret.pointer
        nonce.withUnsafeBytes { nonce in
            // Returns an error never: longer messages than memory can hold are the only limit.
            _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
                output.fixedOctets, nil, plaintext.octets, UInt64(plaintext.count), associated.octets,
                UInt64(associated.count), nil, nonce.fixedOctets, key)
        }
    }

    /// Opens `sealed` into `output`, which must be exactly `overhead` bytes shorter.
    ///
    /// `output` may start where `sealed` does; any other overlap is not allowed. Does not allocate. Throws
    /// `wrongLength`, and `authenticationFailed` with `output` filled with zeros.
    public borrowing func open(
        _ sealed: UnsafeRawBufferPointer, nonce: Nonce, associated: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        try nonce.withUnsafeBytes { (nonce) throws(VaultError) in
            try open(sealed, nonce: nonce, associated: associated, into: output)
        }
    }

    /// The same with the nonce where it lies in a received buffer: exactly 24 bytes, else `wrongLength`.
    public borrowing func open(
        _ sealed: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(VaultError) {
        guard nonce.count == Nonce.byteCount else {
            throw .wrongLength("a nonce", expected: Nonce.byteCount, found: nonce.count)
        }
        guard sealed.count >= Self.overhead else {
            throw VaultError(.wrongLength, "sealed bytes must be at least \(Self.overhead), found \(sealed.count)")
        }
        let expected = sealed.count - Self.overhead
        guard output.count == expected else {
            throw .wrongLength("the output of opening \(sealed.count) bytes", expected: expected, found: output.count)
        }
        Sodium.start()
        let status = crypto_aead_xchacha20poly1305_ietf_decrypt(
            output.octets, nil, nil, sealed.fixedOctets, UInt64(sealed.count), associated.octets, UInt64(associated.count),
            nonce.fixedOctets, secret.pointer)
        guard status == 0 else {
            throw VaultError(
                .authenticationFailed, "\(sealed.count) sealed bytes were altered, or sealed with another key or context")
        }
    }
}
