/// The ways a setting is written in a configuration file. Each is `nil` for a text that does not have its form.
enum ConfigurationValue {
    /// Bytes: a whole number with B, KiB, MiB or GiB after it.
    static func size(_ text: String) -> Int? {
        quantity(text, units: ["B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30])
    }

    /// Time: a whole number with ms, s, min or h after it.
    static func duration(_ text: String) -> Duration? {
        quantity(text, units: ["ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000]).map { .milliseconds($0) }
    }

    /// Days: a whole number with d, day or days after it, or after a space.
    static func days(_ text: String) -> Int? {
        let spelled = text.split(separator: " ", omittingEmptySubsequences: false)
        return quantity(spelled.count == 2 ? spelled.joined() : text, units: ["d": 1, "day": 1, "days": 1])
    }

    /// A whole number that is not negative.
    static func count(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// An endpoint to listen on: `*` and port 0 are allowed.
    static func listenEndpoint(_ text: String) -> String? {
        address(text, wildcard: true) == nil ? nil : text
    }

    /// An endpoint to dial: it names one host and a port.
    static func dialEndpoint(_ text: String) -> String? {
        guard let address = address(text, wildcard: false), address.port != 0,
            !["0.0.0.0", "::"].contains(address.host)
        else { return nil }
        return text
    }

    private static func address(_ text: String, wildcard: Bool) -> NetworkAddress? {
        let scheme = "tcp://"
        guard text.hasPrefix(scheme) else { return nil }
        return NetworkAddress(text.dropFirst(scheme.count), wildcard: wildcard)
    }

    private static func quantity(_ text: String, units: [String: Int]) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    /// How people write this many bytes, in the largest unit that leaves a whole number.
    static func text(bytes: Int) -> String {
        for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes % factor == 0 && bytes > 0 {
            return "\(bytes / factor)\(unit)"
        }
        return "\(bytes)B"
    }

    /// How people write this time, in the largest unit that leaves a whole number; milliseconds at the finest.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        let whole = Int(milliseconds.rounded())
        for (unit, factor) in [("h", 3_600_000), ("min", 60_000), ("s", 1000)] where whole % factor == 0 && whole > 0 {
            return "\(whole / factor)\(unit)"
        }
        return "\(whole)ms"
    }
}
