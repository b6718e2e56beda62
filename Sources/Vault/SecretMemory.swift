internal import CSodium

/// Care for secrets that have to pass through ordinary memory.
public enum SecretMemory {
    /// Keeps the memory of this process out of core files and from debuggers of the same account. False where the system
    /// does not know how.
    @discardableResult
    public static func forbidDumps() -> Bool { suture_forbid_dumps() == 0 }

    /// Overwrites the bytes with zeros in a way that the compiler cannot leave out. Copies that Swift made before (an
    /// array that was shared, or grew) are not reached: keep secrets in `SecretBytes` where it is possible.
    public static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { wipe($0) }
    }

    /// Overwrites the bytes with zeros in a way that the compiler cannot leave out.
    public static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        sodium_memzero(start, buffer.count)
    }
}

/// Whether both have the same bytes, in a time that depends on the length only. Different lengths are unequal at
/// once: a length is no secret.
public func constantTimeEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
    return sodium_memcmp(leftStart, rightStart, left.count) == 0
}

/// Whether both have the same bytes, in a time that depends on the length only.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { constantTimeEqual(left, $0) } }
}
