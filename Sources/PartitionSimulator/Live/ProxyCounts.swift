/// What a proxy did so far.
public struct ProxyCounts: Hashable, Sendable, Codable {
    /// Connections that were let through.
    public internal(set) var connections = 0
    /// Connections that were refused: the link was cut, nobody listened behind it, or there were too many.
    public internal(set) var refused = 0
    /// Connections that a cut, or the end of a half-open time, ended.
    public internal(set) var severed = 0
    /// Connections of which one side was closed while the other was left to believe in it.
    public internal(set) var abandoned = 0
    /// Bytes that arrived, in both directions.
    public internal(set) var bytes = 0
    /// Pieces that were taken, in both directions.
    public internal(set) var pieces = 0
    /// Pauses that stand for loss.
    public internal(set) var stalls = 0
    /// Resets that stand for loss.
    public internal(set) var resets = 0
    /// Bits that were flipped.
    public internal(set) var flips = 0
    /// Pieces that were cut short.
    public internal(set) var truncations = 0
    /// Bytes that were taken and never arrived.
    public internal(set) var swallowedBytes = 0
    /// How often the canary was seen in what the nodes sent: see `FaultingProxy.init`.
    public internal(set) var canaries = 0

    /// Nothing done.
    public init() {}

    /// Adds what another proxy did.
    public static func += (sum: inout ProxyCounts, other: ProxyCounts) {
        for part in parts { sum[keyPath: part] += other[keyPath: part] }
    }

    /// Everything that can be counted, by the name it has in summaries.
    public var byName: [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(Self.names, Self.parts).map { ($0, self[keyPath: $1]) })
    }

    private static var parts: [WritableKeyPath<ProxyCounts, Int>] {
        [
            \.connections, \.refused, \.severed, \.abandoned, \.bytes, \.pieces, \.stalls, \.resets, \.flips, \.truncations,
            \.swallowedBytes, \.canaries,
        ]
    }

    private static let names = [
        "connections", "refused", "severed", "abandoned", "bytes", "pieces", "stalls", "resets", "flips", "truncations",
        "swallowedBytes", "canaries",
    ]
}
