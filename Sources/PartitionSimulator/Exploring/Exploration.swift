/// What many seeds of one scenario showed: `exploration.json`. Parts that were explored apart can be put together.
public struct Exploration: Hashable, Sendable, Codable {
    /// The scenario's name.
    public var name: String
    /// One summary a seed, ascending by seed.
    public private(set) var summaries: [RunSummary] = []
    /// Seconds of the wall clock, over all parts one after another.
    public var wallSeconds: Double = 0

    /// An exploration without seeds yet.
    public init(name: String) { self.name = name }

    /// Adds what a seed showed. A seed that is there already is replaced.
    public mutating func add(_ summary: RunSummary) {
        let place = summaries.firstIndex { $0.seed >= summary.seed } ?? summaries.count
        if place < summaries.count && summaries[place].seed == summary.seed {
            summaries[place] = summary
        } else {
            summaries.insert(summary, at: place)
        }
    }

    /// Adds another part. Throws `SimulationError.Code.scenario` where it is of another scenario.
    public mutating func merge(_ other: Exploration) throws {
        guard other.name == name else {
            throw SimulationError(.scenario, "one part is of the scenario \(name) and another of \(other.name): merge parts of one")
        }
        for summary in other.summaries { add(summary) }
        wallSeconds += other.wallSeconds
    }

    /// Violated if any seed is, else undecided if any is.
    public var verdict: RunSummary.Verdict {
        if summaries.contains(where: { $0.verdict == .violated }) { return .violated }
        return summaries.isEmpty || summaries.contains { $0.verdict == .undecided } ? .undecided : .valid
    }

    /// The seeds that violated something.
    public var failures: [RunSummary] { summaries.filter { $0.verdict == .violated } }

    /// What all seeds covered.
    public var coverage: Coverage {
        summaries.reduce(into: Coverage()) { $0.merge($1.coverage) }
    }

    /// Hours of virtual time, over all seeds.
    public var simulatedHours: Double { summaries.reduce(0) { $0 + Double($1.simulated) } / 3_600_000 }
}
