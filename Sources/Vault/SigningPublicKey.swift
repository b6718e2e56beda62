internal import CSodium

/// The public half of a `SigningKeyPair`: 32 bytes, held inline, in lexicographic order.
public struct SigningPublicKey: FixedBytes, Comparable {
    private let storage: Bytes32

    /// 32.
    public static let byteCount = Bytes32.byteCount

    init(storage: Bytes32) { self.storage = storage }

    /// Copies 32 bytes. Throws `VaultError.Code.wrongLength` for any other count. Any 32 bytes are taken; those that
    /// are no proper key verify nothing.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        storage = try Bytes32(copying: source, as: "a signing public key")
    }

    /// Returns where `signature` was made by this key over domain ‖ digest; else throws
    /// `VaultError.Code.badSignature`. Keys of small order and signatures in other than their one canonical form are
    /// refused.
    public func verify(_ signature: Signature, _ domain: Domain, _ digest: Digest) throws(VaultError) {
        Sodium.start()
        let status = withUnsafeBytes { key in
            signature.withUnsafeBytes { signature in
                withSignedBytes(domain, digest) { message in
                    crypto_sign_verify_detached(
                        signature.fixedOctets, message.octets, UInt64(message.count), key.fixedOctets)
                }
            }
        }
        guard status == 0 else {
            throw VaultError(.badSignature, "the signature over \(digest) (\(domain)) was not made by key \(self)")
        }
    }

    /// Calls `body` with the 32 bytes; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBytes(body)
    }

    /// Lexicographic: the order of the bytes.
    public static func < (left: SigningPublicKey, right: SigningPublicKey) -> Bool { left.storage < right.storage }
}
