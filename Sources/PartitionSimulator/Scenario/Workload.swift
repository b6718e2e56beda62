/// What people do, drawn at random: office days as they are.
public struct Workload: Hashable, Sendable {
    /// Patients' messages an hour, over all offices, while offices are open.
    public var messagesPerHour = 12
    /// What staff do an hour, over all nodes, while offices are open.
    public var deedsPerHour = 30
    /// The share of both that goes on at night and on weekends, in percent.
    public var nightShare = 15
    /// Deeds on a page that was loaded some minutes before, in percent.
    public var stalePages = 15
    /// Buttons that are pressed twice, in percent.
    public var doubleClicks = 3
    /// When offices open and close: hours of the day in the practice's time.
    public var hours: ClosedRange<Int> = 8...17

    /// A usual practice.
    public init() {}
}
