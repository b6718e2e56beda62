/// The public half of a `CurveKeyPair`: 32 bytes, held inline, in lexicographic order. ZeroMQ writes it as 40
/// characters of Z85.
public struct CurvePublicKey: FixedBytes, Comparable {
    private let storage: Bytes32

    /// 32.
    public static let byteCount = Bytes32.byteCount

    init(storage: Bytes32) { self.storage = storage }

    /// Copies 32 bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        storage = try Bytes32(copying: source, as: "a CURVE public key")
    }

    /// The key that these 40 characters of Z85 stand for. Throws `badText`, `wrongLength`.
    public init(z85 text: String) throws(VaultError) {
        try self.init(copying: Z85.decode(text))
    }

    /// Forty characters of Z85, as ZeroMQ's tools and configuration files have it.
    public var z85: String { withUnsafeBytes { Z85.encode($0) } }

    /// Calls `body` with the 32 bytes; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBytes(body)
    }

    /// Lexicographic: the order of the bytes.
    public static func < (left: CurvePublicKey, right: CurvePublicKey) -> Bool { left.storage < right.storage }
}
