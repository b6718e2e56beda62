internal import CSodium

/// The one place that starts libsodium.
enum Sodium {
    /// Room for BLAKE2b's state, in bytes. A constant, so that temporary room for it is on the stack.
    static let hashStateBytes = 384

    /// The alignment that libsodium asks for BLAKE2b's state, in bytes.
    static let hashStateAlignment = 64

    /// True once libsodium has chosen its implementations and opened its random source. A `static let` is initialised
    /// lazily, once, and safely from any thread; `sodium_init` itself is not safe to race with other calls.
    private static let started: Bool = sodium_init() >= 0 && crypto_generichash_statebytes() <= hashStateBytes

    /// Call before anything else of libsodium. After the first time it costs one load and a branch.
    @inline(__always)
    static func start() {
        // It fails only where the system offers no entropy at all, or with a libsodium other than the one described
        // here. There is nothing safe to go on with, and no caller could do better than stop.
        precondition(started, "libsodium could not be started: no source of random bytes, or an unknown version")
    }
}
