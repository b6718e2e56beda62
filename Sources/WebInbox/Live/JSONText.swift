/// JSON made of parts, with its keys in the order given.
indirect enum JSONText: Sendable {
    case null
    case flag(Bool)
    case number(Int64)
    case text(String)
    case list([JSONText])
    case object([(String, JSONText)])

    /// A text, or null.
    static func optional(_ text: String?) -> JSONText { text.map { .text($0) } ?? .null }
    /// A number, or null.
    static func optional(_ number: Int64?) -> JSONText { number.map { .number($0) } ?? .null }

    /// A flag, or null.
    static func optional(_ flag: Bool?) -> JSONText { flag.map { .flag($0) } ?? .null }

    /// As it is sent.
    var text: String {
        var out = ""
        write(to: &out)
        return out
    }

    private func write(to out: inout String) {
        switch self {
        case .null: out += "null"
        case .flag(let value): out += value ? "true" : "false"
        case .number(let value): out += "\(value)"
        case .text(let value): Self.write(value, to: &out)
        case .list(let values):
            out += "["
            for (index, value) in values.enumerated() {
                if index > 0 { out += "," }
                value.write(to: &out)
            }
            out += "]"
        case .object(let members):
            out += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { out += "," }
                Self.write(member.0, to: &out)
                out += ":"
                member.1.write(to: &out)
            }
            out += "}"
        }
    }

    private static func write(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            // Also the two that end a line in scripts, and "<", so that JSON inside a page cannot end it.
            case "\u{0}"..."\u{1F}", "\u{2028}", "\u{2029}", "<":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
