/// The name of one replica: one life of one member's log.
///
/// 64 random bits, drawn when a member is founded, joins, or is restored from a backup. A replica's change sets are
/// numbered 1, 2, 3 ... without gaps, so (`ReplicaID`, sequence) names a change set for ever.
@frozen
public struct ReplicaID: Hashable, Comparable, Sendable {
    /// The 64 bits.
    public let rawValue: UInt64

    /// A replica id from its 64 bits.
    @inlinable
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Ascending by raw value: the order of every sorted encoding.
    @inlinable
    public static func < (left: ReplicaID, right: ReplicaID) -> Bool { left.rawValue < right.rawValue }
}

extension ReplicaID: CustomStringConvertible {
    /// Sixteen hexadecimal digits.
    public var description: String { Hexadecimal.string(of: rawValue) }

    /// A replica id from the sixteen digits that `description` gives, or nil where the text is not that.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 16, let value = Hexadecimal.value(of: text) else { return nil }
        self.init(value)
    }
}
