import InboxWorkflow

/// A calendar that walks through time in steps of a minute and knows nothing clever: what the real one is checked
/// against.
struct PlainCalendar: CustomStringConvertible {
    static let step: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    private let week: [Weekday: [OpeningSpan]]
    private let offsetMinutes: Int
    /// Closed days of January 1970, where the tests look.
    private let closed: [Int]

    /// Random hours; some day has some.
    init(random: inout SplitMix64) throws {
        var week: [Weekday: [OpeningSpan]] = [:]
        for day in Weekday.allCases where !random.once(in: 3) {
            // Neighbouring pairs of an ascending list of cuts are spans that cannot overlap.
            let cuts = Set((0..<6).map { _ in Int.random(in: 0...1440, using: &random) }).sorted()
            let count = Int.random(in: 0...cuts.count / 2, using: &random)
            week[day] = (0..<count).map { OpeningSpan(opens: cuts[2 * $0], closes: cuts[2 * $0 + 1]) }
        }
        if week.values.allSatisfy(\.isEmpty) { week[.thursday] = [OpeningSpan(opens: 0, closes: 1440)] }
        self.week = week
        offsetMinutes = Int.random(in: -1080...1080, using: &random)
        closed = (1...31).filter { _ in random.once(in: 6) }
    }

    func calendar() throws -> BusinessCalendar {
        var dates: [LocalDate] = []
        for day in closed { dates.append(try LocalDate(year: 1970, month: 1, day: day)) }
        return try BusinessCalendar(week: week, closed: dates, utcOffsetMinutes: offsetMinutes)
    }

    func isOpen(at moment: Int64) -> Bool {
        // Far enough ahead of 1970 that nothing is negative; a whole number of weeks.
        let weeks: Int64 = 1_000
        let local = moment + Int64(offsetMinutes) * 60_000 + weeks * 7 * Self.day
        let day = local / Self.day
        let minute = Int(local % Self.day / 60_000)
        let date = Int(day - weeks * 7) + 1
        if closed.contains(date) { return false }
        let fromThursday: [Weekday] = [.thursday, .friday, .saturday, .sunday, .monday, .tuesday, .wednesday]
        return week[fromThursday[Int(day % 7)], default: []].contains { $0.opens <= minute && minute < $0.closes }
    }

    func due(after moment: Int64, minutes: UInt32) -> Int64 {
        var now = moment
        var remaining = Int64(minutes) * 60_000
        while remaining > 0 {
            if isOpen(at: now) { remaining -= Self.step }
            now += Self.step
        }
        return now
    }

    var description: String {
        let days = Weekday.allCases.map { day in
            "\(day) " + week[day, default: []].map { "\($0.opens)-\($0.closes)" }.joined(separator: ",")
        }
        return "\(days.joined(separator: "; ")); closed \(closed); offset \(offsetMinutes)"
    }
}
