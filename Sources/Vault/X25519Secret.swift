internal import CSodium

/// A secret X25519 scalar in guarded memory and the public key that follows from it: what box and CURVE pairs have in
/// common.
struct X25519Secret: ~Copyable, Sendable {
    static let byteCount = 32

    let bytes: SecretBytes
    let publicKey: Bytes32

    /// A new pair, as `crypto_box_keypair` makes it, but from `random`.
    init(random: any RandomSource) throws(VaultError) {
        try self.init(SecretBytes(count: Self.byteCount, random: random))
    }

    /// The pair of a secret; `what` names it in the error.
    init(_ bytes: consuming SecretBytes, as what: StaticString = "the secret of a key pair") throws(VaultError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongLength("\(what)", expected: Self.byteCount, found: bytes.count)
        }
        let (publicKey, status) = bytes.withUnsafeBytes { secret in
            Bytes32.filled { crypto_scalarmult_base($0, secret.fixedOctets) }
        }
        guard status == 0 else { throw VaultError(.weakKey, "the secret has no usable public key; make a new pair") }
        self.publicKey = publicKey
        self.bytes = bytes
    }
}
