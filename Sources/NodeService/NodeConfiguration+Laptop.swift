extension NodeConfiguration {
    /// The longest that a laptop can be told to be away: ten years.
    public static let refuseAfterDaysMax = 3650

    /// Reads the section `laptop`.
    mutating func readLaptop(in settings: ConfigurationReader.Section, with reader: inout ConfigurationReader) {
        guard let section = reader.section("laptop", in: settings, keys: ["refuse-after"]) else { return }
        let days = reader.value(
            "refuse-after", in: section, expected: "a whole number of days such as 14 days, from 1 to \(Self.refuseAfterDaysMax)"
        ) { text in ConfigurationValue.days(text).flatMap { (1...Self.refuseAfterDaysMax).contains($0) ? $0 : nil } }
        refuseAfter = days.map(Self.days)
    }

    /// So many days.
    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
