/// A day of the week.
public enum Weekday: UInt8, Hashable, Sendable, CaseIterable {
    /// The first day, as ISO 8601 counts.
    case monday = 0
    /// The second day.
    case tuesday = 1
    /// The third day.
    case wednesday = 2
    /// The fourth day.
    case thursday = 3
    /// The fifth day.
    case friday = 4
    /// The sixth day.
    case saturday = 5
    /// The seventh day.
    case sunday = 6
}
