/// Makes text that others wrote safe to print: it can neither move the cursor, nor colour, nor turn the reading order of
/// what stands beside it.
enum PrintableText {
    /// The text on one line: line ends and tabs become blanks, other control characters `?`, and characters that turn the
    /// reading order are left out.
    static func oneLine(_ text: String) -> String {
        cleaned(text, keepingLines: false)
    }

    /// The same with its line ends left where they are.
    static func lines(_ text: String) -> String {
        cleaned(text, keepingLines: true)
    }

    private static func cleaned(_ text: String, keepingLines: Bool) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var shown = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            switch scalar.value {
            case 0x0A where previous?.value == 0x0D:
                break
            case 0x0A, 0x0D, 0x2028, 0x2029:
                shown.append(keepingLines ? "\n" : " ")
            case 0x09:
                shown.append(" ")
            case 0x00...0x1F, 0x7F...0x9F:
                shown.append("?")
            case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069:
                break
            default:
                shown.append(scalar)
            }
        }
        return String(shown)
    }
}
