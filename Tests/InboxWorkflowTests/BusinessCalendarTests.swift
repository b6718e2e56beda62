import InboxWorkflow
import Testing

@Suite struct BusinessCalendarTests {
    /// Weekdays 8 to 12 and 13 to 17, at UTC minus 5.
    private static func practice(closed: [LocalDate] = []) throws -> BusinessCalendar {
        let hours = [OpeningSpan(opens: 13 * 60, closes: 17 * 60), OpeningSpan(opens: 8 * 60, closes: 12 * 60)]
        let days: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]
        return try BusinessCalendar(
            week: Dictionary(uniqueKeysWithValues: days.map { ($0, hours) }), closed: closed, utcOffsetMinutes: -300)
    }

    /// A moment of local time at UTC minus 5; 2 March 2026 is a Monday.
    private static func local(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int, second: Int = 0) -> Int64 {
        Cast.utc(month, day, hour, minute, second: second) + 300 * 60_000
    }

    @Test("A window is counted over lunch, night, weekend and holiday", arguments: [
        // Received (day of March 2026, hour, minute), window, due.
        ((2, 9, 0), 30, (2, 9, 30)),
        ((2, 11, 50), 30, (2, 13, 20)),
        ((2, 12, 30), 30, (2, 13, 30)),
        ((2, 16, 45), 30, (3, 8, 15)),
        ((2, 7, 0), 60, (2, 9, 0)),
        ((6, 16, 30), 60, (9, 8, 30)),
        ((7, 10, 0), 5, (9, 8, 5)),
        ((2, 8, 0), 240, (2, 12, 0)),
        ((2, 8, 0), 480, (2, 17, 0)),
        ((2, 8, 0), 481, (3, 8, 1)),
        // The 10th is a holiday.
        ((9, 16, 0), 120, (11, 9, 0)),
        ((10, 9, 0), 1, (11, 8, 1)),
        // Nothing to count ends at once, open or not.
        ((7, 10, 0), 0, (7, 10, 0)),
    ] as [((Int, Int, Int), UInt32, (Int, Int, Int))])
    func due(received: (Int, Int, Int), minutes: UInt32, due: (Int, Int, Int)) throws {
        let calendar = try Self.practice(closed: [LocalDate(year: 2026, month: 3, day: 10)])
        let moment = Self.local(3, received.0, received.1, received.2)
        #expect(calendar.due(after: moment, minutes: minutes) == Self.local(3, due.0, due.1, due.2))
    }

    @Test("Seconds and milliseconds are kept in opening hours and dropped out of them")
    func seconds() throws {
        let calendar = try Self.practice()
        let open = Self.local(3, 2, 9, 0, second: 17) + 3
        #expect(calendar.due(after: open, minutes: 10) == open + 600_000)
        #expect(calendar.due(after: Self.local(3, 2, 7, 0, second: 17) + 3, minutes: 10) == Self.local(3, 2, 8, 10))
    }

    @Test("An office opens with its first minute and is closed with its closing minute")
    func edges() throws {
        let calendar = try Self.practice()
        #expect(!calendar.isOpen(at: Self.local(3, 2, 8, 0) - 1))
        #expect(calendar.isOpen(at: Self.local(3, 2, 8, 0)))
        #expect(calendar.isOpen(at: Self.local(3, 2, 12, 0) - 1))
        #expect(!calendar.isOpen(at: Self.local(3, 2, 12, 0)))
        #expect(!calendar.isOpen(at: Self.local(3, 7, 9, 0)))
    }

    @Test("Any calendar gives what walking through time step by step gives", arguments: 0..<60)
    func reference(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let plain = try PlainCalendar(random: &random)
        let calendar = try plain.calendar()
        for _ in 0..<5 {
            let start = Int64.random(in: -20_000...20_000, using: &random) * PlainCalendar.step
            let minutes = UInt32.random(in: 0...(random.once(in: 4) ? 2_000 : 400), using: &random)
            #expect(
                calendar.due(after: start, minutes: minutes) == plain.due(after: start, minutes: minutes),
                "seed \(seed): \(minutes) minutes after \(start) in \(plain)")
            #expect(calendar.isOpen(at: start) == plain.isOpen(at: start), "seed \(seed): \(start) in \(plain)")
        }
    }

    @Test("Moments at the ends of time are counted without a trap", arguments: [Int64.min, .max])
    func farAway(moment: Int64) throws {
        let due = try Self.practice().due(after: moment, minutes: 60)
        #expect(abs(due) <= (1 << 48) + 4 * 86_400_000)
        #expect(try Self.practice().due(after: moment, minutes: 0) == (moment < 0 ? -(1 << 48) : 1 << 48))
    }

    @Test("Hours that make no calendar are refused with the day and the minutes", arguments: [
        ([(480, 480)], "480 to 480 on tuesday"), ([(600, 500)], "600 to 500 on tuesday"),
        ([(-1, 60)], "-1 to 60 on tuesday"), ([(1380, 1441)], "1380 to 1441 on tuesday"),
        ([(480, 720), (700, 900)], "480 to 720 and from 700 to 900 on tuesday"), ([], "no opening hours"),
    ] as [([(Int, Int)], String)])
    func refused(spans: [(Int, Int)], wording: String) {
        let error = #expect(throws: RoutingError.self) {
            try BusinessCalendar(
                week: [.tuesday: spans.map { OpeningSpan(opens: $0.0, closes: $0.1) }], utcOffsetMinutes: 0)
        }
        #expect(error?.code == .invalidCalendar)
        #expect(error?.message.contains(wording) == true, "\(error?.message ?? "")")
    }

    @Test("An offset that is no time zone's is refused", arguments: [-1081, 1081, .min, .max])
    func offset(minutes: Int) {
        let error = #expect(throws: RoutingError.self) {
            try BusinessCalendar(week: [.monday: [OpeningSpan(opens: 0, closes: 60)]], utcOffsetMinutes: minutes)
        }
        #expect(error?.message.contains("\(minutes) minutes") == true)
    }

    @Test("Spans that touch are one stretch")
    func touching() throws {
        let spans = [OpeningSpan(opens: 480, closes: 720), OpeningSpan(opens: 720, closes: 900)]
        let calendar = try BusinessCalendar(week: [.monday: spans], utcOffsetMinutes: -300)
        #expect(calendar.due(after: Self.local(3, 2, 11, 0), minutes: 120) == Self.local(3, 2, 13, 0))
    }
}
