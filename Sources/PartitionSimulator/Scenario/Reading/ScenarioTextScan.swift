/// Looks through a file before it is parsed, for what the language of scenarios leaves out of YAML: tabs, control characters,
/// anchors, aliases, tags, and nesting without end.
///
/// It follows quotes and comments, and takes a sign for the beginning of a value only where a value may begin.
struct ScenarioTextScan {
    /// How deep brackets may nest.
    private static let depthMax = 16
    /// How far a line may be indented.
    private static let indentMax = 200

    private enum Region { case plain, singleQuoted, doubleQuoted, comment }

    private let mistakes: ScenarioMistakes
    private var place = ScenarioMistake.Place(line: 1, column: 1)
    private var region = Region.plain
    private var depth = 0
    private var isEscaped = false
    /// The last scalar on this line that is not blank; nil at the line's beginning.
    private var last: Unicode.Scalar?
    /// The scalar before this one.
    private var before: Unicode.Scalar = "\n"
    private var passed = true

    init(mistakes: ScenarioMistakes) { self.mistakes = mistakes }

    /// Whether the text may be parsed; reports what keeps it from that, and stops where going on would only repeat it.
    mutating func passes(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            guard take(scalar) else { return false }
            if scalar == "\n" {
                place = .init(line: place.line + 1, column: 1)
                last = nil
                if region == .comment { region = .plain }
            } else {
                place.column += 1
                if scalar != " " && scalar != "\r" { last = scalar }
            }
            before = scalar
        }
        return passed
    }

    /// Returns false to stop.
    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\t" {
            if region == .plain { fail("expected spaces, found a tab") }
            return true
        }
        let isControl = scalar.value < 32 || (127...159).contains(scalar.value) && scalar.value != 0x85
        if isControl && scalar != "\n" && scalar != "\r" {
            fail("expected text, found the control character U+\(String(scalar.value, radix: 16, uppercase: true))")
            return false
        }
        switch region {
        case .comment: break
        case .singleQuoted: if scalar == "'" { region = .plain }
        case .doubleQuoted:
            if scalar == "\"" && !isEscaped { region = .plain }
            isEscaped = scalar == "\\" && !isEscaped
        case .plain: return takePlain(scalar)
        }
        return true
    }

    private mutating func takePlain(_ scalar: Unicode.Scalar) -> Bool {
        let isAfterBlank = before == " " || before == "\n" || before == "\r"
        switch scalar {
        case "#" where isAfterBlank: region = .comment
        case "\"" where beginsValue: region = .doubleQuoted
        case "'" where beginsValue: region = .singleQuoted
        case "&" where beginsValue: fail("anchors are not part of the language: write the value out, or quote the text")
        case "*" where beginsValue: fail("aliases are not part of the language: write the value out, or quote the text")
        case "!" where beginsValue: fail("tags are not part of the language: leave it out, or quote the text")
        case "[", "{":
            depth += 1
            guard depth <= Self.depthMax else {
                fail("expected brackets nested at most \(Self.depthMax) deep, found more")
                return false
            }
        case "]", "}": depth = max(0, depth - 1)
        case " ", "\n", "\r": break
        default:
            if last == nil && place.column > Self.indentMax {
                fail("expected an indentation of at most \(Self.indentMax) spaces, found \(place.column - 1)")
                return false
            }
        }
        return true
    }

    /// Whether a value may begin here.
    private var beginsValue: Bool {
        guard let last else { return true }
        if last == "[" || last == "{" || last == "," { return true }
        return (last == ":" || last == "-" || last == "?") && before == " "
    }

    private mutating func fail(_ message: String) {
        mistakes.add(place, message)
        passed = false
    }
}
