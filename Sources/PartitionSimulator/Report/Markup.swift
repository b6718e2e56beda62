/// XML or HTML while it is being written. Everything that comes from a record passes through here, so that no name can become
/// markup.
struct Markup {
    /// Names and values of an element's attributes in the order in which they are written; those without a value are left out.
    typealias Attributes = KeyValuePairs<String, String?>

    /// What has been written.
    private(set) var text = ""

    /// `<element ...>`.
    mutating func open(_ element: String, _ attributes: Attributes = [:]) {
        begin(element, attributes)
        text += ">"
    }

    /// `</element>`.
    mutating func close(_ element: String) {
        text += "</"
        text += element
        text += ">"
    }

    /// `<element .../>`.
    mutating func empty(_ element: String, _ attributes: Attributes = [:]) {
        begin(element, attributes)
        text += "/>"
    }

    /// `<element ...>text</element>`.
    mutating func element(_ element: String, _ attributes: Attributes = [:], _ content: String) {
        open(element, attributes)
        append(content)
        close(element)
    }

    /// `<element>text</element>`.
    mutating func element(_ element: String, _ content: String) {
        self.element(element, [:], content)
    }

    /// `<element ...>`, what `content` writes, `</element>`.
    mutating func element(_ element: String, _ attributes: Attributes = [:], _ content: (inout Markup) -> Void) {
        open(element, attributes)
        content(&self)
        close(element)
    }

    /// Text, escaped.
    mutating func append(_ content: String) {
        Self.escape(content, into: &text)
    }

    /// Markup, a style or a script of our own, as it is.
    mutating func append(trusted content: String) {
        text += content
    }

    /// A new line, for people who open the file in an editor.
    mutating func line() {
        text += "\n"
    }

    private mutating func begin(_ element: String, _ attributes: Attributes) {
        text += "<"
        text += element
        for (name, value) in attributes {
            guard let value else { continue }
            text += " "
            text += name
            text += "=\""
            Self.escape(value, into: &text)
            text += "\""
        }
    }

    /// Escapes for text and for attributes in double quotes. What XML cannot hold, and marks that turn the direction of
    /// writing around, become U+FFFD.
    private static func escape(_ content: String, into text: inout String) {
        if content.utf8.allSatisfy(isPlain) {
            text += content
            return
        }
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            // As references, because a parser turns the characters themselves into spaces within attributes.
            case "\n": text += "&#10;"
            case "\r": text += "&#13;"
            case "\t": text += "&#9;"
            default: text.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
        }
    }

    /// Letters, digits and signs of ASCII that mean nothing to XML.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        default: byte >= 0x20 && byte < 0x7F
        }
    }

    /// A text without what XML cannot hold and without marks that turn the direction of writing around; not escaped.
    static func plain(_ content: String) -> String {
        if content.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return content }
        var text = ""
        for scalar in content.unicodeScalars {
            text.unicodeScalars.append(isAllowed(scalar) || scalar == "\n" || scalar == "\t" ? scalar : "\u{FFFD}")
        }
        return text
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}

extension Markup {
    /// A coordinate with at most one place behind the point, written the same on every platform.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }

    /// A text of at most `count` characters; a longer one ends in an ellipsis.
    static func shortened(_ content: String, to count: Int) -> String {
        guard content.utf8.count > count, content.count > count else { return content }
        return String(content.prefix(count - 1)) + "…"
    }
}
