/// One thing that is wrong in a configuration file: where, what was found, what was expected.
struct ConfigurationMistake: Hashable, Sendable {
    /// The line, counted from 1; `nil` for something that is missing from the file as a whole.
    var line: Int?
    /// The setting, as `limits.handshake`; `nil` where the text is no YAML at all.
    var setting: String?
    var found: String
    var expected: String

    /// The mistake in one line, which starts with a place that editors can jump to.
    func text(file: String) -> String {
        let place = line.map { "\(file):\($0)" } ?? file
        let subject = setting.map { "\($0): " } ?? ""
        return "\(place): \(subject)found \(found), expected \(expected)"
    }
}
