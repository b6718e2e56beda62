/// How many warnings a node gave in the current second and in the current hour of virtual time.
struct WarningRates {
    private var second: Int64 = .min
    private var hour: Int64 = .min
    private(set) var inSecond = 0
    private(set) var inHour = 0
    /// Whether something went on in this hour or the one before for which a node may complain without end.
    private var isExcused = false
    private var wasExcused = false

    /// Counts a warning at virtual time `now`.
    mutating func count(at now: Int64) {
        advance(to: now)
        inSecond += 1
        inHour += 1
    }

    /// Takes note of a reason to complain.
    mutating func excuse(at now: Int64) {
        advance(to: now)
        isExcused = true
    }

    /// Whether the count of this hour says nothing.
    var hourIsExcused: Bool { isExcused || wasExcused }

    private mutating func advance(to now: Int64) {
        if now / 1_000 != second {
            second = now / 1_000
            inSecond = 0
        }
        if now / 3_600_000 != hour {
            hour = now / 3_600_000
            inHour = 0
            wasExcused = isExcused
            isExcused = false
        }
    }
}
