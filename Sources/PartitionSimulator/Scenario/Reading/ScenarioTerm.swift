/// What one value of a scenario file may be.
struct ScenarioTerm<Value> {
    /// For people: `a duration such as 10m`.
    let expected: String
    /// Words that it may be, for suggestions.
    var words: [String] = []
    /// The value of a text, or nil.
    let parse: (String) -> Value?

    /// The term that goes on from this one's values.
    func map<Other>(_ change: @escaping (Value) -> Other?) -> ScenarioTerm<Other> {
        ScenarioTerm<Other>(expected: expected, words: words) { parse($0).flatMap(change) }
    }
}

extension ScenarioTerm {
    /// One of some words.
    static func word(_ values: [(String, Value)], _ what: String? = nil) -> Self {
        let words = values.map(\.0)
        return ScenarioTerm(expected: what ?? "one of \(words.joined(separator: ", "))", words: words) { text in
            values.first { $0.0 == text }?.1
        }
    }
}

extension ScenarioTerm where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the type's cases.
    static var anyCase: Self { word(Value.allCases.map { ($0.rawValue, $0) }) }
}

extension ScenarioTerm<Int64> {
    /// A length of time, from `least` milliseconds on.
    static func span(_ what: String = "a duration such as 2h, 40m, 10s or 200ms", least: Int64 = 0) -> Self {
        ScenarioTerm(expected: what) { SpanText.milliseconds($0).flatMap { $0 >= least ? $0 : nil } }
    }

    /// A length of time with a sign.
    static var signedSpan: Self {
        ScenarioTerm(expected: "a time ahead or back such as +5m or -10s", parse: SpanText.signedMilliseconds)
    }
}

extension ScenarioTerm<Int> {
    /// A whole number in a range.
    static func number(_ range: ClosedRange<Int>, _ what: String? = nil) -> Self {
        let expected = what ?? "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return ScenarioTerm(expected: expected) { text in
            guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), range.contains(number) else { return nil }
            return number
        }
    }

    /// A chance in a million.
    static var share: Self { ScenarioTerm(expected: "a share from 0% to 100% such as 5% or 0.1%", parse: AmountText.perMillion) }

    /// A share in percent.
    static var percent: Self {
        ScenarioTerm(expected: "a share in whole percent such as 15%") { text in
            AmountText.perMillion(text).flatMap { $0.isMultiple(of: 10_000) ? $0 / 10_000 : nil }
        }
    }

    /// Bytes a second.
    static var rate: Self {
        ScenarioTerm(
            expected: "a rate such as 64kB/s, 1MB/s or 768kbit/s, or unlimited", words: ["unlimited"],
            parse: AmountText.bytesPerSecond)
    }
}

extension ScenarioTerm<ClosedRange<Int64>> {
    /// A range of lengths of time.
    static var range: Self { ScenarioTerm(expected: "a range such as 20-200ms or 200ms-2s", parse: SpanText.range) }
}

extension ScenarioTerm<Bool> {
    /// Yes or no.
    static var yesOrNo: Self { word([("yes", true), ("no", false), ("true", true), ("false", false)], "yes or no") }
    /// On or off.
    static var onOrOff: Self { word([("on", true), ("off", false)], "on or off") }
}

extension ScenarioTerm<String> {
    /// The name that a scenario gives a thread.
    static var threadName: Self {
        ScenarioTerm(expected: "a name of letters, digits and . _ - such as T1") { text in
            let isName = (1...60).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
                }
            return isName ? text : nil
        }
    }

    /// A short text of one line.
    static func text(_ what: String) -> Self {
        ScenarioTerm(expected: what) { text in
            let isLine = (1...100).contains(text.utf8.count) && !text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
            return isLine && text.contains { !$0.isWhitespace } ? text : nil
        }
    }

    /// A code in lower-case letters, digits and hyphens.
    static func code(_ what: String) -> Self {
        ScenarioTerm(expected: what) { text in
            let isCode = (1...40).contains(text.utf8.count)
                && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
            return isCode ? text : nil
        }
    }

    /// One of some names.
    static func name(_ what: String, of names: [String]) -> Self {
        let shown = names.count > 12 ? names.prefix(10).joined(separator: ", ") + " ..." : names.joined(separator: ", ")
        return ScenarioTerm(expected: "\(what) (\(names.isEmpty ? "there is none" : shown))", words: names) {
            names.contains($0) ? $0 : nil
        }
    }
}
