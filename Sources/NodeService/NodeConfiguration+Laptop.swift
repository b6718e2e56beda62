import OfficeNode

extension NodeConfiguration {
    /// The longest that a laptop can be told to be away, or to hold what was said in threads that have ended: ten years.
    public static let refuseAfterDaysMax = 3650

    /// Reads the section `laptop`.
    mutating func readLaptop(in settings: ConfigurationReader.Section, with reader: inout ConfigurationReader) {
        guard let section = reader.section("laptop", in: settings, keys: ["refuse-after", "holds"]) else { return }
        refuseAfter = Self.days("refuse-after", in: section, with: &reader).map(Self.days)
        readHolds(in: section, with: &reader)
    }

    private mutating func readHolds(in laptop: ConfigurationReader.Section, with reader: inout ConfigurationReader) {
        guard let section = reader.section("holds", in: laptop, keys: ["for", "people", "queues"]) else { return }
        guard let days = Self.days("for", in: section, with: &reader) else {
            if !reader.has("for", in: section) {
                reader.report(
                    ConfigurationMistake(
                        line: reader.line(of: "holds", in: laptop), setting: "laptop.holds.for", found: "nothing",
                        expected: Self.daysExpected))
            }
            return
        }
        laptopScope = LaptopScope(
            age: Int64(Self.days(days) / .milliseconds(1)), people: Self.names("people", in: section, with: &reader),
            queues: Self.names("queues", in: section, with: &reader))
    }

    private static let daysExpected = "a whole number of days such as 14 days, from 1 to \(refuseAfterDaysMax)"

    private static func days(
        _ key: String, in section: ConfigurationReader.Section, with reader: inout ConfigurationReader
    ) -> Int? {
        reader.value(key, in: section, expected: daysExpected) { text in
            ConfigurationValue.days(text).flatMap { (1...Self.refuseAfterDaysMax).contains($0) ? $0 : nil }
        }
    }

    private static func names(
        _ key: String, in section: ConfigurationReader.Section, with reader: inout ConfigurationReader
    ) -> [String] {
        reader.value(key, in: section, expected: "keys as `suture staff list` and `suture queue list` show them, separated by commas") {
            let names = $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingSpaces }
            return names.contains("") ? nil : names
        } ?? []
    }

    /// So many days.
    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
