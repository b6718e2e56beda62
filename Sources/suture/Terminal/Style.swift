/// How a piece of text stands out. Never the only carrier of a meaning: the words say it too.
enum Style: Hashable, Sendable {
    case plain
    case bold
    case dim
    /// Something to notice: a name, a place.
    case accent
    /// Something that wants attention soon.
    case warning
    /// Something that is wrong or urgent.
    case danger

    /// The parameters of the terminal's "select graphic rendition". The sixteen basic colours, because the person chose
    /// how those look.
    private var codes: String? {
        switch self {
        case .plain: nil
        case .bold: "1"
        case .dim: "2"
        case .accent: "36"
        case .warning: "33"
        case .danger: "1;31"
        }
    }

    /// The text in this style where the terminal has styles, else unchanged.
    func applied(to text: String, in terminal: Terminal) -> String {
        guard terminal.hasStyles, let codes, !text.isEmpty else { return text }
        return "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
}
