/// Draws what a template might be shown: every kind of value under every name, nested and absent.
struct RandomModel {
    private static let texts = ["", "a", "<b>", "O'Hara & \"sons\"", "two\nlines", "Nuñez 🙂", "{{name}}", "0"]

    private let names: [String]
    private var generator: SplitMix64

    init(names: Set<String>, seed: UInt64) {
        self.names = names.sorted()
        generator = SplitMix64(seed: seed)
    }

    mutating func object(depth: Int = 0) -> [String: Any] {
        var object: [String: Any] = [:]
        let share = [0.8, 8.0 / Double(names.count), 4.0 / Double(names.count), 0][min(depth, 3)]
        for name in names where Double.random(in: 0..<1, using: &generator) < share { object[name] = value(depth: depth) }
        return object
    }

    private mutating func value(depth: Int) -> Any {
        switch Int.random(in: 0..<(depth < 3 ? 12 : 6), using: &generator) {
        case 0...2: text()
        case 3: true
        case 4: false
        case 5: Int.random(in: -3...1000, using: &generator)
        case 6, 7, 8: object(depth: depth + 1)
        case 9: (0..<Int.random(in: 0...3, using: &generator)).map { _ in text() }
        case 10: (0..<Int.random(in: 0...3, using: &generator)).map { _ in object(depth: depth + 1) }
        default: (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth + 1) }
        }
    }

    private mutating func text() -> String { Self.texts.randomElement(using: &generator) ?? "" }
}
