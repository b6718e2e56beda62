/// What goes wrong, drawn at random: each seed draws which kinds of fault it has at all, and then when they come.
///
/// Drawing the kinds first makes runs differ more than drawing every fault everywhere does: some bugs show only where a fault is
/// absent. (Groce et al., "Swarm Testing", 2012.)
public struct Swarm: Hashable, Sendable {
    /// The kinds to draw from.
    public var faults: [Fault] = Fault.allCases.filter { $0.notYet == nil }
    /// How likely a seed has a kind of fault at all, in percent.
    public var share = 35
    /// Faults an hour.
    public var perHour = 6
    /// How long a fault lasts.
    public var length: ClosedRange<Int64> = 5_000...1_800_000
    /// How often all faults end and everything is checked.
    public var settleEvery: Int64 = 7_200_000

    /// All faults that can be injected today.
    public init() {}
}
