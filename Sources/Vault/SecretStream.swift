internal import CSodium

/// Seals a sequence of chunks so that none can be changed, left out, repeated or moved, and the end cannot be cut off: libsodium's
/// secretstream, XChaCha20-Poly1305.
///
/// Noncopyable: two streams that go on from one state would use one nonce twice.
public struct SealingStream: ~Copyable {
    /// How many bytes longer a sealed chunk is than its plaintext: 17.
    public static let overhead = 17
    /// How many bytes the header has: 24.
    public static let headerBytes = 24

    /// What a reader must have before the first chunk; not secret.
    public let header: [UInt8]
    private let state: StreamState

    /// A stream under `key`, with a header from `random`. Throws `outOfMemory`.
    public init(key: borrowing SymmetricKey, random: any RandomSource) throws(VaultError) {
        header = random.bytes(Self.headerBytes)
        // Both ends begin with the same state; this way the header comes from the given source.
        state = try StreamState(key: key, header: header)
    }

    /// Seals the next chunk. `associated` is bound to it; nothing may follow the last.
    public mutating func seal(_ chunk: [UInt8], associated: [UInt8], isLast: Bool) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: chunk.count + Self.overhead)
        let tag = isLast ? StreamState.lastTag : 0
        // Returns an error never: longer messages than memory can hold are the only limit.
        _ = crypto_secretstream_xchacha20poly1305_push(
            state.pointer, &sealed, nil, chunk, UInt64(chunk.count), associated, UInt64(associated.count), tag)
        return sealed
    }
}

/// Opens what a `SealingStream` sealed, in the same order.
public struct OpeningStream: ~Copyable {
    private let state: StreamState

    /// The stream that begins with `header`. Throws `wrongLength`, `outOfMemory`.
    public init(key: borrowing SymmetricKey, header: [UInt8]) throws(VaultError) {
        guard header.count == SealingStream.headerBytes else {
            throw .wrongLength("the header of a sealed stream", expected: SealingStream.headerBytes, found: header.count)
        }
        state = try StreamState(key: key, header: header)
    }

    /// Opens the next chunk, and says whether it is the last. Throws `authenticationFailed` where it was altered, is not the next one,
    /// or was sealed with another key; nothing more can be opened then.
    public mutating func open(
        _ sealed: [UInt8], associated: [UInt8]
    ) throws(VaultError) -> (chunk: [UInt8], isLast: Bool) {
        guard sealed.count >= SealingStream.overhead else {
            throw VaultError(.wrongLength, "a sealed chunk must be at least \(SealingStream.overhead) bytes, found \(sealed.count)")
        }
        var chunk = [UInt8](repeating: 0, count: sealed.count - SealingStream.overhead)
        var tag: UInt8 = 0
        let status = crypto_secretstream_xchacha20poly1305_pull(
            state.pointer, &chunk, nil, &tag, sealed, UInt64(sealed.count), associated, UInt64(associated.count))
        guard status == 0 else {
            throw VaultError(.authenticationFailed, "a chunk of \(sealed.count) bytes was altered, or is not the next one")
        }
        return (chunk, tag == StreamState.lastTag)
    }
}
