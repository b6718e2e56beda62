import Hummingbird

/// The fields of a form or of an address's query, by name. The last of several with one name counts, but for `all`.
struct FormFields: Sendable {
    private var values: [String: [String]] = [:]

    /// How many fields are read; more is no form of ours.
    private static let fieldsMax = 200

    init() {}

    /// Reads `application/x-www-form-urlencoded`. Throws where it is malformed.
    init(_ text: some StringProtocol) throws(PageFault) {
        var count = 0
        for pair in text.split(separator: "&") {
            count += 1
            if count > Self.fieldsMax { throw .malformed("The form has more than \(Self.fieldsMax) fields.") }
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[try Self.decoded(parts[0]), default: []].append(parts.count > 1 ? try Self.decoded(parts[1]) : "")
        }
    }

    /// Adds a value.
    mutating func add(_ name: String, _ value: String) { values[name, default: []].append(value) }

    /// The names of all fields, ascending.
    var names: [String] { values.keys.sorted() }

    /// The field's text without surrounding white space; nil where it is absent or blank.
    subscript(_ name: String) -> String? {
        guard let text = values[name]?.last else { return nil }
        let trimmed = text.trimmed
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The field exactly as it was typed: passwords, texts. Line ends come as a browser's CR LF and become LF.
    func exact(_ name: String) -> String? { values[name]?.last.map { $0.replacing("\r\n", with: "\n") } }

    /// Every value of a field that may be ticked several times.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The field's text. Throws where it is missing.
    func required(_ name: String) throws(PageFault) -> String {
        guard let value = self[name] else { throw .malformed("The field “\(name)” is missing.") }
        return value
    }

    /// Whether a box is ticked.
    func isOn(_ name: String) -> Bool { self[name].map { $0 != "0" } ?? false }

    private static func decoded(_ text: some StringProtocol) throws(PageFault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    throw .malformed("The form is not encoded as forms are.")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains("\0") else {
            throw .malformed("The form holds text that is not UTF-8.")
        }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }

    /// As a part of an address's query.
    var queryEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
