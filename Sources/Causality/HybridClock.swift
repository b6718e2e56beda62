/// Gives out one replica's hybrid timestamps: strictly rising, near the wall clock, later than every peer stamp it
/// witnessed unless that one was from too far in the future.
public struct HybridClock: Hashable, Sendable {
    /// How far ahead of this wall clock a peer's stamp may be before it is ignored, in milliseconds: five minutes.
    public static let aheadMax: Int64 = 5 * 60 * 1000

    /// The last timestamp given out or witnessed.
    public private(set) var last: HybridTimestamp

    /// A clock that goes on after `last`: the latest stamp in the log, so that time does not step back over a restart.
    public init(last: HybridTimestamp = .zero) { self.last = last }

    /// The timestamp of a new action at wall time `now` (milliseconds since 1970). Later than every earlier one even if the
    /// wall clock went backwards or stands still.
    public mutating func tick(now: Int64) -> HybridTimestamp {
        last = max(last.successor, HybridTimestamp(milliseconds: now))
        return last
    }

    /// Takes note of a peer's stamp. Returns by how many milliseconds it is ahead of `now` where that is more than
    /// `aheadMax`; such a stamp is data like any other but does not drag this clock along.
    @discardableResult
    public mutating func witness(_ stamp: HybridTimestamp, now: Int64) -> Int64? {
        let ahead = stamp.milliseconds - now
        guard ahead <= Self.aheadMax else { return ahead }
        last = max(last, stamp)
        return nil
    }
}
