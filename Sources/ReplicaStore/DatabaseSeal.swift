import CSealedVFS
public import Vault

/// The key that seals one database at rest: every page of it, its write-ahead log, its indexes and its free space.
///
/// The key lives in guarded memory, here as long as this object and once more in each store that is open with it; closing
/// the last store and letting go of this object wipes both. A database is opened with one seal for its whole life.
public final class DatabaseSeal: Sendable {
    private let key: SymmetricKey
    private let random: (any RandomSource)?

    /// A seal with this key.
    ///
    /// - Parameter random: Where nonces come from, in simulations; nil for the system's random bytes.
    public init(key: consuming SymmetricKey, random: (any RandomSource)? = nil) {
        self.key = key
        self.random = random
    }

    /// Registers an SQLite VFS that seals with this key what it stores on the VFS `below`; nil for SQLite's own. NULL where
    /// SQLite does not take it.
    func register(_ name: String, over below: String?) -> OpaquePointer? {
        let context = random.map { Unmanaged.passRetained(RandomBox($0)) }
        let vfs = key.withUnsafeBytes { key in
            suture_sealed_vfs_create(
                name, below, key.baseAddress?.assumingMemoryBound(to: UInt8.self), context == nil ? nil : RandomBox.fill,
                context?.toOpaque(), context == nil ? nil : RandomBox.release)
        }
        if vfs == nil { context?.release() }
        return vfs
    }
}

extension DatabaseSeal: Hashable {
    /// Whether both are the same object: keys are not compared.
    public static func == (left: DatabaseSeal, right: DatabaseSeal) -> Bool { left === right }

    /// Hashes which object it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A random source as C holds it.
private final class RandomBox {
    private let source: any RandomSource

    init(_ source: any RandomSource) { self.source = source }

    static let fill: suture_sealed_random = { context, bytes, count in
        guard let context else { return }
        Unmanaged<RandomBox>.fromOpaque(context).takeUnretainedValue().source
            .fill(UnsafeMutableRawBufferPointer(start: bytes, count: count))
    }

    static let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        if let context { Unmanaged<RandomBox>.fromOpaque(context).release() }
    }
}
