/// Every fault that a link between two nodes can have, beside being cut. Chances are frames in a thousand; times are
/// milliseconds of the virtual clock.
public struct LinkConditions: Hashable, Sendable {
    /// The shortest and longest time that a frame is on its way.
    public var delay: ClosedRange<Int64>
    /// The frame does not arrive.
    public var loss: Int
    /// The frame arrives a second time.
    public var duplication: Int
    /// The frame is held back and may arrive after those sent later.
    public var reordering: Int
    /// How long a frame that is reordered is held back, beyond its delay.
    public var reorderingDelay: ClosedRange<Int64>

    /// Conditions from their parts; without any, a link that delays and does nothing else.
    public init(
        delay: ClosedRange<Int64> = 10...40, loss: Int = 0, duplication: Int = 0, reordering: Int = 0,
        reorderingDelay: ClosedRange<Int64> = 1...400
    ) {
        self.delay = delay
        self.loss = loss
        self.duplication = duplication
        self.reordering = reordering
        self.reorderingDelay = reorderingDelay
    }

    /// A good line: nothing is lost, repeated or reordered.
    public static let good = LinkConditions()
    /// A bad one: 5 % lost, 3 % twice, 5 % out of order, up to 400 ms on the way.
    public static let bad = LinkConditions(delay: 20...400, loss: 50, duplication: 30, reordering: 50)
}

/// What became of the frames that nodes sent.
public struct FrameCounts: Hashable, Sendable {
    /// Given to the network while the link was up.
    public internal(set) var sent = 0
    /// Lost by chance.
    public internal(set) var lost = 0
    /// Repeated by chance.
    public internal(set) var duplicated = 0
    /// Held back by chance.
    public internal(set) var reordered = 0
    /// Not carried because the link was cut or not up, or because a test took them out.
    public internal(set) var blocked = 0
    /// Handed to a node.
    public internal(set) var delivered = 0
}
