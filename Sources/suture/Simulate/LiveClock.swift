/// The time of a story that is told faster than it happened.
struct LiveClock: Sendable {
    /// How many milliseconds of the story pass in one millisecond.
    let speed: Double
    private let start = ContinuousClock.now

    /// A story of `speed` that begins now.
    init(speed: Double) { self.speed = speed }

    /// Milliseconds of the story that have passed.
    var now: Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1) * speed) }

    /// How long it is until a moment of the story; negative where it has passed.
    func wait(until at: Int64) -> Duration { .milliseconds(Double(at) / speed) - (ContinuousClock.now - start) }

    /// The speed at which a story of so many milliseconds lasts a minute, and no less than a minute an hour.
    static func speed(for duration: Int64) -> Double { max(60, Double(duration) / 60_000) }
}
