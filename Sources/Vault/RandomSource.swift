/// Where random bytes come from: the system in production, a seed in simulations and test vectors.
///
/// Whatever needs randomness is given a source, so that a simulation with the same seed is the same to the last byte.
public protocol RandomSource: AnyObject, Sendable {
    /// Fills the whole buffer.
    func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

extension RandomSource {
    /// Sixty-four random bits; eight bytes of the source read as a big-endian number, so alike on every machine.
    public func uint64() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { fill($0) }
        return value.bigEndian
    }

    /// `count` random bytes. For secrets draw into `SecretBytes` instead: an array is not wiped.
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            fill(UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }
}
