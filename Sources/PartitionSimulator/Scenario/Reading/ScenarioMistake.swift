/// One mistake in a scenario file.
public struct ScenarioMistake: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where something stands in a file; both count from 1.
    struct Place: Hashable, Comparable, Sendable {
        var line: Int
        /// In Unicode scalars.
        var column: Int

        static func < (one: Place, other: Place) -> Bool { (one.line, one.column) < (other.line, other.column) }
    }

    let place: Place
    /// What was expected, and what was found.
    public let message: String

    /// The line, from 1.
    public var line: Int { place.line }
    /// The column, from 1.
    public var column: Int { place.column }
    /// `line 3, column 11: duration: expected ..., found ...`.
    public var description: String { "line \(line), column \(column): \(message)" }

    public static func < (one: ScenarioMistake, other: ScenarioMistake) -> Bool {
        one.place == other.place ? one.message < other.message : one.place < other.place
    }
}

/// Collects the mistakes of one file, so that all of them are reported at once.
final class ScenarioMistakes {
    /// How many are told; a file with more has something else wrong with it.
    static let shownMax = 50

    private(set) var all: Set<ScenarioMistake> = []

    func add(_ place: ScenarioMistake.Place, _ message: String) {
        all.insert(ScenarioMistake(place: place, message: message))
    }

    /// The error that tells all of them, by line; nil where there is none.
    var error: SimulationError? {
        if all.isEmpty { return nil }
        var lines = all.sorted().prefix(Self.shownMax).map(\.description)
        if all.count > Self.shownMax { lines.append("and \(all.count - Self.shownMax) more") }
        return SimulationError(.scenario, lines.joined(separator: "\n"))
    }
}

/// The word that somebody probably meant.
enum NearMiss {
    /// The candidate that `word` differs least from, where that is little: a wrong, missing or swapped letter or two.
    static func of(_ word: String, among candidates: [String]) -> String? {
        let letters = Array(word.lowercased())
        guard (2...40).contains(letters.count) else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in candidates where candidate != word {
            let other = Array(candidate.lowercased())
            let limit = max(1, (min(letters.count, other.count) + 1) / 3)
            let distance = distance(letters, other)
            if distance <= limit && distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// How many letters must be added, taken away, changed or swapped with their neighbour.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 1...one.count {
            var current = [row]
            for column in 0..<other.count {
                let isSame = one[row - 1] == other[column]
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 1, column > 0, one[row - 1] == other[column - 1], one[row - 2] == other[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
