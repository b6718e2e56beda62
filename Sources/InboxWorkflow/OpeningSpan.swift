/// A stretch of one day in which an office is open.
public struct OpeningSpan: Hashable, Sendable {
    /// The first open minute of the local day, from 0.
    public let opens: Int
    /// The first minute that is closed again, up to 1440 for midnight.
    public let closes: Int

    /// Open from minute `opens` to before minute `closes` of the local day. `BusinessCalendar` checks the values.
    public init(opens: Int, closes: Int) {
        self.opens = opens
        self.closes = closes
    }
}
