internal import CSodium

/// Secret bytes in guarded memory: locked out of swap where the system allows, fenced by inaccessible pages,
/// read-only once filled, wiped when released.
///
/// Noncopyable, so that there is exactly one place of a secret and one end of its life. It takes at least four pages of
/// address space and some system calls to make: for keys, not for messages.
public struct SecretBytes: ~Copyable {
    private let start: UnsafeMutableRawPointer

    /// How many bytes.
    public let count: Int

    /// `count` bytes, at least one, from `random`. Throws `outOfMemory`, `wrongLength`.
    public init(count: Int, random: any RandomSource) throws(VaultError) {
        try self.init(count: count) { random.fill($0) }
    }

    /// A copy of these bytes, at least one. The caller wipes the original. Throws `outOfMemory`, `wrongLength`.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        try self.init(count: source.count) { $0.copyMemory(from: source) }
    }

    /// A copy of these bytes, at least one. The caller wipes the array. Throws `outOfMemory`, `wrongLength`.
    public init(copying source: [UInt8]) throws(VaultError) {
        try self.init(count: source.count) { $0.copyBytes(from: source) }
    }

    /// `count` bytes that `body` writes, all of them; `body` is the only one ever to write there.
    init(count: Int, filledBy body: (UnsafeMutableRawBufferPointer) -> Void) throws(VaultError) {
        guard count > 0 else { throw VaultError(.wrongLength, "a secret must be at least 1 byte, found \(count)") }
        Sodium.start()
        guard let start = sodium_malloc(count) else {
            throw VaultError(.outOfMemory, "no guarded memory for a secret of \(count) bytes; raise the memory limit")
        }
        body(UnsafeMutableRawBufferPointer(start: start, count: count))
        guard sodium_mprotect_readonly(start) == 0 else {
            sodium_free(start)
            throw VaultError(.outOfMemory, "the memory of a secret of \(count) bytes could not be made read-only")
        }
        self.start = start
        self.count = count
    }

    deinit { sodium_free(start) }

    /// Calls `body` with the bytes; the pointer is valid only during the call. What `body` copies out is its to wipe.
    public borrowing func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The bytes as libsodium takes them. Valid while the value is borrowed: use it only in a method of the type that
    /// owns it.
    var pointer: UnsafePointer<UInt8> { UnsafePointer(start.assumingMemoryBound(to: UInt8.self)) }
}

// The pointer hides this from the compiler: after `init` the memory is never written again (the system enforces it),
// it is freed only by `deinit`, and being noncopyable the value has one owner. Reading it from several threads is
// safe.
extension SecretBytes: @unchecked Sendable {}
