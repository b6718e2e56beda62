/// A piece of a template.
indirect enum TemplateNode: Sendable {
    /// Text as it stands.
    case text([UInt8])
    /// The text of a value, made safe for HTML or as it is.
    case value(TemplatePath, isEscaped: Bool)
    /// Once for each element of a list, for an object or text that is there, or where a flag is set; inverted the other way round.
    case section(TemplatePath, [TemplateNode], isInverted: Bool)
    /// Another template, with what it leaves open filled in.
    case partial(String, blocks: [String: [TemplateNode]])
    /// What whoever takes this template as a partial may fill in.
    case block(String, otherwise: [TemplateNode])
}

/// Where a value is found: `.` for what the section is about, `.name` for a name in that, `name` in the nearest object that has it; and
/// further names, each in the one before.
struct TemplatePath: Hashable, Sendable {
    /// Empty for what the section is about.
    let names: [String]
    /// Whether it is looked for in what surrounds the section too.
    let climbs: Bool

    init(_ text: String) {
        names = text.split(separator: ".").map(String.init)
        climbs = !text.hasPrefix(".")
    }
}
