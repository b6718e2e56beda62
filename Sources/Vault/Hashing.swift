internal import CSodium

/// A BLAKE2b-256 hash of a domain and then whatever is fed to it, in pieces.
///
/// Pieces are joined without separators: where two could trade bytes, feed lengths too. Noncopyable, and `finalize`
/// uses it up, so that feeding a finished hash does not compile. The state is inline: nothing is allocated. For bytes
/// that are all in one place `Digest.hash` is faster.
public struct Hashing: ~Copyable, Sendable {
    /// Room for the state (384 bytes) at any multiple of 64 within it.
    private typealias Room = (
        SIMD64<UInt8>, SIMD64<UInt8>, SIMD64<UInt8>, SIMD64<UInt8>, SIMD64<UInt8>, SIMD64<UInt8>, SIMD64<UInt8>
    )

    private var room: Room = (.zero, .zero, .zero, .zero, .zero, .zero, .zero)

    /// Where in `room` the state is: at the first address that is a multiple of 64. Nil before the first use.
    private var offset: Int?

    /// A hash that has taken in the domain label and nothing else.
    public init(_ domain: Domain) {
        Sodium.start()
        // libsodium's hash calls return an error only for an output or key length out of range; ours are constants.
        withState { _ = crypto_generichash_init($0, nil, 0, Digest.byteCount) }
        update(domain.bytes)
    }

    /// Takes in these bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        withState { _ = crypto_generichash_update($0, bytes.octets, UInt64(bytes.count)) }
    }

    /// Takes in these bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Takes in the 32 bytes of a digest.
    public mutating func update(_ digest: Digest) {
        digest.withUnsafeBytes { update($0) }
    }

    /// The hash of everything fed so far.
    public consuming func finalize() -> Digest {
        var digest = Bytes32()
        withState { state in
            digest = Bytes32.filled { crypto_generichash_final(state, $0, Digest.byteCount) }.bytes
        }
        return Digest(storage: digest)
    }

    /// Calls `body` with the state at an address that is a multiple of 64, as libsodium asks. Swift aligns stored
    /// values to 16 at most and may move this one between calls, so the state is moved along when its place in `room`
    /// has changed. (It holds no addresses.)
    private mutating func withState(_ body: (OpaquePointer) -> Void) {
        let before = offset
        offset = withUnsafeMutableBytes(of: &room) { room in
            let start = UnsafeMutableRawPointer(room.fixedOctets)
            let aligned = start.alignedUp(toMultipleOf: Sodium.hashStateAlignment)
            if let before, start + before != aligned {
                aligned.copyMemory(from: start + before, byteCount: Sodium.hashStateBytes)
            }
            body(OpaquePointer(aligned))
            return aligned - start
        }
    }
}

extension Digest {
    /// BLAKE2b-256(domain ‖ bytes), without a heap allocation: for hundreds of thousands of calls a second.
    public static func hash(_ domain: Domain, _ bytes: UnsafeRawBufferPointer) -> Digest {
        Digest(storage: Bytes32.filled { blake2b(domain, bytes, into: $0, count: Digest.byteCount) }.bytes)
    }

    /// BLAKE2b-256(domain ‖ bytes), without a heap allocation.
    public static func hash(_ domain: Domain, _ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { hash(domain, $0) }
    }
}

extension Nonce {
    /// The nonce of the part `index` of something that has a random nonce: BLAKE2b-192(domain ‖ base ‖ index,
    /// big-endian).
    ///
    /// As safe as `base` is unique: `base` must be random or a hash of something that never repeats under the same key.
    public static func derived(_ domain: Domain, base: UnsafeRawBufferPointer, index: UInt16) -> Nonce {
        Nonce.filled { output in
            Swift.withUnsafeBytes(of: index.bigEndian) { suffix in
                blake2b(domain, base, suffix, into: output, count: Nonce.byteCount)
            }
        }
    }

    /// The same from a random nonce as the base.
    public static func derived(_ domain: Domain, base: Nonce, index: UInt16) -> Nonce {
        base.withUnsafeBytes { derived(domain, base: $0, index: index) }
    }
}

/// BLAKE2b(domain ‖ bytes ‖ suffix) of `count` bytes into `output`. The state lives on the stack and is not zeroed
/// first, unlike that of `Hashing`, because libsodium sets every byte of it that it reads.
@inline(__always)
private func blake2b(
    _ domain: Domain, _ bytes: UnsafeRawBufferPointer, _ suffix: UnsafeRawBufferPointer? = nil,
    into output: UnsafeMutablePointer<UInt8>, count: Int
) {
    Sodium.start()
    withUnsafeTemporaryAllocation(byteCount: Sodium.hashStateBytes, alignment: Sodium.hashStateAlignment) { room in
        let state = OpaquePointer(room.fixedOctets)
        // These calls return an error only for an output or key length out of range; ours are constants.
        _ = crypto_generichash_init(state, nil, 0, count)
        domain.bytes.withUnsafeBytes { _ = crypto_generichash_update(state, $0.octets, UInt64($0.count)) }
        if bytes.count > 0 { _ = crypto_generichash_update(state, bytes.octets, UInt64(bytes.count)) }
        if let suffix { _ = crypto_generichash_update(state, suffix.octets, UInt64(suffix.count)) }
        _ = crypto_generichash_final(state, output, count)
    }
}
