/// How many columns of a terminal a text takes, which is neither its bytes nor its characters.
enum DisplayWidth {
    /// Columns of a text without control characters.
    static func of(_ text: some StringProtocol) -> Int {
        // Most text is plain ASCII, one column each.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// Columns of one character: 0 for marks without a base, 2 for wide ones and emoji, else 1.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        let widest = scalars.map(of).max() ?? 0
        // U+FE0F asks for the coloured picture of a character that also has a narrow form.
        let isPicture = scalars.count > 1 && scalars.contains { $0.value == 0xFE0F }
        return isPicture ? 2 : widest
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F ? 1 : 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .surrogate, .lineSeparator, .paragraphSeparator:
            // The soft hyphen is a format character that terminals show.
            return scalar.value == 0xAD ? 1 : 0
        default: break
        }
        // Vowels and final consonants that join the Hangul syllable before them.
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks that Unicode Standard Annex #11 counts as wide or fullwidth.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F1E6...0x1F1FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]

    /// The beginning of `text` that fits `width` columns, with `…` as its last one where something was cut.
    static func truncated(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var shown = ""
        var used = 0
        for character in text {
            let columns = of(character)
            guard used + columns <= width - 1 else { break }
            shown.append(character)
            used += columns
        }
        return shown + "…"
    }
}
