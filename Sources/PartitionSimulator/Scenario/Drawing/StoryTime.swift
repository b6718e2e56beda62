/// When things may happen in a story: around the moments at which all faults end and everything is checked, and in the practice's day.
struct StoryTime {
    /// Milliseconds since 1970.
    let start: Int64
    /// Milliseconds.
    let duration: Int64
    /// The moments at which all faults end, ascending.
    let settles: [Int64]
    /// How long after each of them nothing is drawn, so that what is checked has come to rest.
    let quiet: Int64
    /// When offices open and close, in hours of the practice's day.
    var hours: ClosedRange<Int>

    /// The practice keeps the time of the east coast, without daylight saving.
    private static let offset: Int64 = -5 * 3_600_000
    private static let day: Int64 = 86_400_000

    /// The moment nearest to `at` at which something may happen; nil after the end. Keeps the order of moments.
    func moved(_ at: Int64) -> Int64? {
        var at = max(0, at)
        for settle in settles where (settle..<settle + 2 * quiet).contains(at) { at = settle + quiet + (at - settle) / 2 }
        return at < duration ? at : nil
    }

    /// When what begins at `at` must be over: at the next moment at which all faults end, or with the story.
    func end(after at: Int64) -> Int64 { settles.first { $0 > at } ?? duration }

    /// The part after the last regular settling: what cannot be mended yet happens there only.
    var lastPart: ClosedRange<Int64> {
        let begin = settles.last { $0 < duration - 2 * quiet }.map { $0 + quiet } ?? 0
        return begin...max(begin, duration - 2)
    }

    /// Whether offices are open.
    func isOpen(at: Int64) -> Bool {
        let local = start + at + Self.offset
        let days = local >= 0 ? local / Self.day : (local - Self.day + 1) / Self.day
        // 1 January 1970 was a Thursday: three days after a Monday.
        let weekday = ((days + 3) % 7 + 7) % 7
        let hour = (local - days * Self.day) / 3_600_000
        return weekday < 5 && hour >= Int64(hours.lowerBound) && hour < Int64(hours.upperBound)
    }

    /// The next moment from `at` on at which offices are open, to the hour; nil where they do not open within ten days.
    func opening(from at: Int64) -> Int64? {
        if isOpen(at: at) { return at }
        let hour: Int64 = 3_600_000
        var next = at - ((start + at) % hour + hour) % hour
        for _ in 0..<240 {
            next += hour
            if isOpen(at: next) { return next }
        }
        return nil
    }
}
