import Foundation
import InboxModel
import OfficeNode
import ReplicaStore

/// Moments in words, as an office's clock shows them.
struct PageTime {
    private let zone: TimeZone
    let now: Int64
    private let present: Parts

    /// The clock of an office; UTC where its time zone is not known here.
    init(_ office: OfficeProfile?, now: Int64) {
        zone = office.flatMap { TimeZone(identifier: $0.timeZone) } ?? .gmt
        self.now = now
        present = Self.parts(now, in: zone)
    }

    /// The clock of the office of a person's choice: their first one, else the group's first.
    init(for page: PageRequest) {
        let own = page.access.profile.offices.first
        let office = page.directory.offices.first { own == nil || $0.id == own }
        self.init(office?.profile, now: page.now)
    }

    private static let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]

    /// A moment's parts by the office's clock.
    struct Parts {
        let offset: Int
        /// Days since 1 January 1970.
        let dayNumber: Int
        let year: Int
        let month: Int
        let day: Int
        let hour: Int
        let minute: Int
        let second: Int
    }

    func parts(_ time: Int64) -> Parts { Self.parts(time, in: zone) }

    private static func parts(_ time: Int64, in zone: TimeZone) -> Parts {
        let seconds = Int((Double(time) / 1000).rounded(.down))
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        let local = seconds + offset
        let dayNumber = Int((Double(local) / 86_400).rounded(.down))
        let inDay = local - dayNumber * 86_400
        // Civil date from days, counted from March so that a leap day ends its year.
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return Parts(
            offset: offset, dayNumber: dayNumber, year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: inDay / 3600, minute: inDay / 60 % 60, second: inDay % 60)
    }

    /// `14:05`.
    func clock(_ time: Int64) -> String { Self.clock(parts(time)) }

    private static func clock(_ parts: Parts) -> String { "\(two(parts.hour)):\(two(parts.minute))" }

    /// `14:05` today, `Fri 14:05` within a week, else `20 Nov` or `20 Nov 2025`.
    func short(_ time: Int64) -> String {
        let parts = parts(time)
        switch present.dayNumber - parts.dayNumber {
        case 0: return Self.clock(parts)
        case -6...6: return "\(Self.name(parts).prefix(3)) \(Self.clock(parts))"
        default: return Self.date(parts, present)
        }
    }

    /// `Fri 20 Nov, 14:02`.
    func long(_ time: Int64) -> String {
        let parts = parts(time)
        return "\(Self.name(parts).prefix(3)) \(Self.date(parts, present)), \(Self.clock(parts))"
    }

    /// `Friday 20 November`, with the year where it is another one.
    func day(_ time: Int64) -> String {
        let parts = parts(time)
        let year = parts.year == present.year ? "" : " \(parts.year)"
        return "\(Self.name(parts)) \(parts.day) \(Self.months[parts.month - 1])\(year)"
    }

    /// For machines: `2026-11-20T14:05:00-05:00`.
    func iso(_ time: Int64) -> String {
        let parts = parts(time)
        let offset = abs(parts.offset) / 60
        let sign = parts.offset < 0 ? "-" : "+"
        return Self.field(parts) + ":\(Self.two(parts.second))\(sign)\(Self.two(offset / 60)):\(Self.two(offset % 60))"
    }

    /// As a date and time field of a form takes it: `2026-11-20T14:05`.
    func field(_ time: Int64) -> String { Self.field(parts(time)) }

    private static func field(_ parts: Parts) -> String {
        let year = String(repeating: "0", count: max(0, 4 - "\(parts.year)".utf8.count)) + "\(parts.year)"
        return "\(year)-\(two(parts.month))-\(two(parts.day))T\(clock(parts))"
    }

    /// The moment that such a field means by the office's clock; nil where the text is none. Of a time that clocks show twice, the first.
    func time(field text: String) -> Int64? {
        let numbers = text.split(whereSeparator: { "-T:".contains($0) }).map { Int($0) }
        guard numbers.count >= 5, let year = numbers[0], let month = numbers[1], let day = numbers[2], let hour = numbers[3],
            let minute = numbers[4], (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
        let local = Int64(days * 86_400 + hour * 3600 + minute * 60) * 1000
        // The offset depends on the answer; the second guess is right except within a change of the clocks.
        var guess = local
        for _ in 0..<2 { guess = local - Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(guess) / 1000))) * 1000 }
        return self.field(guess).hasPrefix(text.prefix(16)) ? guess : nil
    }

    /// When something is due, in words that are right now.
    struct Due: Hashable {
        let time: Int64
        /// `due in 40 min`, `overdue 2 h`.
        let words: String
        let isOverdue: Bool
        /// Within an hour.
        let isSoon: Bool
    }

    /// What the words for a moment follow from, besides the moment.
    struct Day: Hashable {
        private let zone: String
        private let number: Int

        fileprivate init(zone: String, number: Int) {
            self.zone = zone
            self.number = number
        }
    }

    /// Today by the office's clock.
    var today: Day { Day(zone: zone.identifier, number: present.dayNumber) }

    func due(_ time: Int64) -> Due {
        let left = Self.distance(from: now, to: time)
        let words = left >= 0 ? "due in \(Self.span(left))" : "overdue \(Self.span(-left))"
        return Due(time: time, words: words, isOverdue: left < 0, isSoon: left >= 0 && left < 3_600_000)
    }

    /// As templates take it.
    func model(_ due: Due) -> [String: Any] {
        ["words": due.words, "iso": iso(due.time), "isOverdue": due.isOverdue, "isSoon": due.isSoon]
    }

    /// `2 h ago`.
    func age(_ time: Int64) -> String {
        let passed = Self.distance(from: time, to: now)
        return passed < 60_000 ? "just now" : "\(Self.span(passed)) ago"
    }

    /// The milliseconds from one moment to another. What other nodes wrote as a moment may be any number.
    private static func distance(from start: Int64, to end: Int64) -> Int64 {
        let (left, isBeyond) = end.subtractingReportingOverflow(start)
        // Half of all there are, so that its opposite is one too.
        return isBeyond ? (end < start ? -Int64.max / 2 : Int64.max / 2) : max(left, -Int64.max)
    }

    /// A moment as templates take it.
    func moment(_ time: Int64) -> [String: Any] { ["words": short(time), "iso": iso(time), "title": long(time)] }

    /// `40 min`, `2 h`, `3 days`.
    static func span(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        switch minutes {
        case ..<1: return "\(max(1, milliseconds / 1000)) s"
        case ..<120: return "\(minutes) min"
        case ..<2880: return "\(minutes / 60) h"
        default: return "\(minutes / 1440) days"
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func name(_ parts: Parts) -> String { days[((parts.dayNumber % 7) + 7) % 7] }
    private static func date(_ parts: Parts, _ today: Parts) -> String {
        "\(parts.day) \(months[parts.month - 1].prefix(3))" + (parts.year == today.year ? "" : " \(parts.year)")
    }
}
