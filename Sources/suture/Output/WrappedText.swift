/// Text that others wrote, laid out in lines that fit the window.
enum WrappedText {
    /// The lines of `text`, each after `indent`, broken between words where the window is narrower; a word that is wider than
    /// the window is broken too.
    static func lines(_ text: String, indent: String, in terminal: Terminal) -> [String] {
        let room = terminal.width.map { max(20, $0 - DisplayWidth.of(indent)) }
        return PrintableText.lines(text).split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            (room.map { broken(line, to: $0) } ?? [String(line)]).map { ($0.isEmpty ? indent.trimmedEnd : indent) + $0 }
        }
    }

    private static func broken(_ line: Substring, to width: Int) -> [String] {
        guard DisplayWidth.of(line) > width else { return [String(line)] }
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            let joined = current.isEmpty ? String(word) : current + " " + word
            if DisplayWidth.of(joined) <= width {
                current = joined
                continue
            }
            if !current.isEmpty { lines.append(current) }
            current = String(word)
            while DisplayWidth.of(current) > width {
                let part = beginning(of: current, width: width)
                lines.append(part)
                current.removeFirst(part.count)
            }
        }
        return lines + [current]
    }

    /// As many characters as fit, at least one.
    private static func beginning(of text: String, width: Int) -> String {
        var part = ""
        var used = 0
        for character in text {
            used += DisplayWidth.of(character)
            if used > width && !part.isEmpty { break }
            part.append(character)
        }
        return part
    }
}

extension String {
    /// The text without blanks at its end.
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
