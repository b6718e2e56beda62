import Yams

/// Walks the YAML tree of a configuration file and gathers every mistake, so that one start names all of them.
struct ConfigurationReader {
    private(set) var mistakes: [ConfigurationMistake] = []

    /// The settings of one mapping, by key.
    struct Section {
        /// Its place in the file, as `limits`; empty for the file itself.
        fileprivate let path: String
        fileprivate let values: [String: Node]
        fileprivate let line: Int?

        fileprivate func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    }

    mutating func report(_ mistake: ConfigurationMistake) {
        mistakes.append(mistake)
    }

    /// Reads `node` as a mapping with no other keys than `keys`; `nil` allows any.
    mutating func section(_ node: Node, at path: String, keys: [String]?) -> Section? {
        guard let mapping = node.mapping else {
            report(ConfigurationMistake(
                line: node.mark?.line, setting: path.isEmpty ? nil : path, found: Self.describe(node),
                expected: "settings, each as `name: value`"))
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, !name.isEmpty else {
                report(ConfigurationMistake(
                    line: key.mark?.line, setting: path.isEmpty ? nil : path, found: Self.describe(key),
                    expected: "the name of a setting"))
                continue
            }
            if let keys, !keys.contains(name) {
                report(ConfigurationMistake(
                    line: key.mark?.line, setting: path.isEmpty ? nil : path, found: "the unknown setting \(Self.quote(name))",
                    expected: Self.suggestion(for: name, among: keys)))
                continue
            }
            values[name] = value
        }
        return Section(path: path, values: values, line: node.mark?.line)
    }

    /// The mapping under `key`; `nil` if it is absent or wrong.
    mutating func section(_ key: String, in section: Section, keys: [String]?) -> Section? {
        section.values[key].flatMap { self.section($0, at: section.name(of: key), keys: keys) }
    }

    /// The value under `key` as `parse` reads it; `nil` if it is absent or wrong.
    mutating func value<Value>(
        _ key: String, in section: Section, expected: String, parse: (String) -> Value?
    ) -> Value? {
        guard let node = section.values[key] else { return nil }
        if let text = Self.text(of: node), let value = parse(text) { return value }
        report(ConfigurationMistake(
            line: node.mark?.line, setting: section.name(of: key), found: Self.describe(node), expected: expected))
        return nil
    }

    /// The value under `key`, which must lie in `range`; `fallback` if it is absent or wrong.
    mutating func value<Value: Comparable>(
        _ key: String, in section: Section, expected: String, range: ClosedRange<Value>, default fallback: Value,
        text: (Value) -> String, parse: (String) -> Value?
    ) -> Value {
        let bounds = "from \(text(range.lowerBound)) to \(text(range.upperBound))"
        return value(key, in: section, expected: "\(expected), \(bounds)") { spelling in
            parse(spelling).flatMap { range.contains($0) ? $0 : nil }
        } ?? fallback
    }

    /// Every key of a section that may hold any, with its value, in the order of the keys.
    func keys(of section: Section) -> [String] { section.values.keys.sorted() }

    /// The line of a setting, for a mistake that only shows beside another one.
    func line(of key: String, in section: Section) -> Int? { section.values[key]?.mark?.line ?? section.line }

    func has(_ key: String, in section: Section) -> Bool { section.values[key] != nil }

    // MARK: - Words for what was found

    private static func text(of node: Node) -> String? {
        guard let scalar = node.scalar, !(scalar.string.isEmpty && scalar.style == .plain) else { return nil }
        return scalar.string
    }

    static func describe(_ node: Node) -> String {
        if node.mapping != nil { return "settings" }
        if node.sequence != nil { return "a list" }
        guard let text = text(of: node) else { return "nothing" }
        return quote(text)
    }

    /// The text in quotes, cut where it is long, without control characters that could play with a terminal.
    static func quote(_ text: String) -> String {
        let shown = text.prefix(60).map { character in
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? character : "?"
        }
        return "\"\(String(shown))\(text.count > 60 ? "…" : "")\""
    }

    private static func suggestion(for name: String, among keys: [String]) -> String {
        let nearest = keys.map { (distance: editDistance(name, $0), key: $0) }.min { $0 < $1 }
        if let nearest, nearest.distance <= 2 { return "perhaps \(nearest.key)" }
        return "one of \(keys.joined(separator: ", "))"
    }

    /// How many letters must be put in, taken out or changed to make one text the other.
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.prefix(40).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
