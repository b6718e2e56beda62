/// Makes text safe within HTML, in content and in quoted attributes.
///
/// It looks at bytes, not at characters: a quotation mark that a combining mark follows is another character, and still ends an attribute.
enum HTMLEscaping {
    /// Adds `text` to `bytes`.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { text in
            var start = 0
            for place in text.indices {
                guard let escaped = escaped(text[place]) else { continue }
                bytes += text[start..<place]
                bytes += UnsafeBufferPointer(start: escaped.utf8Start, count: escaped.utf8CodeUnitCount)
                start = place + 1
            }
            bytes += text[start...]
        }
    }

    private static func escaped(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
