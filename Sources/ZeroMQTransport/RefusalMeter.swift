/// Lets the first few refusals of each second through as events, so that somebody who knocks all day does not fill
/// the owner's logs.
struct RefusalMeter {
    private let perSecondMax: Int
    private var windowStart: ContinuousClock.Instant?
    private var reported = 0

    init(perSecondMax: Int) {
        self.perSecondMax = perSecondMax
    }

    mutating func mayReport(at now: ContinuousClock.Instant) -> Bool {
        if windowStart.map({ now - $0 >= .seconds(1) }) ?? true {
            windowStart = now
            reported = 0
        }
        guard reported < perSecondMax else { return false }
        reported += 1
        return true
    }
}
