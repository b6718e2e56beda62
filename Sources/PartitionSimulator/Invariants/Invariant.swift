/// What must hold in every run, numbered as in the design's simulation chapter.
public enum Invariant: Int, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// Within some rounds after a heal every connected component has one clock and one digest, equal to the plain fold.
    case convergence = 1
    /// No acknowledged write is lost.
    case durability
    /// A change set is merged after everything that its author had.
    case causalOrder
    /// There is no change set that nobody made.
    case authenticity
    /// Shuffled and repeated logs give the same digest.
    case mergeLaws
    /// Every open thread has an owner or a queue, at every commit.
    case ownership
    /// Ownership history is complete, there is one effective owner, and every claimant is told once.
    case accountability
    /// Logs verify, and every head that was ever seen stays a prefix.
    case logs
    /// No plaintext on the wire, in a warning or in a temporary file.
    case secrecy
    /// A purge purges, and never comes back.
    case purge
    /// Metadata is bounded and quiet traffic is constant.
    case boundedness
    /// Every deadline has one effective escalation.
    case deadlines
    /// Nothing is sent whose causal past holds a withdrawal; late change sets are treated alike everywhere.
    case withdrawal
    /// Skewed clocks do not change the merge.
    case clocks
    /// Forks and doubled replicas surface on every node.
    case forks
    /// Bad input crashes nothing, and is refused.
    case badInput
    /// A node without peers answers people.
    case availability
    /// Every fault was reached in every phase.
    case coverage

    /// The name in scenario files and reports.
    public var name: String {
        switch self {
        case .convergence: "convergence"
        case .durability: "durability"
        case .causalOrder: "causal-order"
        case .authenticity: "authenticity"
        case .mergeLaws: "merge-laws"
        case .ownership: "ownership"
        case .accountability: "accountability"
        case .logs: "logs"
        case .secrecy: "secrecy"
        case .purge: "purge"
        case .boundedness: "boundedness"
        case .deadlines: "deadlines"
        case .withdrawal: "withdrawal"
        case .clocks: "clocks"
        case .forks: "forks"
        case .badInput: "bad-input"
        case .availability: "availability"
        case .coverage: "coverage"
        }
    }

    /// The invariant of that name.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// What the invariant waits for; nil where it is checked today.
    public var notYet: String? {
        switch self {
        case .deadlines: "escalation timers"
        default: nil
        }
    }

    public static func < (one: Invariant, other: Invariant) -> Bool { one.rawValue < other.rawValue }
}
