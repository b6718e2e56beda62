/// What operators were last told of a laptop's being away, and when.
struct ContactTold: Hashable, Sendable {
    enum Stage: Int, Comparable, Sendable {
        case open, soon, closed, removed

        static func < (first: Stage, second: Stage) -> Bool { first.rawValue < second.rawValue }
    }

    private static let repeatInterval: Int64 = 24 * 3600 * 1000

    private(set) var stage = Stage.open
    /// When, in milliseconds since 1970.
    private var toldAt: Int64 = 0

    /// Nothing yet.
    init() {}

    init(_ status: ContactStatus, at now: Int64) {
        stage = Self.stage(of: status)
        toldAt = now
    }

    /// Whether to tell of `status` at `now`: it is another one than was told, or a day has passed.
    func isNews(_ status: ContactStatus, at now: Int64) -> Bool {
        let stage = Self.stage(of: status)
        return stage != self.stage || stage > .open && abs(now - toldAt) >= Self.repeatInterval
    }

    private static func stage(of status: ContactStatus) -> Stage {
        switch status.closure {
        case .removed: .removed
        case .away, .clockBehind: .closed
        case nil: status.closesSoon ? .soon : .open
        }
    }
}
