internal import Yams

/// The text of a scenario file on its way to a tree. What no scenario needs is turned away first, so that the parser meets nothing
/// that could make it slow, deep or ambiguous.
struct ScenarioText {
    /// The longest file that is read, in bytes.
    static let bytesMax = 32 << 20

    private let text: String
    private let mistakes: ScenarioMistakes

    init(_ text: String, mistakes: ScenarioMistakes) {
        self.text = text
        self.mistakes = mistakes
    }

    /// The file's tree; nil where there is none to be had, and then a mistake says why.
    func tree() -> Node? {
        guard text.utf8.count <= Self.bytesMax else {
            mistakes.add(
                .init(line: 1, column: 1),
                "the file: expected at most \(Self.bytesMax >> 20) MiB, found \(text.utf8.count >> 20) MiB or more")
            return nil
        }
        var scan = ScenarioTextScan(mistakes: mistakes)
        guard scan.passes(text) else { return nil }
        return compose(text)
    }

    /// Parses; a key that is given twice is reported, made unreadable in place, and the rest parsed all the same.
    private func compose(_ text: String) -> Node? {
        var text = text
        for _ in 0..<ScenarioMistakes.shownMax {
            do {
                guard let root = try Yams.compose(yaml: text) else {
                    mistakes.add(.init(line: 1, column: 1), "the file: expected seed, duration, nodes and events, found nothing")
                    return nil
                }
                return root
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                let place = ScenarioMistake.Place(line: context.mark.line, column: context.mark.column)
                guard let hidden = hideKey(at: place, in: text) else { return nil }
                text = hidden
            } catch let error as YamlError {
                report(error)
                return nil
            } catch {
                mistakes.add(.init(line: 1, column: 1), "that is no YAML: \(error)")
                return nil
            }
        }
        return nil
    }

    /// The text with the key at `place` no longer equal to any other, at unchanged columns.
    private func hideKey(at place: ScenarioMistake.Place, in text: String) -> String? {
        // By scalars, as the parser counts; a carriage return before a line's end is one Character with it.
        var scalars = Array(text.unicodeScalars)
        var line = 1
        var start = 0
        while line < place.line, let end = scalars[start...].firstIndex(of: "\n") { (line, start) = (line + 1, end + 1) }
        let index = start + place.column - 1
        guard line == place.line, scalars.indices.contains(index) else {
            mistakes.add(place, "expected each key once, found one twice")
            return nil
        }
        let name = String(String.UnicodeScalarView(scalars[index...].prefix { !":,}\n\r".unicodeScalars.contains($0) }))
        mistakes.add(place, "\(name): expected once here, found more than once")
        guard name.first?.isLetter == true else { return nil }
        scalars[index] = ScenarioMapping.hiddenMark
        return String(String.UnicodeScalarView(scalars))
    }

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // Where the construct began says more than where the parser gave up, which may be lines below.
            let start = context.map { " (\($0.text) in line \($0.mark.line), column \($0.mark.column))" } ?? ""
            mistakes.add(
                .init(line: mark.line, column: mark.column),
                "that is no YAML: \(problem)\(start); is a bracket, a quote, a comma or the space after a colon missing?")
        case .reader(let problem, _, _, _):
            mistakes.add(.init(line: 1, column: 1), "that is no YAML: \(problem)")
        default: mistakes.add(.init(line: 1, column: 1), "that is no YAML: \(error)")
        }
    }
}
