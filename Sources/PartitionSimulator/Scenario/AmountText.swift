/// Shares and rates as scenario files write them.
enum AmountText {
    /// The chance in a million that a text such as `5%` or `0.1%` stands for; up to four digits after the point.
    static func perMillion(_ text: String) -> Int? {
        guard text.hasSuffix("%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            parts[0].count <= 3, let whole = Int(parts[0])
        else { return nil }
        var value = whole * 10_000
        if parts.count == 2 {
            guard parts[1].count <= 4, let fraction = Int(parts[1] + String(repeating: "0", count: 4 - parts[1].count)) else {
                return nil
            }
            value += fraction
        }
        return value <= 1_000_000 ? value : nil
    }

    /// The shortest text of a chance in a million.
    static func text(perMillion value: Int) -> String {
        let (whole, fraction) = value.quotientAndRemainder(dividingBy: 10_000)
        if fraction == 0 { return "\(whole)%" }
        var digits = String(String(10_000 + fraction).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)%"
    }

    /// Units of a rate, in bytes a second.
    private static let rates: [(unit: String, bytes: Int)] = [
        ("kbit/s", 125), ("Mbit/s", 125_000), ("MB/s", 1_000_000), ("kB/s", 1_000), ("B/s", 1),
    ]

    /// The bytes a second that a text such as `64kB/s`, `1MB/s` or `768kbit/s` stands for; 0 for `unlimited`.
    static func bytesPerSecond(_ text: String) -> Int? {
        if text == "unlimited" { return 0 }
        for rate in rates where text.hasSuffix(rate.unit) {
            let digits = text.dropLast(rate.unit.count)
            guard (1...9).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits),
                (1...1_000_000_000_000).contains(number * rate.bytes)
            else { return nil }
            return number * rate.bytes
        }
        return nil
    }

    /// The shortest text of a rate.
    static func text(bytesPerSecond value: Int) -> String {
        if value == 0 { return "unlimited" }
        if value.isMultiple(of: 1_000_000) { return "\(value / 1_000_000)MB/s" }
        return value.isMultiple(of: 1_000) ? "\(value / 1_000)kB/s" : "\(value)B/s"
    }
}
