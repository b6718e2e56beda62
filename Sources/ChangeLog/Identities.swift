public import Vault

/// The name of a group: the hash of its genesis record.
public struct GroupID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The hash.
    public let digest: Digest

    /// The group of this hash.
    public init(_ digest: Digest) { self.digest = digest }

    /// The group that `genesis` (a serialized `Genesis`, byte for byte) founds.
    public init(genesis: [UInt8]) { digest = Digest.hash(LogDomain.genesis, genesis) }

    /// Its 32 bytes, as frames carry them.
    public var bytes: [UInt8] { digest.bytes }

    /// By hash.
    public static func < (left: GroupID, right: GroupID) -> Bool { left.digest < right.digest }

    /// Hexadecimal.
    public var description: String { digest.description }
}

/// The name of a member: the hash of its signing key.
public struct MemberID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The hash.
    public let digest: Digest

    /// The member of this hash.
    public init(_ digest: Digest) { self.digest = digest }

    /// The member that signs with `key`.
    public init(signingKey key: SigningPublicKey) { digest = Digest.hash(LogDomain.member, key.bytes) }

    /// Its 32 bytes, as frames carry them.
    public var bytes: [UInt8] { digest.bytes }

    /// By hash: the order in which members are listed and served.
    public static func < (left: MemberID, right: MemberID) -> Bool { left.digest < right.digest }

    /// The first eight hexadecimal digits, enough to tell a group's members apart in a log line.
    public var short: String { String(digest.description.prefix(8)) }

    /// Hexadecimal.
    public var description: String { digest.description }
}

/// The name of a generation of the group's content key: the hash of the key, so that a granted key can be checked.
public struct EpochID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The hash.
    public let digest: Digest

    /// The epoch of this hash.
    public init(_ digest: Digest) { self.digest = digest }

    /// By hash.
    public static func < (left: EpochID, right: EpochID) -> Bool { left.digest < right.digest }

    /// Hexadecimal.
    public var description: String { digest.description }
}
