public import Causality

/// The name of one content: its change set and its number there.
public struct ContentName: Hashable, Comparable, Sendable {
    /// The change set.
    public let dot: Dot
    /// Its place among the contents of the change set, from 0.
    public let index: UInt16

    /// Content `index` of change set `dot`.
    public init(_ dot: Dot, _ index: UInt16) {
        self.dot = dot
        self.index = index
    }

    /// By change set, then number.
    public static func < (left: ContentName, right: ContentName) -> Bool {
        left.dot == right.dot ? left.index < right.index : left.dot < right.dot
    }
}

/// A content that a peer sent because it was asked for. Nothing of it is verified.
public struct FetchedContent: Hashable, Sendable {
    /// Which.
    public let name: ContentName
    /// As its author sealed it; empty where the peer does not hold it.
    public let sealed: [UInt8]

    /// A content from its parts.
    public init(name: ContentName, sealed: [UInt8]) {
        self.name = name
        self.sealed = sealed
    }
}
