/// Thirty-two bytes without a heap allocation: the storage of digests and public keys.
///
/// The words hold the bytes in memory order, so that `withUnsafeBytes` is free; comparing turns them to big-endian.
@usableFromInline
struct Bytes32: Hashable, Sendable {
    @usableFromInline let word0: UInt64
    @usableFromInline let word1: UInt64
    @usableFromInline let word2: UInt64
    @usableFromInline let word3: UInt64

    @usableFromInline static let byteCount = 32

    /// Thirty-two zero bytes.
    init() {
        word0 = 0
        word1 = 0
        word2 = 0
        word3 = 0
    }

    /// Copies 32 bytes of any alignment; `what` names the value in the error.
    init(copying source: UnsafeRawBufferPointer, as what: StaticString) throws(VaultError) {
        guard source.count == Self.byteCount else {
            throw .wrongLength("\(what)", expected: Self.byteCount, found: source.count)
        }
        word0 = source.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = source.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        word3 = source.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// Thirty-two bytes written by `body`, which must write them all and returns a value of its own.
    static func filled<Outcome>(by body: (UnsafeMutablePointer<UInt8>) -> Outcome) -> (bytes: Bytes32, outcome: Outcome) {
        var bytes = Bytes32()
        let outcome = Swift.withUnsafeMutableBytes(of: &bytes) { buffer in
            body(buffer.fixedOctets)
        }
        return (bytes, outcome)
    }

    @inlinable
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: self, body)
    }

    @inlinable
    static func == (left: Bytes32, right: Bytes32) -> Bool {
        left.word0 == right.word0 && left.word1 == right.word1 && left.word2 == right.word2 && left.word3 == right.word3
    }
}

extension Bytes32: Comparable {
    /// Lexicographic: the order of the bytes.
    @inlinable
    static func < (left: Bytes32, right: Bytes32) -> Bool {
        if left.word0 != right.word0 { return left.word0.bigEndian < right.word0.bigEndian }
        if left.word1 != right.word1 { return left.word1.bigEndian < right.word1.bigEndian }
        if left.word2 != right.word2 { return left.word2.bigEndian < right.word2.bigEndian }
        return left.word3.bigEndian < right.word3.bigEndian
    }
}
