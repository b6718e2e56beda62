/// Times and counts in words. All of it is arithmetic on numbers, so that it is the same in every time zone and language.
enum TimeText {
    private static let second: Int64 = 1_000
    private static let minute: Int64 = 60 * second
    private static let hour: Int64 = 60 * minute
    private static let day: Int64 = 24 * hour

    /// How long: `340 ms`, `12.5 s`, `12 min 03 s`, `2 h 05 min`, `3 d 04 h`.
    static func length(_ milliseconds: Int64) -> String {
        let value = max(0, milliseconds)
        switch value {
        case ..<second: return "\(value) ms"
        case ..<minute:
            let (whole, rest) = value.quotientAndRemainder(dividingBy: second)
            return rest < 100 ? "\(whole) s" : "\(whole).\(rest / 100) s"
        case ..<hour: return pair(value, minute, "min", second, "s")
        case ..<day: return pair(value, hour, "h", minute, "min")
        default: return pair(value, day, "d", hour, "h")
        }
    }

    /// A moment as an offset from the start, to the millisecond where it is not a full second: `+12:03`, `+1:12:03.250`.
    static func offset(_ milliseconds: Int64) -> String {
        let value = abs(milliseconds)
        let (hours, minutes) = (value / hour, value % hour / minute)
        let seconds = padded(value % minute / second)
        let fraction = value % second == 0 ? "" : ".\(padded(value % second, to: 3))"
        let sign = milliseconds < 0 ? "−" : "+"
        return hours == 0 ? "\(sign)\(minutes):\(seconds)\(fraction)" : "\(sign)\(hours):\(padded(minutes)):\(seconds)\(fraction)"
    }

    /// The time of day in UTC, milliseconds since 1970: `09:12:03`, with `.250` where it is not a full second.
    static func clock(_ milliseconds: Int64) -> String {
        let value = ((milliseconds % day) + day) % day
        let fraction = value % second == 0 ? "" : ".\(padded(value % second, to: 3))"
        return "\(padded(value / hour)):\(padded(value % hour / minute)):\(padded(value % minute / second))\(fraction)"
    }

    /// The date in UTC, milliseconds since 1970: `2026-03-02`.
    static func date(_ milliseconds: Int64) -> String {
        var days = milliseconds / day
        if milliseconds % day < 0 { days -= 1 }
        // Years that begin in March put the leap day at their end: 146,097 days are 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let inEra = shifted - era * 146_097
        let yearInEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * yearInEra + yearInEra / 4 - yearInEra / 100)
        let month = (5 * inYear + 2) / 153
        let dayOfMonth = inYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearInEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        return "\(padded(year, to: 4))-\(padded(calendarMonth))-\(padded(dayOfMonth))"
    }

    /// Seconds of the wall clock: `0.42 s`, `12.3 s`, `4 min 10 s`.
    static func seconds(_ value: Double) -> String {
        guard value.isFinite, value >= 0, value < 1e9 else { return "unknown" }
        if value >= 60 { return length(Int64(value * 1_000)) }
        let hundredths = Int64((value * 100).rounded())
        if value >= 10 { return "\(hundredths / 100).\(hundredths / 10 % 10) s" }
        return "\(hundredths / 100).\(padded(hundredths % 100)) s"
    }

    /// A count with commas: `1,284`.
    static func count(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A count with its noun: `1 node`, `5 nodes`.
    static func count(_ value: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? one : many ?? one + "s")"
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return "\(parts.dropLast().joined(separator: ", ")) and \(last)"
    }

    private static func pair(_ value: Int64, _ large: Int64, _ one: String, _ small: Int64, _ other: String) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: large)
        return rest / small == 0 ? "\(whole) \(one)" : "\(whole) \(one) \(padded(rest / small)) \(other)"
    }

    private static func padded(_ value: Int64, to width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
