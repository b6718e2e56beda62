/// A number used once with one key: the 24 bytes of XChaCha20-Poly1305, long enough to be drawn at random.
///
/// Using one nonce twice with one key reveals what was sealed. Never derive one from a sequence number: a restored node
/// would repeat it.
public struct Nonce: FixedBytes {
    // In memory order, like `Bytes32`.
    private var word0: UInt64 = 0
    private var word1: UInt64 = 0
    private var word2: UInt64 = 0

    /// 24.
    public static let byteCount = 24

    private init() {}

    /// Twenty-four bytes from `random`.
    public init(random: any RandomSource) {
        self.init()
        withUnsafeMutableBytes(of: &self) { random.fill($0) }
    }

    /// Copies 24 bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        guard source.count == Self.byteCount else {
            throw .wrongLength("a nonce", expected: Self.byteCount, found: source.count)
        }
        word0 = source.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = source.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    }

    /// A nonce whose 24 bytes `body` writes, all of them.
    static func filled(by body: (UnsafeMutablePointer<UInt8>) -> Void) -> Nonce {
        var nonce = Nonce()
        withUnsafeMutableBytes(of: &nonce) { buffer in
            body(buffer.fixedOctets)
        }
        return nonce
    }

    /// Calls `body` with the 24 bytes; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: self, body)
    }
}
