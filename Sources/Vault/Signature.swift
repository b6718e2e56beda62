/// An Ed25519 signature: 64 bytes, held inline.
public struct Signature: FixedBytes {
    private var commitment = Bytes32()
    private var response = Bytes32()

    /// 64.
    public static let byteCount = 64

    private init() {}

    /// Copies 64 bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        guard source.count == Self.byteCount else {
            throw .wrongLength("a signature", expected: Self.byteCount, found: source.count)
        }
        commitment = try Bytes32(copying: UnsafeRawBufferPointer(rebasing: source[..<32]), as: "half a signature")
        response = try Bytes32(copying: UnsafeRawBufferPointer(rebasing: source[32...]), as: "half a signature")
    }

    /// A signature whose 64 bytes `body` writes, all of them.
    static func filled(by body: (UnsafeMutablePointer<UInt8>) -> Void) -> Signature {
        var signature = Signature()
        withUnsafeMutableBytes(of: &signature) { buffer in
            body(buffer.fixedOctets)
        }
        return signature
    }

    /// Calls `body` with the 64 bytes; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: self, body)
    }
}
