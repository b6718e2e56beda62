extension Scenario {
    /// Reads a scenario, or a plan, from the text of a YAML file.
    ///
    /// Throws `SimulationError.Code.scenario` with all mistakes of the file, a line each: line, column, key, what was expected and what
    /// was found. Nothing runs then.
    ///
    /// - Parameters:
    ///   - text: The file's text.
    ///   - name: The scenario's name: the file's without folder and ending.
    public init(yaml text: String, name: String = "scenario") throws(SimulationError) {
        let mistakes = ScenarioMistakes()
        var reader = ScenarioReader(mistakes)
        if let tree = ScenarioText(text, mistakes: mistakes).tree() { reader.read(tree) }
        if let error = mistakes.error { throw error }
        self = reader.scenario
        self.name = name
    }

    /// Reads a scenario from the bytes of a YAML file, which must be UTF-8. Throws as above.
    public init(yaml bytes: [UInt8], name: String = "scenario") throws(SimulationError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let place = Self.firstInvalid(in: bytes)
            throw SimulationError(
                .scenario, "line \(place.line), column \(place.column): the file: expected UTF-8, found bytes that are none")
        }
        try self.init(yaml: text, name: name)
    }

    /// Where the first bytes stand that are no UTF-8.
    private static func firstInvalid(in bytes: [UInt8]) -> ScenarioMistake.Place {
        // Both bytes and their repaired text are the same up to there; the repair is one U+FFFD.
        var place = ScenarioMistake.Place(line: 1, column: 1)
        var offset = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            guard bytes[offset...].starts(with: encoded) else { return place }
            offset += encoded.count
            place = scalar == "\n" ? .init(line: place.line + 1, column: 1) : .init(line: place.line, column: place.column + 1)
        }
        return place
    }
}
