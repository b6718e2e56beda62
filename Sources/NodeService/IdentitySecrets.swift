import Glibc

/// The three secret keys of a member, as stored bytes, for as long as it takes to make key pairs of them.
///
/// Noncopyable, so that there is one place of them and one end of their life: they are wiped when the value goes away.
/// The memory is kept out of core files and, where the limits allow, out of swap. What a caller copies out of the
/// closures is its own to wipe.
public struct IdentitySecrets: ~Copyable {
    /// The length of each secret in bytes.
    public static let secretBytes = 32
    /// The length of all three in bytes.
    static let byteCount = 3 * secretBytes

    /// One page, so that advice to the system covers nothing else.
    private let page: UnsafeMutableRawBufferPointer

    /// New secrets from the system's random source.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/inputOutput``: no memory, or no random source.
    public static func random() throws(NodeServiceError) -> IdentitySecrets {
        try IdentitySecrets { (bytes) throws(NodeServiceError) in
            guard let start = bytes.baseAddress, getentropy(start, bytes.count) == 0 else {
                throw NodeServiceError(
                    .inputOutput, "the system gave no random bytes: \(String(cString: strerror(errno)))", errorNumber: errno)
            }
        }
    }

    /// Secrets in memory that `body` fills: the signing seed, the box secret and the CURVE secret, one after the other.
    init(
        filledBy body: (UnsafeMutableRawBufferPointer) throws(NodeServiceError) -> Void
    ) throws(NodeServiceError) {
        let size = sysconf(Int32(_SC_PAGESIZE))
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            throw NodeServiceError(.inputOutput, "there is no memory for the identity's keys", errorNumber: errno)
        }
        let page = UnsafeMutableRawBufferPointer(start: memory, count: size)
        // Both are a gain where they work; a lower limit on locked memory is no reason not to start.
        _ = mlock(memory, size)
        _ = madvise(memory, size, Int32(MADV_DONTDUMP))
        do throws(NodeServiceError) {
            try body(UnsafeMutableRawBufferPointer(rebasing: page[..<Self.byteCount]))
        } catch {
            Self.release(page)
            throw error
        }
        self.page = page
    }

    deinit { Self.release(page) }

    private static func release(_ page: UnsafeMutableRawBufferPointer) {
        // explicit_bzero is not optimised away, as a loop over memory that nobody reads again would be.
        guard let start = page.baseAddress else { return }
        explicit_bzero(start, page.count)
        _ = munmap(start, page.count)
    }

    /// Calls `body` with the 32-byte seed of the signing pair; the pointer is valid only during the call.
    public borrowing func withSigningSeed<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(secret(0))
    }

    /// Calls `body` with the 32-byte secret of the box pair; the pointer is valid only during the call.
    public borrowing func withBoxSecret<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(secret(1))
    }

    /// Calls `body` with the 32-byte secret of the CURVE pair; the pointer is valid only during the call.
    public borrowing func withCurveSecret<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(secret(2))
    }

    /// All three, one after the other.
    var all: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: page[..<Self.byteCount]) }

    borrowing func secret(_ index: Int) -> UnsafeRawBufferPointer {
        let start = index * Self.secretBytes
        return UnsafeRawBufferPointer(rebasing: page[start..<start + Self.secretBytes])
    }
}

// After `init` the memory is only read, and being noncopyable the value has one owner.
extension IdentitySecrets: @unchecked Sendable {}
