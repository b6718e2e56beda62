/// The hash of one change set: 256 bits, each naming the hash of the one before, so that a hash names a whole history.
///
/// Two change sets with one dot and different hashes are a fork. Clocks on the wire carry `tag` beside each sequence, so that
/// a fork is never mistaken for agreement.
@frozen
public struct ChangeSetHash: Hashable, Comparable, Sendable {
    /// The 32 bytes as big-endian words, first word first.
    public let words: (UInt64, UInt64, UInt64, UInt64)

    /// How many bytes a hash has.
    public static let byteCount = 32

    /// What the first change set of a log names as the one before.
    public static let zero = ChangeSetHash(words: (0, 0, 0, 0))

    /// A hash from its words.
    @inlinable
    public init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// A hash from 32 bytes, or nil where there are more or fewer.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        let array = Array(bytes)
        self = array.withUnsafeBytes { Self(loading: $0) }
    }

    /// A hash from exactly 32 bytes of memory.
    ///
    /// - Precondition: `memory.count == 32`; callers take it from a fixed-width column or type.
    @inlinable
    public init(loading memory: UnsafeRawBufferPointer) {
        precondition(memory.count == 32)
        words = (
            UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        )
    }

    /// The first four bytes as a number: what clocks carry on the wire.
    @inlinable
    public var tag: UInt32 { UInt32(truncatingIfNeeded: words.0 >> 32) }

    /// The 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The 32 bytes in memory, for hashing and storing without an array.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var storage = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try withUnsafePointer(to: &storage) { pointer throws(Failure) in
            try body(UnsafeRawBufferPointer(start: pointer, count: 32))
        }
    }

    /// Bytewise.
    public static func < (left: ChangeSetHash, right: ChangeSetHash) -> Bool { left.words < right.words }

    /// Bytewise.
    @inlinable
    public static func == (left: ChangeSetHash, right: ChangeSetHash) -> Bool { left.words == right.words }

    /// The first word alone: hashes are uniform.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension ChangeSetHash: CustomStringConvertible {
    /// Sixty-four hexadecimal digits.
    public var description: String { Hexadecimal.string(of: bytes) }
}
