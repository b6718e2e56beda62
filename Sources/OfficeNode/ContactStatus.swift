/// How long a laptop has been away from the offices of its group, and what follows from it.
public struct ContactStatus: Hashable, Sendable {
    /// Why a laptop stays closed: it shows nothing and takes no commands, and goes on connecting and receiving.
    public enum Closure: Hashable, Sendable {
        /// It was away for longer than it may be.
        case away
        /// Its clock is so many milliseconds behind what it has shown since it met an office: somebody may have set it back to hide how
        /// long it was away.
        case clockBehind(Int64)
        /// It was removed from the group.
        case removed
    }

    private static let day: Int64 = 24 * 3600 * 1000

    /// When it last met an office, or something arrived that an office had just written; milliseconds since 1970, by its own clock.
    public let lastMet: Int64
    /// How many milliseconds have passed since, as far as its clock tells.
    public let away: Int64
    /// After how many milliseconds it closes; nil where it may be away for any time.
    public let limit: Int64?
    /// Why it is closed, if it is.
    public let closure: Closure?

    /// Whether it will close soon: three quarters of the time have passed.
    public var closesSoon: Bool { closure == nil && limit.map { away >= $0 / 4 * 3 } ?? false }

    /// What people are to be told, with what to do; nil while nothing is to be said. Names nobody.
    public var message: String? {
        switch closure {
        case .away:
            """
            this laptop has not met an office of its group for \(Self.text(away)), and may be away for \(Self.text(limit ?? 0)): \
            connect it so that it reaches an office, and it opens by itself; if it cannot, ask an administrator
            """
        case .clockBehind(let lag):
            """
            the clock of this laptop is \(Self.text(lag)) behind what it has shown before, so nobody can tell how long it was away: \
            set the clock right, or connect the laptop so that it reaches an office, and it opens by itself
            """
        case .removed:
            "this device was removed from its group and stays closed: give it to an administrator, who can invite it anew"
        case nil where closesSoon:
            """
            this laptop has not met an office of its group for \(Self.text(away)); after \(Self.text(limit ?? 0)) it closes until it \
            has: connect it so that it reaches an office
            """
        case nil: nil
        }
    }

    /// A span in words: days, or hours and minutes where it is shorter than two days.
    private static func text(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        if milliseconds >= 2 * day { return "\(milliseconds / day) days" }
        if minutes >= 120 { return "\(minutes / 60) hours" }
        return minutes == 1 ? "1 minute" : "\(minutes) minutes"
    }
}
