/// How a node's wall clock differs from virtual time.
public struct NodeClock: Hashable, Sendable {
    /// How many milliseconds it is ahead, beside what drift adds.
    public var skew: Int64 = 0
    /// How many parts in a million it runs fast, since when.
    private var drift: (partsPerMillion: Int64, since: Int64)?
    /// The time that it shows, where it stands still.
    private var frozenAt: Int64?

    /// A clock that is right.
    public init() {}

    /// What it shows at virtual time `now`.
    public func reading(at now: Int64) -> Int64 {
        if let frozenAt { return frozenAt }
        guard let drift else { return now + skew }
        return now + skew + (now - drift.since) * drift.partsPerMillion / 1_000_000
    }

    /// Whether it shows virtual time, and goes on doing so.
    public var isRight: Bool { skew == 0 && drift == nil && frozenAt == nil }

    /// Lets it go wrong from `now` on.
    public mutating func apply(_ fault: ClockFault, at now: Int64) {
        switch fault {
        case .jump(let milliseconds): skew += milliseconds
        case .drift(let partsPerMillion):
            settleDrift(at: now)
            drift = (partsPerMillion, now)
        case .frozen: frozenAt = reading(at: now)
        }
    }

    /// Ends what `apply` began. A clock that drifted keeps what it was off by, one that stood still shows the right time again.
    public mutating func end(_ fault: ClockFault, at now: Int64) {
        switch fault {
        case .jump(let milliseconds): skew -= milliseconds
        case .drift: settleDrift(at: now)
        case .frozen: frozenAt = nil
        }
    }

    private mutating func settleDrift(at now: Int64) {
        if let drift { skew += (now - drift.since) * drift.partsPerMillion / 1_000_000 }
        drift = nil
    }

    public static func == (one: NodeClock, other: NodeClock) -> Bool {
        one.skew == other.skew && one.frozenAt == other.frozenAt && one.drift?.partsPerMillion == other.drift?.partsPerMillion
            && one.drift?.since == other.drift?.since
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(skew)
        hasher.combine(frozenAt)
        hasher.combine(drift?.partsPerMillion)
        hasher.combine(drift?.since)
    }
}
