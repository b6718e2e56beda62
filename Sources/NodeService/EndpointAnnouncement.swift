/// Telling the group where this node can be reached: tried again, ever less often, until the brain has taken it. It refuses while it
/// waits for a key or cannot store anything.
struct EndpointAnnouncement: Sendable {
    private static let waitMin: Duration = .seconds(5)
    private static let waitMax: Duration = .seconds(300)

    private var endpoint: String?
    private var next: ContinuousClock.Instant?
    private var wait = waitMin

    /// From now on `endpoint` is to be told.
    mutating func begin(_ endpoint: String) {
        self.endpoint = endpoint
        next = nil
        wait = Self.waitMin
    }

    /// What to tell at `now`, if a try is due. Counts as tried.
    mutating func due(at now: ContinuousClock.Instant) -> String? {
        guard let endpoint, next.map({ now >= $0 }) ?? true else { return nil }
        next = now + wait
        wait = min(wait * 2, Self.waitMax)
        return endpoint
    }

    /// It was told.
    mutating func end() { endpoint = nil }
}
