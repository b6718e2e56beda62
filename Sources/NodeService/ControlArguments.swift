import Causality
import InboxModel

/// The arguments of one request, read by name and form. What is wrong is named, with what was expected.
struct ControlArguments: Sendable {
    private let values: [String: JSONValue]

    init(_ values: [String: JSONValue]) {
        // A null says the same as leaving the argument out.
        self.values = values.filter { !$0.value.isNull }
    }

    /// Throws where there is an argument that the verb does not take.
    func require(onlyOf names: Set<String>, verb: String) throws(ControlFailure) {
        guard let name = values.keys.filter({ !names.contains($0) }).min() else { return }
        let takes = names.isEmpty ? "it takes none" : "it takes \(names.sorted().joined(separator: ", "))"
        throw .invalid("\(verb) has no argument '\(name)': \(takes)")
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func text(_ name: String) throws(ControlFailure) -> String? {
        guard let value = values[name] else { return nil }
        guard let text = value.string else { throw .invalid("'\(name)' must be text") }
        return text
    }

    func requiredText(_ name: String) throws(ControlFailure) -> String {
        guard let text = try text(name) else { throw .invalid("'\(name)' is missing") }
        return text
    }

    func flag(_ name: String) throws(ControlFailure) -> Bool? {
        guard let value = values[name] else { return nil }
        guard let flag = value.bool else { throw .invalid("'\(name)' must be true or false") }
        return flag
    }

    func requiredFlag(_ name: String) throws(ControlFailure) -> Bool {
        guard let flag = try flag(name) else { throw .invalid("'\(name)' is missing: true or false") }
        return flag
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(ControlFailure) -> Int? {
        guard let value = values[name] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw .invalid("'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A moment in milliseconds since 1970.
    func moment(_ name: String) throws(ControlFailure) -> Int64? {
        try number(name, in: 0...Int(HybridTimestamp.millisecondsMax)).map(Int64.init)
    }

    func texts(_ name: String) throws(ControlFailure) -> [String]? {
        guard let value = values[name] else { return nil }
        guard let texts = value.array?.compactMap(\.string), texts.count == value.array?.count else {
            throw .invalid("'\(name)' must be a list of texts")
        }
        return texts
    }

    /// An object whose members are texts, ascending by name.
    func textsByName(_ name: String) throws(ControlFailure) -> [(name: String, text: String)]? {
        guard let value = values[name] else { return nil }
        guard let members = value.object, members.values.allSatisfy({ $0.string != nil }) else {
            throw .invalid("'\(name)' must be an object of texts")
        }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.string ?? "") }
    }

    /// One of the words of a vocabulary.
    func word<Value: ControlWord>(_ name: String, as type: Value.Type = Value.self) throws(ControlFailure) -> Value? {
        guard let text = try text(name) else { return nil }
        guard let value = Value(word: text) else { throw .unknownWord(text, name: name, among: Value.words) }
        return value
    }

    func requiredWord<Value: ControlWord>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(ControlFailure) -> Value {
        guard let value = try word(name, as: type) else {
            throw .invalid("'\(name)' is missing: one of \(Value.words.joined(separator: ", "))")
        }
        return value
    }

    /// The clock of the page that the person acted on, as `clock` of an earlier answer gave it.
    func shown() throws(ControlFailure) -> VersionVector? {
        guard let text = try text("shown") else { return nil }
        guard let clock = VersionVector(controlText: text) else {
            throw .invalid("'shown' is no clock: give back the 'clock' of the answer that was shown")
        }
        return clock
    }
}

extension ControlFailure {
    /// The request itself is wrong.
    static func invalid(_ message: String) -> ControlFailure { ControlFailure(code: "invalid", message: message) }

    /// Something that was named is not there.
    static func notFound(_ message: String) -> ControlFailure { ControlFailure(code: "not-found", message: message) }

    /// A word is none of those allowed; says which is near.
    static func unknownWord(_ word: String, name: String, among words: [String]) -> ControlFailure {
        let hint = SpellingSuggestion.nearest(to: word, among: words).map { "did you mean '\($0)'?" }
        return .invalid("'\(word)' is no \(name): \(hint ?? "one of \(words.joined(separator: ", "))")")
    }
}

extension VersionVector {
    /// The clock as it travels in requests and answers: its sorted encoding in hexadecimal.
    var controlText: String {
        var writer = ByteWriter()
        encode(into: &writer)
        return Hexadecimal.string(of: writer.bytes)
    }

    /// The clock that `controlText` gave, or nil where the text is none.
    init?(controlText text: String) {
        guard let bytes = Hexadecimal.bytes(of: text) else { return nil }
        let clock = bytes.withUnsafeBytes { buffer -> VersionVector? in
            var reader = ByteReader(buffer)
            guard let clock = try? VersionVector(from: &reader), (try? reader.finish()) != nil else { return nil }
            return clock
        }
        guard let clock else { return nil }
        self = clock
    }
}
