internal import CSodium

/// The operating system's random bytes, through libsodium. Safe from any thread.
public final class SystemRandomSource: RandomSource {
    /// A source; all of them are alike.
    public init() { Sodium.start() }

    /// Fills the whole buffer.
    public func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        randombytes_buf(start, buffer.count)
    }
}
