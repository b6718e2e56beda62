/// Every fault that the network of the tests can have; probabilities in percent a frame.
struct Faults: Hashable, Sendable {
    /// The frame does not arrive.
    var loss = 0
    /// The frame arrives twice.
    var duplication = 0
    /// The frame arrives later than those sent after it.
    var reordering = 0
    /// The frame arrives cut short.
    var truncation = 0
    /// One byte of the frame arrives changed.
    var corruption = 0
    /// A frame that was sent earlier arrives again.
    var replay = 0
    /// The shortest and longest time on the way, in milliseconds.
    var delay: ClosedRange<Int> = 5...5

    static let none = Faults()
}
