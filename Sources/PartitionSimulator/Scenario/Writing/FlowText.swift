/// Writes values in YAML's short form: `{at: 5m, heal: all}`.
struct FlowText {
    private var parts: [String] = []

    /// Adds a key with a text that is written as it is.
    mutating func add(_ key: String, _ text: String) { parts.append("\(key): \(text)") }

    /// Adds a key whose value is any text of one line.
    mutating func add(_ key: String, scalar: String) { add(key, Self.scalar(scalar)) }

    /// Adds a key with a length of time, where there is one.
    mutating func add(_ key: String, span: Int64?) { if let span { add(key, SpanText.text(span)) } }

    var isEmpty: Bool { parts.isEmpty }
    var text: String { "{\(parts.joined(separator: ", "))}" }

    /// A list of texts.
    static func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }

    /// A text of one line, quoted where YAML would take it for something else.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
        }
        if isPlain, let first = text.utf8.first, first != 45 { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default:
                // Only what a YAML file may hold as it is, and looks like text, is left as it is.
                let isText = (32...126).contains(scalar.value) || (0xA1...0xD7FF).contains(scalar.value)
                if isText && scalar.value != 0x2028 && scalar.value != 0x2029 {
                    quoted.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        return quoted + "\""
    }
}
