/// A person's words as a full-text query that cannot be anything else: no operators, columns or syntax errors come
/// through.
///
/// Every word must occur; the last may be the beginning of one unless whole words are asked for. What people join
/// without a space ("pre-op") must stand side by side.
struct SearchQuery {
    /// How many words are looked for; what follows is ignored.
    static let wordsMax = 16
    /// How many characters of a word are looked for.
    static let wordLengthMax = 64

    /// The query in FTS5's language, or nil where the text has no word.
    let expression: String?

    init(_ text: String, wholeWords: Bool = false) {
        let phrases = text.split(whereSeparator: \.isWhitespace).lazy.compactMap(Self.phrase).prefix(Self.wordsMax)
        let terms = phrases.map { "\"\($0)\"" }
        expression = terms.isEmpty ? nil : terms.joined(separator: " AND ") + (wholeWords ? "" : "*")
    }

    /// The letters and digits of a word, with a space for each run of anything else, or nil where there are none.
    /// Nothing is left that could end the quotes or the string.
    private static func phrase(_ word: Substring) -> String? {
        let scalars = word.unicodeScalars.prefix(wordLengthMax).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
                scalar
            default: " "
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        let words = String(text).split(separator: " ").filter { $0.contains { $0.isLetter || $0.isNumber } }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
