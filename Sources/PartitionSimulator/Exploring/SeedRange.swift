/// The seeds of an exploration: `0..999`, or the part of them that is one shard's.
public struct SeedRange: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The first seed.
    public let first: UInt64
    /// The last one.
    public let last: UInt64
    /// Which shard this is, from 1.
    public let shard: Int
    /// How many shards there are.
    public let shards: Int

    /// All seeds from `first` through `last`. Nil where there are none, or more than a million million.
    public init?(_ first: UInt64, _ last: UInt64) {
        guard first <= last, last - first < 1_000_000_000_000 else { return nil }
        self.first = first
        self.last = last
        shard = 1
        shards = 1
    }

    private init(_ range: SeedRange, shard: Int, of shards: Int) {
        first = range.first
        last = range.last
        self.shard = shard
        self.shards = shards
    }

    /// The seeds that a text such as `0..999` or `7` names; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
        guard text == parts.joined(separator: "..") else { return nil }
        let numbers = parts.compactMap(UInt64.init)
        guard numbers.count == parts.count, (1...2).contains(numbers.count) else { return nil }
        self.init(numbers[0], numbers[numbers.count - 1])
    }

    /// The part of the seeds that a text such as `3/16` names: every sixteenth, from the third on. Nil for anything else.
    public func shard(_ text: String) -> SeedRange? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let shard = Int(parts[0]), let shards = Int(parts[1]), shards >= 1, (1...shards).contains(shard) else {
            return nil
        }
        return SeedRange(self, shard: shard, of: shards)
    }

    /// How many seeds there are.
    public var count: Int {
        let all = Int(clamping: last - first) + 1
        return all < shard ? 0 : (all - shard) / shards + 1
    }

    /// The seed at a place, from 0.
    public func seed(at place: Int) -> UInt64 { first + UInt64(shard - 1) + UInt64(place) * UInt64(shards) }

    /// `0..999`, and `, shard 3/16` where it is one.
    public var description: String { "\(first)..\(last)" + (shards == 1 ? "" : ", shard \(shard)/\(shards)") }
}
