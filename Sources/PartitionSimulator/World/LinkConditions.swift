/// Every fault that a link between two nodes can have, beside being cut. Chances are frames in a million; times are milliseconds of
/// the virtual clock.
public struct LinkConditions: Hashable, Sendable {
    /// A chance that is certain.
    public static let certain = 1_000_000

    /// The shortest and longest time that a frame is on its way.
    public var delay: ClosedRange<Int64>
    /// The frame does not arrive.
    public var loss: Int
    /// How many frames in a row a loss takes, on average. The share that is lost stays `loss`.
    public var burst: Int
    /// The frame arrives a second time.
    public var duplication: Int
    /// The frame is held back and may arrive after those sent later.
    public var reordering: Int
    /// How long a frame that is reordered is held back, beyond its delay.
    public var reorderingDelay: ClosedRange<Int64>
    /// A bit of the frame is flipped on its way.
    public var corruption: Int
    /// The frame is cut short on its way.
    public var truncation: Int
    /// Bytes a second that the link carries; 0 for no limit.
    public var bandwidth: Int

    /// Conditions from their parts; without any, a link that delays and does nothing else.
    public init(
        delay: ClosedRange<Int64> = 10...40, loss: Int = 0, burst: Int = 1, duplication: Int = 0, reordering: Int = 0,
        reorderingDelay: ClosedRange<Int64> = 1...400, corruption: Int = 0, truncation: Int = 0, bandwidth: Int = 0
    ) {
        self.delay = delay
        self.loss = loss
        self.burst = burst
        self.duplication = duplication
        self.reordering = reordering
        self.reorderingDelay = reorderingDelay
        self.corruption = corruption
        self.truncation = truncation
        self.bandwidth = bandwidth
    }

    /// A good line: nothing is lost, repeated or reordered.
    public static let good = LinkConditions()
    /// A bad one: 5 % lost, 3 % twice, 5 % out of order, up to 400 ms on the way.
    public static let bad = LinkConditions(delay: 20...400, loss: 50_000, duplication: 30_000, reordering: 50_000)

    /// These conditions with the parts that `patch` names.
    public func patched(_ patch: LinkPatch) -> LinkConditions {
        var patched = self
        if let delay = patch.delay { patched.delay = delay }
        if let loss = patch.loss { patched.loss = loss }
        if let burst = patch.burst { patched.burst = burst }
        if let duplication = patch.duplication { patched.duplication = duplication }
        if let reordering = patch.reordering { patched.reordering = reordering }
        if let corruption = patch.corruption { patched.corruption = corruption }
        if let truncation = patch.truncation { patched.truncation = truncation }
        if let bandwidth = patch.bandwidth { patched.bandwidth = bandwidth }
        return patched
    }
}
