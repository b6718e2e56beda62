/// A hybrid logical timestamp: 48 bits of wall-clock milliseconds since 1970, then 16 bits of counter.
///
/// Breaks ties between concurrent writes and shows times; it never decides what supersedes what (vector clocks do).
/// Source: Kulkarni et al., "Logical Physical Clocks", with the counter folded into the low bits.
@frozen
public struct HybridTimestamp: Hashable, Comparable, Sendable {
    /// Milliseconds in the high 48 bits, counter in the low 16.
    public let rawValue: UInt64

    /// The earliest timestamp.
    public static let zero = HybridTimestamp(rawValue: 0)

    /// A timestamp from its 64 bits.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A timestamp from milliseconds since 1970 (clamped to 48 bits) and a counter.
    public init(milliseconds: Int64, counter: UInt16 = 0) {
        let clamped = UInt64(max(0, min(milliseconds, Self.millisecondsMax)))
        rawValue = clamped << 16 | UInt64(counter)
    }

    /// The latest moment that fits: the year 10889.
    public static let millisecondsMax: Int64 = (1 << 48) - 1

    /// Wall-clock milliseconds since 1970, possibly ahead of any real clock by the counter's overflow.
    public var milliseconds: Int64 { Int64(rawValue >> 16) }

    /// Distinguishes events of one millisecond.
    public var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// By time, then counter.
    @inlinable
    public static func < (left: HybridTimestamp, right: HybridTimestamp) -> Bool { left.rawValue < right.rawValue }

    /// The next timestamp: the counter one up, carrying into the milliseconds. The very last one stays itself.
    public var successor: HybridTimestamp {
        HybridTimestamp(rawValue: rawValue == .max ? rawValue : rawValue + 1)
    }

    /// This timestamp for display at a moment when the wall clock shows `now`: never more than `HybridClock.aheadMax` ahead.
    public func clamped(toNow now: Int64) -> HybridTimestamp {
        min(self, HybridTimestamp(milliseconds: now + HybridClock.aheadMax))
    }
}

extension HybridTimestamp: CustomStringConvertible {
    /// `milliseconds+counter`.
    public var description: String { "\(milliseconds)+\(counter)" }
}
