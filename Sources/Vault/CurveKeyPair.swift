/// A member's CURVE pair: who it is to ZeroMQ. An X25519 pair like that of a box, but never the same one.
public struct CurveKeyPair: ~Copyable, Sendable {
    private let secret: X25519Secret

    /// The public half, which the roster holds and ZAP reports.
    public var publicKey: CurvePublicKey { CurvePublicKey(storage: secret.publicKey) }

    /// A new pair from `random`. Throws `VaultError.Code.outOfMemory`.
    public init(random: any RandomSource) throws(VaultError) {
        secret = try X25519Secret(random: random)
    }

    /// The pair of a stored secret of 32 bytes. The caller wipes the original. Throws `wrongLength`, `outOfMemory`.
    public init(secret source: UnsafeRawBufferPointer) throws(VaultError) {
        secret = try X25519Secret(SecretBytes(copying: source), as: "the secret of a CURVE key pair")
    }

    /// The pair of a stored secret of 32 bytes. The caller wipes the array. Throws `wrongLength`, `outOfMemory`.
    public init(secret source: [UInt8]) throws(VaultError) {
        secret = try X25519Secret(SecretBytes(copying: source), as: "the secret of a CURVE key pair")
    }

    /// Calls `body` with the 32 secret bytes, to store them or hand them to the transport; the pointer is valid only
    /// during the call.
    public borrowing func withSecret<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try secret.bytes.withUnsafeBytes(body)
    }
}
