internal import CSodium
internal import Synchronization

/// Random bytes that follow from a seed, for simulations and test vectors **only**: whoever knows the seed knows
/// every key.
///
/// The bytes are one ChaCha20 key stream (the original form: 64-bit zero nonce, 64-bit block counter from 0) under
/// the key BLAKE2b-256("suture seeded random v1" as a `Domain` ‖ seed, 8 bytes big-endian ‖ stream name in UTF-8).
/// How the reads are cut does not matter: two reads of 5 bytes give what one of 10 does. Different stream names give
/// unrelated bytes from one seed.
///
/// A lock guards the position in the stream, so several threads may read; only one reader gives a repeatable order.
public final class SeededRandomSource: RandomSource {
    private static let domain = Domain("suture seeded random v1")
    private static let blockBytes = 64

    /// How much of the stream is made at a time, in bytes: a whole number of blocks.
    private static let chunkBytes = 16 * blockBytes

    private struct Position {
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        /// Bytes of `chunk` already given out; all of it at first, so that the first read makes one.
        var used = chunkBytes
        /// The block counter at which the next chunk starts.
        var nextBlock: UInt64 = 0
    }

    // Not secret: it follows from the seed, which is printed in reports.
    private let key: [UInt8]
    private let position = Mutex(Position())

    /// The stream named `stream` of `seed`.
    public init(seed: UInt64, stream: String) {
        var hashing = Hashing(Self.domain)
        withUnsafeBytes(of: seed.bigEndian) { hashing.update($0) }
        hashing.update(Array(stream.utf8))
        key = hashing.finalize().bytes
    }

    /// Fills the whole buffer with the next bytes of the stream.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        position.withLock { position in
            var filled = 0
            while filled < buffer.count {
                if position.used == Self.chunkBytes { refill(&position) }
                let count = min(buffer.count - filled, Self.chunkBytes - position.used)
                let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
                position.chunk.withUnsafeBytes {
                    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position.used..<position.used + count]))
                }
                filled += count
                position.used += count
            }
        }
    }

    private func refill(_ position: inout Position) {
        let nonce: UInt64 = 0
        let zeros = [UInt8](repeating: 0, count: Self.chunkBytes)
        // Returns an error never: the length is far below the limit of the stream.
        _ = withUnsafeBytes(of: nonce) { nonce in
            crypto_stream_chacha20_xor_ic(
                &position.chunk, zeros, UInt64(Self.chunkBytes), nonce.fixedOctets, position.nextBlock, key)
        }
        position.nextBlock += UInt64(Self.chunkBytes / Self.blockBytes)
        position.used = 0
    }
}
