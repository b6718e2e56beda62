/// Writes JSON. The system's encoder spells the pretty form in a way that is unpleasant to read.
struct JSONWriter {
    /// Blanks a level; `nil` for one line.
    private let indentation: Int?
    private var bytes: [UInt8] = []

    static func text(of value: JSONValue, indentation: Int?) -> [UInt8] {
        var writer = JSONWriter(indentation: indentation)
        writer.write(value, depth: 0)
        return writer.bytes
    }

    private init(indentation: Int?) { self.indentation = indentation }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .int(let value): append("\(value)")
        case .double(let value): append(value.isFinite ? "\(value)" : "null")
        case .string(let value): write(value)
        case .array(let elements):
            list("[", "]", elements, depth: depth) { writer, element in writer.write(element, depth: depth + 1) }
        case .object(let members):
            list("{", "}", members.sorted { $0.key < $1.key }, depth: depth) { writer, member in
                writer.write(member.key)
                writer.append(writer.indentation == nil ? ":" : ": ")
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    private mutating func list<Element>(
        _ start: String, _ end: String, _ elements: [Element], depth: Int, write: (inout JSONWriter, Element) -> Void
    ) {
        append(start)
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine(depth + 1)
            write(&self, element)
        }
        if !elements.isEmpty { newLine(depth) }
        append(end)
    }

    private mutating func newLine(_ depth: Int) {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indentation))
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        if string.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            bytes += string.utf8
        } else {
            for scalar in string.unicodeScalars { write(scalar) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Control characters of both ranges are spelled out, so that a text cannot play with the terminal it is printed on.
    private mutating func write(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        }
    }
}
