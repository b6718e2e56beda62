/// A day of the Gregorian calendar at an office, without a time zone.
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1 January 1970.
    let daysSince1970: Int64

    /// The date `year`-`month`-`day`.
    ///
    /// - Throws: `RoutingError.Code.invalidCalendar` for a date that does not exist, or a year outside 1 to 9999.
    public init(year: Int, month: Int, day: Int) throws(RoutingError) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.length(of: month, in: year)).contains(day)
        else {
            throw RoutingError(
                code: .invalidCalendar,
                message: "\(year)-\(month)-\(day) is no date. Write a year from 1 to 9999, a month and a day of that month.")
        }
        // Years are counted from March, so that a leap day ends its year and needs no case of its own.
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        daysSince1970 = Int64(days - Self.daysFromMarchOfYear0To1970)
    }

    /// The earlier first.
    public static func < (left: LocalDate, right: LocalDate) -> Bool { left.daysSince1970 < right.daysSince1970 }

    /// Days from 1 March of year 0 to 1 January 1970.
    private static let daysFromMarchOfYear0To1970 = 719_468

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
