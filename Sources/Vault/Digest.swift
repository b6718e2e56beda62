/// A BLAKE2b-256 hash: 32 bytes, held inline, in lexicographic order.
public struct Digest: FixedBytes, Comparable {
    @usableFromInline let storage: Bytes32

    /// 32.
    public static let byteCount = Bytes32.byteCount

    /// Thirty-two zero bytes: the predecessor of a log's first change set.
    public static let zero = Digest(storage: Bytes32())

    init(storage: Bytes32) { self.storage = storage }

    /// Copies 32 bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        storage = try Bytes32(copying: source, as: "a digest")
    }

    /// The first four bytes as a big-endian number: the tag by which a clock entry names a change set's hash.
    @inlinable
    public var prefix32: UInt32 { UInt32(truncatingIfNeeded: storage.word0.bigEndian >> 32) }

    /// Calls `body` with the 32 bytes; the pointer is valid only during the call.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBytes(body)
    }

    /// Equal bytes. Not constant-time: digests are public.
    @inlinable
    public static func == (left: Digest, right: Digest) -> Bool { left.storage == right.storage }

    /// Lexicographic: the order of the bytes.
    @inlinable
    public static func < (left: Digest, right: Digest) -> Bool { left.storage < right.storage }
}
