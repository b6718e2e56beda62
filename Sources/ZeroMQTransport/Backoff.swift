/// How long to wait before dialling a peer again: doubling, bounded, and different for every peer.
struct Backoff {
    private let first: Duration
    private let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// The wait before the next attempt: half to one and a half times the step, at most the longest.
    mutating func step() -> Duration {
        let wait = next * Double.random(in: 0.5...1.5)
        next = min(next * 2, longest)
        return min(wait, longest)
    }

    /// Starts over, after a connection that lasted.
    mutating func reset() {
        next = first
    }
}
