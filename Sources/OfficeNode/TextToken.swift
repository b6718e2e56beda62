import FoundationEssentials

/// Bytes as text that people can copy: a word that says what it is, then base64url without padding.
enum TextToken {
    static func text(_ bytes: [UInt8], prefix: String) -> String {
        let base64 = Data(bytes).base64EncodedString()
        let url = base64.map { character -> Character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        }
        return prefix + String(url.filter { $0 != "=" })
    }

    /// The bytes of a text; nil where it is another kind of text or damaged. White space does not count.
    static func bytes(_ text: String, prefix: String) -> [UInt8]? {
        let trimmed = text.filter { !$0.isWhitespace }
        guard trimmed.hasPrefix(prefix) else { return nil }
        var base64 = String(
            trimmed.dropFirst(prefix.count).map { character -> Character in
                switch character {
                case "-": "+"
                case "_": "/"
                default: character
                }
            })
        while base64.utf8.count % 4 != 0 { base64.append("=") }
        return Data(base64Encoded: base64).map { [UInt8]($0) }
    }
}
