/// A word or a single punctuation mark of Swift code. Comments and the text of string literals yield no tokens, so a
/// rule about code never trips over prose; code inside an interpolation does yield tokens.
struct SwiftToken: Equatable {
    var text: String
    /// Line of the file, counted from 1.
    var line: Int
    /// Whether it touches the token before it.
    var touchesPrevious: Bool
    /// Whether a documentation comment lies between it and the token before it.
    var followsDocComment: Bool

    var isWord: Bool {
        guard let first = text.utf8.first else { return false }
        return SwiftLexer.isWordByte(first)
    }
}

/// Divides Swift source text into tokens: enough of the language to find imports, declarations and calls without
/// a compiler. Regex literals are not recognised; a quote inside one is forgotten at the end of its line.
struct SwiftLexer {
    private enum Mode {
        /// Code; the parentheses open since an interpolation began, or `nil` outside interpolations.
        case code(openParentheses: Int?)
        case string(hashes: Int, multiline: Bool)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var modes: [Mode] = [.code(openParentheses: nil)]
    private var tokens: [SwiftToken] = []
    private var lastTokenEnd = -1
    private var sawDocComment = false

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    static func tokens(of text: String) -> [SwiftToken] {
        var lexer = SwiftLexer(text)
        while lexer.position < lexer.bytes.count {
            switch lexer.modes[lexer.modes.count - 1] {
            case .code(let open): lexer.readCode(openParentheses: open)
            case .string(let hashes, let multiline): lexer.readString(hashes: hashes, multiline: multiline)
            }
        }
        return lexer.tokens
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"), 0x80...:
            true
        default:
            false
        }
    }

    // MARK: Code

    private mutating func readCode(openParentheses: Int?) {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\n"):
            line += 1
            position += 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            position += 1
        case UInt8(ascii: "/") where startsWith("//"):
            readLineComment()
        case UInt8(ascii: "/") where startsWith("/*"):
            readBlockComment()
        case UInt8(ascii: "\""):
            openString(hashes: 0)
        case UInt8(ascii: "#") where hashesBeforeQuote() > 0:
            openString(hashes: hashesBeforeQuote())
        case _ where Self.isWordByte(byte):
            var end = position
            while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
            append(upTo: end)
        default:
            if let openParentheses {
                countParenthesis(byte, open: openParentheses)
            }
            append(upTo: position + 1)
        }
    }

    /// Follows parentheses inside an interpolation; the one that closes it gives the string its turn again.
    private mutating func countParenthesis(_ byte: UInt8, open: Int) {
        if byte == UInt8(ascii: "(") {
            modes[modes.count - 1] = .code(openParentheses: open + 1)
        } else if byte == UInt8(ascii: ")") {
            if open == 1 {
                modes.removeLast()
            } else {
                modes[modes.count - 1] = .code(openParentheses: open - 1)
            }
        }
    }

    private mutating func append(upTo end: Int) {
        tokens.append(
            SwiftToken(
                text: String(decoding: bytes[position..<end], as: UTF8.self), line: line,
                touchesPrevious: position == lastTokenEnd, followsDocComment: sawDocComment))
        sawDocComment = false
        position = end
        lastTokenEnd = end
    }

    // MARK: Comments

    private mutating func readLineComment() {
        // Four slashes draw a line; they document nothing.
        if startsWith("///"), !startsWith("////") { sawDocComment = true }
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func readBlockComment() {
        if startsWith("/**"), !startsWith("/**/") { sawDocComment = true }
        var depth = 0
        repeat {
            if startsWith("/*") {
                depth += 1
                position += 2
            } else if startsWith("*/") {
                depth -= 1
                position += 2
            } else {
                if bytes[position] == UInt8(ascii: "\n") { line += 1 }
                position += 1
            }
        } while depth > 0 && position < bytes.count
    }

    // MARK: Strings

    private func hashesBeforeQuote() -> Int {
        var end = position
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - position : 0
    }

    private mutating func openString(hashes: Int) {
        position += hashes
        let multiline = startsWith("\"\"\"")
        position += multiline ? 3 : 1
        modes.append(.string(hashes: hashes, multiline: multiline))
    }

    private mutating func readString(hashes: Int, multiline: Bool) {
        let fence = String(repeating: "#", count: hashes)
        if startsWith((multiline ? "\"\"\"" : "\"") + fence) {
            position += (multiline ? 3 : 1) + hashes
            modes.removeLast()
        } else if startsWith("\\" + fence + "(") {
            position += 2 + hashes
            modes.append(.code(openParentheses: 1))
        } else if startsWith("\\" + fence) {
            // An escaped mark. An escaped line end keeps its newline for the count of lines.
            position += 1 + hashes
            if position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        } else {
            if bytes[position] == UInt8(ascii: "\n") {
                line += 1
                // Not Swift, so it was no string: go on as code rather than swallow the file.
                if !multiline { modes.removeLast() }
            }
            position += 1
        }
    }

    private func startsWith(_ text: String) -> Bool {
        let wanted = text.utf8
        return position + wanted.count <= bytes.count && bytes[position..<position + wanted.count].elementsEqual(wanted)
    }
}
