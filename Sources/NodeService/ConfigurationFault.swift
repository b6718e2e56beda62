import Yams

/// A text that is no YAML, in the words of this module.
struct ConfigurationFault: Error {
    let mistake: ConfigurationMistake

    /// The root of the one document in `yaml`; `nil` if it holds none.
    static func compose(_ yaml: String) throws(ConfigurationFault) -> Node? {
        do {
            return try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationFault(mistake: mistake(of: error, in: yaml))
        }
    }

    private static func mistake(of error: any Error, in yaml: String) -> ConfigurationMistake {
        let expected = "YAML"
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationMistake(line: mark.line, found: "a place where \(problem)", expected: expected)
        case .duplicatedKeysInMapping(let keys, let context):
            // The mark is where the mapping begins; the second spelling is what has to go.
            let line = keys.first.flatMap { secondLine(of: $0, in: yaml, from: context.mark.line) }
            let names = keys.map(ConfigurationReader.quote).joined(separator: ", ")
            return ConfigurationMistake(
                line: line ?? context.mark.line, found: "\(names) more than once", expected: "each setting once")
        case .reader(let problem, let offset, _, _):
            let line = offset.map { yaml.prefix($0).filter(\.isNewline).count + 1 }
            return ConfigurationMistake(line: line, found: "a character that is not allowed (\(problem))", expected: expected)
        default:
            return ConfigurationMistake(line: nil, found: "a text that cannot be read", expected: expected)
        }
    }

    private static func secondLine(of key: String, in yaml: String, from first: Int) -> Int? {
        let lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let hits = lines.indices.filter { index in
            index + 1 >= first && lines[index].drop { $0 == " " }.hasPrefix("\(key):")
        }
        return hits.count > 1 ? hits[1] + 1 : nil
    }
}
