import InboxWorkflow
import Testing

@Suite struct LocalDateTests {
    @Test("A date on which an office is closed is that day and no other, over four centuries")
    func everyDay() throws {
        let always = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [OpeningSpan(opens: 0, closes: 1440)]) })
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let day: Int64 = 86_400_000
        // Counted by hand from 1 January 1970, forwards.
        var midnight: Int64 = 0
        var wrong: [String] = []
        for year in 1970...2370 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for month in 1...12 {
                let length = lengths[month - 1] + (isLeap && month == 2 ? 1 : 0)
                for date in 1...length {
                    // First, last and leap days are where such arithmetic goes wrong.
                    if date == 1 || date >= 28 {
                        let closed = try LocalDate(year: year, month: month, day: date)
                        let calendar = try BusinessCalendar(week: always, closed: [closed], utcOffsetMinutes: 0)
                        let isExact =
                            calendar.isOpen(at: midnight - 1) && !calendar.isOpen(at: midnight)
                            && !calendar.isOpen(at: midnight + day - 1) && calendar.isOpen(at: midnight + day)
                        if !isExact { wrong.append("\(year)-\(month)-\(date)") }
                    }
                    midnight += day
                }
            }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(10))")
    }

    @Test("Days before 1970 count backwards")
    func before1970() throws {
        let calendar = try BusinessCalendar(
            week: [.wednesday: [OpeningSpan(opens: 0, closes: 1440)]],
            closed: [try LocalDate(year: 1969, month: 12, day: 24)], utcOffsetMinutes: 0)
        // 31 December 1969 was a Wednesday, 24 December the one before.
        #expect(calendar.isOpen(at: -1))
        #expect(!calendar.isOpen(at: -1 - 7 * 86_400_000))
        #expect(calendar.isOpen(at: -1 - 14 * 86_400_000))
    }

    @Test("Dates that do not exist are refused", arguments: [
        (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (0, 1, 1), (10_000, 1, 1),
    ])
    func refused(year: Int, month: Int, day: Int) {
        let error = #expect(throws: RoutingError.self) { try LocalDate(year: year, month: month, day: day) }
        #expect(error?.code == .invalidCalendar)
        #expect(error?.message.contains("\(year)-\(month)-\(day)") == true)
    }

    @Test("Earlier dates come first")
    func order() throws {
        #expect(try LocalDate(year: 2024, month: 2, day: 29) < LocalDate(year: 2024, month: 3, day: 1))
        #expect(try LocalDate(year: 2023, month: 12, day: 31) < LocalDate(year: 2024, month: 1, day: 1))
    }
}
