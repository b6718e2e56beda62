/// The rules of style a scan can check, in the manner of a linter that knows only this project.
enum StyleRules {
    static let linesMax = 500
    static let columnsMax = 140

    /// Code that has no place in a deterministic module: clocks, randomness, concurrency, locks and output.
    static let forbiddenInPureModules = [
        "Date(", "Date.now", "UUID(", ".random(", "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock",
        "DispatchTime", "async", "await", "Task {", "Task.detached", "Task.sleep", "NSLock", "Mutex", "print(",
        "debugPrint(", "dump(",
    ].map(CodePattern.init)

    /// Code that ends the process, or that hides why something failed, anywhere in the sources.
    static let forbiddenEverywhere = ["fatalError(", "try!", "as!"].map(CodePattern.init)

    /// Drawers: a name that says nothing about what is inside.
    private static let drawers = ["Util", "Utils", "Helper", "Helpers", "Manager", "Managers"]

    private static let typeKeywords: Set<String> = ["actor", "class", "enum", "protocol", "struct", "typealias"]

    /// Every breach in one file; `pure` says whether its module must be deterministic.
    static func breaches(in file: SourceFile, pure: Bool) -> [Breach] {
        guard !file.isGenerated else { return [] }
        var found = sizeBreaches(in: file)
        guard file.isSwift else { return found }

        let tokens = SwiftLexer.tokens(of: file.text)
        for pattern in forbiddenEverywhere {
            found += pattern.lines(in: tokens).map {
                Breach(path: file.path, line: $0, reason: "\(pattern.text) is forbidden: throw an error that says what to do")
            }
        }
        if pure {
            for pattern in forbiddenInPureModules {
                found += pattern.lines(in: tokens).map {
                    Breach(path: file.path, line: $0, reason: "\(pattern.text) in \(file.module), which must be deterministic")
                }
            }
        }
        found += drawerBreaches(in: file, tokens: tokens)
        found += Declaration.undocumented(in: tokens).map {
            Breach(path: file.path, line: $0.line, reason: "public \($0.keyword) \($0.name) has no documentation comment")
        }
        return found.sorted { ($0.line, $0.reason) < ($1.line, $1.reason) }
    }

    private static func sizeBreaches(in file: SourceFile) -> [Breach] {
        var found: [Breach] = []
        let lines = file.lines
        // A text that ends with a line end has an empty piece after it, which is no line.
        let count = lines.last?.isEmpty == true ? lines.count - 1 : lines.count
        if count > linesMax {
            found.append(Breach(path: file.path, line: 0, reason: "\(count) lines; divide it before it passes \(linesMax)"))
        }
        for (index, line) in lines.enumerated() {
            func report(_ reason: String) {
                found.append(Breach(path: file.path, line: index + 1, reason: reason))
            }
            if line.utf8.contains(UInt8(ascii: "\t")) { report("a tab; indent with four spaces") }
            // Bytes are an upper bound of columns and far cheaper to count.
            if line.utf8.count > columnsMax, line.count > columnsMax { report("\(line.count) columns; at most \(columnsMax)") }
            for mark in ["TODO", "FIXME"] where containsWord(mark, in: line) {
                report("\(mark); do it or write an issue")
            }
        }
        return found
    }

    private static func containsWord(_ word: String, in line: Substring) -> Bool {
        guard line.utf8.count >= word.utf8.count else { return false }
        return line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
    }

    private static func drawerBreaches(in file: SourceFile, tokens: [SwiftToken]) -> [Breach] {
        tokens.indices.dropFirst().compactMap { index in
            let name = tokens[index].text
            guard typeKeywords.contains(tokens[index - 1].text), drawers.contains(where: name.hasSuffix) else { return nil }
            return Breach(path: file.path, line: tokens[index].line, reason: "type \(name): name it after what it does")
        }
    }
}

/// A few tokens in a row. Where its text has no space the tokens must touch; where it has one anything blank may stand.
struct CodePattern {
    let text: String
    private let tokens: [SwiftToken]

    init(_ text: String) {
        self.text = text
        tokens = SwiftLexer.tokens(of: text)
    }

    /// The lines on which the pattern begins.
    func lines(in code: [SwiftToken]) -> [Int] {
        guard let first = tokens.first, code.count >= tokens.count else { return [] }
        return (0...code.count - tokens.count).compactMap { start in
            guard code[start].text == first.text else { return nil }
            let matches = tokens.indices.dropFirst().allSatisfy { offset in
                let found = code[start + offset]
                return found.text == tokens[offset].text && (found.touchesPrevious || !tokens[offset].touchesPrevious)
            }
            return matches ? code[start].line : nil
        }
    }
}
