/// When an office is open: weekly hours with any number of spans a day, and dates on which it is closed.
///
/// The local day lies at a fixed distance from UTC in this slice. Time zones with daylight saving, special days and holidays
/// from iCalendar files come with the workflow issue.
public struct BusinessCalendar: Hashable, Sendable {
    /// Each day's spans from Monday, ascending and apart.
    private let week: [[OpeningSpan]]
    /// Dates without any opening hours, as days since 1970.
    private let closedDays: Set<Int64>
    /// How far local time is ahead of UTC, in milliseconds.
    private let offset: Int64

    /// A calendar from its parts.
    ///
    /// - Parameters:
    ///   - week: The spans of each day of the week, in any order; a day that is missing is closed.
    ///   - closed: Dates on which the office is closed all day.
    ///   - utcOffsetMinutes: How far local time is ahead of UTC, in minutes; negative west of Greenwich.
    /// - Throws: `RoutingError.Code.invalidCalendar` for a span that is empty or leaves its day, spans that overlap, a week
    ///   without any span, or an offset of more than 18 hours.
    public init(
        week: [Weekday: [OpeningSpan]], closed: some Sequence<LocalDate> = [LocalDate](), utcOffsetMinutes: Int
    ) throws(RoutingError) {
        guard (-1080...1080).contains(utcOffsetMinutes) else {
            throw Self.invalid("An offset of \(utcOffsetMinutes) minutes from UTC is no time zone's. Write -1080 to 1080.")
        }
        var days: [[OpeningSpan]] = []
        for day in Weekday.allCases { days.append(try Self.checked(week[day] ?? [], on: day)) }
        guard days.contains(where: { !$0.isEmpty }) else {
            throw Self.invalid("The week has no opening hours, so nothing would ever be due. Give at least one day a span.")
        }
        self.week = days
        closedDays = Set(closed.map(\.daysSince1970))
        offset = Int64(utcOffsetMinutes) * Self.minute
    }

    /// Whether the office is open at `moment`, in milliseconds since 1970.
    public func isOpen(at moment: Int64) -> Bool {
        let (day, time) = localDay(of: moment)
        return spans(on: day).contains { Int64($0.opens) * Self.minute <= time && time < Int64($0.closes) * Self.minute }
    }

    /// The moment by which the office has been open for `minutes` since `moment`; both in milliseconds since 1970.
    ///
    /// A window that is used up exactly at closing time ends there, not at the next opening. No minutes end at `moment`
    /// itself. Moments more than 8,900 years from 1970 count as that far away.
    public func due(after moment: Int64, minutes: UInt32) -> Int64 {
        var remaining = Int64(minutes) * Self.minute
        var (day, time) = localDay(of: moment)
        if remaining == 0 { return Self.clamped(moment) }
        while true {
            for span in spans(on: day) {
                let start = max(time, Int64(span.opens) * Self.minute)
                let open = Int64(span.closes) * Self.minute - start
                if open <= 0 { continue }
                if remaining <= open { return day * Self.day + start + remaining - offset }
                remaining -= open
            }
            // Ends: some day of every week has a span, and only finitely many dates are closed.
            day += 1
            time = 0
        }
    }

    private static let minute: Int64 = 60_000
    private static let day: Int64 = 1440 * minute
    /// Keeps sums of moments, windows and offsets far from overflow.
    private static let momentMax: Int64 = 1 << 48

    private static func clamped(_ moment: Int64) -> Int64 { min(max(moment, -momentMax), momentMax) }

    /// The local day since 1970 that holds `moment`, and the milliseconds from its midnight.
    private func localDay(of moment: Int64) -> (day: Int64, time: Int64) {
        let local = Self.clamped(moment) + offset
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: Self.day)
        return remainder < 0 ? (quotient - 1, remainder + Self.day) : (quotient, remainder)
    }

    private func spans(on day: Int64) -> [OpeningSpan] {
        if closedDays.contains(day) { return [] }
        // 1 January 1970 was a Thursday: three days after a Monday.
        let weekday = (day + 3) % 7
        return week[Int(weekday < 0 ? weekday + 7 : weekday)]
    }

    private static func checked(_ spans: [OpeningSpan], on day: Weekday) throws(RoutingError) -> [OpeningSpan] {
        let sorted = spans.sorted { ($0.opens, $0.closes) < ($1.opens, $1.closes) }
        for span in sorted where span.opens < 0 || span.opens >= span.closes || span.closes > 1440 {
            throw invalid(
                """
                The span from minute \(span.opens) to \(span.closes) on \(day) is empty or leaves the day. \
                Write minutes from 0 to 1440, the opening before the closing.
                """)
        }
        for (first, second) in zip(sorted, sorted.dropFirst()) where second.opens < first.closes {
            throw invalid(
                """
                The spans from minute \(first.opens) to \(first.closes) and from \(second.opens) to \(second.closes) on \
                \(day) overlap. Join them into one.
                """)
        }
        return sorted
    }

    private static func invalid(_ message: String) -> RoutingError {
        RoutingError(code: .invalidCalendar, message: message)
    }
}
