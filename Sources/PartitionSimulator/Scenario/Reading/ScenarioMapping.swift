internal import Yams

/// One mapping of a scenario file. Reading a value that is not as expected reports a mistake and gives nil.
struct ScenarioMapping {
    /// Stands in for the first letter of a key that is given twice: private use, so that no file has it.
    static let hiddenMark: Unicode.Scalar = "\u{E000}"

    /// Where it begins.
    let place: ScenarioMistake.Place
    /// Its keys in the order of the file.
    let keys: [String]

    private let entries: [String: (key: ScenarioMistake.Place, value: Node)]
    private let mistakes: ScenarioMistakes

    /// Reports where `node` is no mapping, and then is nil.
    init?(_ node: Node, _ what: String, mistakes: ScenarioMistakes) {
        guard let mapping = node.mapping else {
            mistakes.add(node.place, "\(what): expected settings such as {key: value}, found \(node.wording)")
            return nil
        }
        self.mistakes = mistakes
        place = node.place
        var entries: [String: (key: ScenarioMistake.Place, value: Node)] = [:]
        var keys: [String] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                mistakes.add(key.place, "\(what): expected a word as the key, found \(key.wording)")
                continue
            }
            if name.unicodeScalars.first == Self.hiddenMark { continue }
            entries[name] = (key.place, value)
            keys.append(name)
        }
        self.entries = entries
        self.keys = keys
    }

    /// Reports every key that is not one of `allowed`.
    func allow(_ allowed: [String], in what: String = "") {
        for key in keys where !allowed.contains(key) {
            let context = what.isEmpty ? "" : " in \(what)"
            let suggestion = key == "<<" ? nil : NearMiss.of(key, among: allowed.filter { !has($0) })
            mistakes.add(
                keyPlace(of: key),
                "\(key.cited): expected one of \(allowed.joined(separator: ", "))\(context)" + suggestion.hint)
        }
    }

    /// Whether the key is there.
    func has(_ key: String) -> Bool { entries[key] != nil }

    /// Where the value of the key begins; where the mapping does if it is not there.
    func place(of key: String) -> ScenarioMistake.Place { entries[key]?.value.place ?? place }

    /// Where the key itself begins.
    func keyPlace(of key: String) -> ScenarioMistake.Place { entries[key]?.key ?? place }

    /// Reports a mistake about the value of a key.
    func fail(_ key: String, _ message: String) { mistakes.add(place(of: key), "\(key): \(message)") }

    /// The value's node, where it is there.
    func node(_ key: String) -> Node? { entries[key]?.value }

    /// The value's node, which must be there.
    func node(_ key: String, expected: String) -> Node? {
        if let node = entries[key]?.value { return node }
        mistakes.add(place, "\(key): expected \(expected), found nothing")
        return nil
    }

    /// The value's text where it is there and is one.
    func text(_ key: String) -> String? { entries[key]?.value.scalar?.string }

    /// The value of a key that must be there.
    func value<Value>(_ key: String, _ term: ScenarioTerm<Value>) -> Value? {
        guard let node = node(key, expected: term.expected) else { return nil }
        return read(node, key, term)
    }

    /// The value of a key that may be left out.
    func optional<Value>(_ key: String, _ term: ScenarioTerm<Value>) -> Value? { has(key) ? value(key, term) : nil }

    /// The values of a key that must be a list. Values that are not as expected are left out, and reported.
    func list<Value>(_ key: String, _ term: ScenarioTerm<Value>, expected: String) -> [Value]? {
        guard let node = node(key, expected: expected) else { return nil }
        guard let sequence = node.sequence else {
            mistakes.add(node.place, "\(key): expected \(expected), found \(node.wording)")
            return nil
        }
        return sequence.compactMap { read($0, key, term) }
    }

    /// Reads one scalar.
    func read<Value>(_ node: Node, _ key: String, _ term: ScenarioTerm<Value>) -> Value? {
        let text = node.scalar?.string
        if let text, let value = term.parse(text) { return value }
        let suggestion = text.flatMap { NearMiss.of($0, among: term.words) }
        mistakes.add(node.place, "\(key): expected \(term.expected), found \(node.wording)" + suggestion.hint)
        return nil
    }
}

extension String {
    /// Quoted, and cut where it is long.
    var cited: String {
        let line = prefix { !$0.isNewline }
        return line.count > 40 || line.count < count ? "`\(line.prefix(40))...`" : "`\(line)`"
    }
}

extension String? {
    /// A suggestion, where there is one.
    var hint: String { map { "; did you mean `\($0)`?" } ?? "" }
}

extension Node {
    /// Where it begins.
    var place: ScenarioMistake.Place { .init(line: mark?.line ?? 1, column: mark?.column ?? 1) }

    /// What it is, for people.
    var wording: String {
        switch self {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string.cited
        case .mapping: "a mapping {...}"
        case .sequence: "a list [...]"
        case .alias: "an alias"
        }
    }
}
