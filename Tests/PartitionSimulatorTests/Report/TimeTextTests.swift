@testable import PartitionSimulator
import Testing

@Suite("Times and counts in words")
struct TimeTextTests {
    @Test("lengths", arguments: [
        (0, "0 ms"), (-5, "0 ms"), (999, "999 ms"), (1_000, "1 s"), (1_099, "1 s"), (12_540, "12.5 s"), (60_000, "1 min"),
        (723_000, "12 min 03 s"), (3_600_000, "1 h"), (7_500_000, "2 h 05 min"), (86_400_000, "1 d"), (273_600_000, "3 d 04 h"),
    ] as [(Int64, String)])
    func lengths(_ milliseconds: Int64, _ expected: String) {
        #expect(TimeText.length(milliseconds) == expected)
    }

    @Test("offsets", arguments: [
        (0, "+0:00"), (723_000, "+12:03"), (4_323_250, "+1:12:03.250"), (90_000_000, "+25:00:00"), (-61_000, "−1:01"),
    ] as [(Int64, String)])
    func offsets(_ milliseconds: Int64, _ expected: String) {
        #expect(TimeText.offset(milliseconds) == expected)
    }

    @Test("dates and times of day, across leap days and before 1970", arguments: [
        (0, "1970-01-01", "00:00:00"), (951_782_400_000, "2000-02-29", "00:00:00"), (951_868_799_250, "2000-02-29", "23:59:59.250"),
        (951_868_800_000, "2000-03-01", "00:00:00"), (1_772_438_400_000, "2026-03-02", "08:00:00"), (-1, "1969-12-31", "23:59:59.999"),
        (4_107_542_400_000, "2100-03-01", "00:00:00"),
    ] as [(Int64, String, String)])
    func dates(_ milliseconds: Int64, _ date: String, _ clock: String) {
        #expect(TimeText.date(milliseconds) == date)
        #expect(TimeText.clock(milliseconds) == clock)
    }

    @Test("counts, with their nouns")
    func counts() {
        #expect(TimeText.count(999) == "999")
        #expect(TimeText.count(1_284) == "1,284")
        #expect(TimeText.count(-1_234_567) == "−1,234,567")
        #expect(TimeText.count(1, "entry", "entries") == "1 entry")
        #expect(TimeText.count(2, "entry", "entries") == "2 entries")
        #expect(TimeText.count(0, "node") == "0 nodes")
    }

    @Test("seconds of the wall clock", arguments: [
        (0.424, "0.42 s"), (9.999, "10.00 s"), (12.34, "12.3 s"), (250, "4 min 10 s"), (.nan, "unknown"), (-1, "unknown"),
    ])
    func seconds(_ value: Double, _ expected: String) {
        #expect(TimeText.seconds(value) == expected)
    }
}
