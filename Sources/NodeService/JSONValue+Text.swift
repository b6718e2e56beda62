import FoundationEssentials

extension JSONValue {
    /// The value that `text` spells.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/controlProtocol``.
    public init(text: some Sequence<UInt8>) throws(NodeServiceError) {
        self = try JSONValue.decode(JSONValue.self, from: text)
    }

    /// Decodes JSON and says what is wrong without repeating any of it.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from text: some Sequence<UInt8>
    ) throws(NodeServiceError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text))
        } catch DecodingError.keyNotFound(let key, _) {
            throw NodeServiceError(.controlProtocol, "\"\(key.stringValue)\" is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw NodeServiceError(.controlProtocol, "\(place.isEmpty ? "it" : "\"\(place)\"") has the wrong type")
        } catch {
            throw NodeServiceError(.controlProtocol, "it is not JSON")
        }
    }

    /// The value on one line, members sorted by name, without blanks.
    public var oneLine: String { text(indentation: nil) }

    /// The value over several lines, members sorted by name, indented by two blanks a level.
    public var pretty: String { text(indentation: 2) }

    private func text(indentation: Int?) -> String {
        var writer = JSONWriter(indentation: indentation)
        writer.write(self, depth: 0)
        return writer.text
    }
}

/// Writes JSON text. The system's encoder spells the pretty form in a way that is unpleasant to read.
private struct JSONWriter {
    let indentation: Int?
    var text = ""

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += "\(value)"
        case .double(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): write(value)
        case .array(let elements):
            list("[", "]", elements, depth: depth) { writer, element in writer.write(element, depth: depth + 1) }
        case .object(let members):
            list("{", "}", members.sorted { $0.key < $1.key }, depth: depth) { writer, member in
                writer.write(member.key)
                writer.text += writer.indentation == nil ? ":" : ": "
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Element>(
        _ start: String, _ end: String, _ elements: [Element], depth: Int, write: (inout JSONWriter, Element) -> Void
    ) {
        text += start
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            newLine(depth + 1)
            write(&self, element)
        }
        if !elements.isEmpty { newLine(depth) }
        text += end
    }

    private mutating func newLine(_ depth: Int) {
        guard let indentation else { return }
        text += "\n" + String(repeating: " ", count: depth * indentation)
    }

    /// Control characters of both ranges are spelled out, so that a text cannot play with the terminal it is printed on.
    private mutating func write(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
