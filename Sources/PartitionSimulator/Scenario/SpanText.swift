/// Lengths and moments of time as scenario files write them. All of it is arithmetic on numbers.
public enum SpanText {
    /// Units from the longest to the shortest, in milliseconds.
    private static let units: [(name: String, length: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
    /// No length in a scenario is longer: about 139 years.
    static let lengthMax: Int64 = 1 << 42

    /// The milliseconds that a text such as `200ms`, `10s`, `5m`, `2h`, `30d` or `1h30m` stands for; nil for anything else.
    ///
    /// Units come from the longest to the shortest, each at most once.
    public static func milliseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        var total: Int64 = 0
        var allowed = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard digits.count <= 15, let number = Int64(digits),
                let index = allowed.firstIndex(where: { $0.name == unit })
            else { return nil }
            let (length, overflow) = number.multipliedReportingOverflow(by: units[index].length)
            guard !overflow, length <= lengthMax else { return nil }
            total += length
            allowed = units[(index + 1)...]
        }
        return text.isEmpty || total > lengthMax ? nil : total
    }

    /// As above, with `+` or `-` before it, such as `-10s`. Without a sign it counts as ahead.
    public static func signedMilliseconds(_ text: String) -> Int64? {
        switch text.first {
        case "-": milliseconds(String(text.dropFirst())).map { -$0 }
        case "+": milliseconds(String(text.dropFirst()))
        default: milliseconds(text)
        }
    }

    /// The shortest text of a length: `1h30m`.
    public static func text(_ milliseconds: Int64) -> String {
        var rest = max(0, milliseconds)
        if rest == 0 { return "0s" }
        var text = ""
        for unit in units where rest >= unit.length {
            text += "\(rest / unit.length)\(unit.name)"
            rest %= unit.length
        }
        return text
    }

    /// As above, with its sign.
    public static func signedText(_ milliseconds: Int64) -> String {
        (milliseconds < 0 ? "-" : "+") + text(abs(milliseconds))
    }

    /// The range that a text such as `20-200ms`, `200ms-2s` or `40ms` stands for.
    static func range(_ text: String) -> ClosedRange<Int64>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, let high = milliseconds(last), parts.count <= 2 else { return nil }
        if parts.count == 1 { return high...high }
        // A bare number has the unit of the other one.
        let isBare = !parts[0].isEmpty && parts[0].allSatisfy { $0.isASCII && $0.isNumber }
        let unit = last.drop { $0.isNumber }
        guard !isBare || unit.allSatisfy(\.isLetter) else { return nil }
        guard let low = milliseconds(isBare ? parts[0] + unit : parts[0]), low <= high else { return nil }
        return low...high
    }

    /// The shortest text of a range.
    static func text(_ range: ClosedRange<Int64>) -> String {
        let (low, high) = (text(range.lowerBound), text(range.upperBound))
        if low == high { return low }
        let (lowUnit, highUnit) = (low.drop { $0.isNumber }, high.drop { $0.isNumber })
        return lowUnit == highUnit ? "\(low.dropLast(lowUnit.count))-\(high)" : "\(low)-\(high)"
    }

    // MARK: Moments

    /// Milliseconds since 1970 of a UTC moment such as `2026-03-06T16:00:00Z`; seconds and thousandths may be left out.
    static func moment(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.last == UInt8(ascii: "Z"), bytes.count >= 17 else { return nil }
        let shape = Array("0000-00-00T00:00:00.000".utf8)
        guard [16, 19, 23].contains(bytes.count - 1) else { return nil }
        for (byte, expected) in zip(bytes.dropLast(), shape) {
            let isDigit = (48...57).contains(byte)
            guard expected == 48 ? isDigit : byte == expected else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64 {
            range.upperBound < bytes.count ? bytes[range].reduce(0) { $0 * 10 + Int64($1 - 48) } : 0
        }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else {
            return nil
        }
        let days = daysSince1970(year, month, day)
        // A day that the month does not have falls into the next one.
        guard day <= 28 || civil(days).month == month else { return nil }
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + number(20..<23)
    }

    /// The text of a moment, with thousandths where they are not zero.
    static func moment(_ milliseconds: Int64) -> String {
        let (days, time) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let date = civil(days)
        func padded(_ value: Int64, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let fraction = time % 1_000 == 0 ? "" : ".\(padded(time % 1_000, 3))"
        return "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))T"
            + "\(padded(time / 3_600_000)):\(padded(time / 60_000 % 60)):\(padded(time / 1_000 % 60))\(fraction)Z"
    }

    // Years that begin in March have their leap day at the end; 400 of them have 146,097 days. For days since 1970 on.

    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, inEra) = shifted.quotientAndRemainder(dividingBy: 400)
        let inYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, inEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let year = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * year + year / 4 - year / 100)
        let month = (5 * inYear + 2) / 153
        let shown = month < 10 ? month + 3 : month - 9
        return (era * 400 + year + (shown <= 2 ? 1 : 0), shown, inYear - (153 * month + 2) / 5 + 1)
    }
}
