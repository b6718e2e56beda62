/// The outcome of one run: `summary.json`. But for `wallSeconds` and `build`, equal in every run of one plan.
public struct RunSummary: Hashable, Sendable, Codable {
    /// Whether everything held.
    public enum Verdict: String, Hashable, Sendable, Codable {
        /// Every invariant and every expectation held.
        case valid
        /// Something did not hold.
        case violated
        /// The run could not be carried to its end, or something it needs is not built yet.
        case undecided
    }

    /// What became of the frames.
    public struct Frames: Hashable, Sendable, Codable {
        /// Given to the network.
        public var sent = 0
        /// Arrived.
        public var delivered = 0
        /// Lost by chance.
        public var lost = 0
        /// Not carried: a cut, a jam, no connection.
        public var blocked = 0
        /// Arrived damaged.
        public var damaged = 0
        /// Arrived a second time, or from an earlier time.
        public var repeated = 0
        /// Overtaken by later ones.
        public var reordered = 0

        /// No frames.
        public init() {}
    }

    /// The scenario's name.
    public var name: String
    /// What everything was drawn from.
    public var seed: UInt64
    /// Whether everything held.
    public var verdict: Verdict
    /// What did not hold, in the order of time. At most 100 are kept.
    public var violations: [Violation]
    /// Why the run could not be decided.
    public var undecided: String?
    /// The hash of everything that happened, hexadecimal.
    public var trace: String
    /// How many nodes.
    public var nodes: Int
    /// Virtual milliseconds.
    public var simulated: Int64
    /// Seconds of the wall clock that the run took.
    public var wallSeconds: Double
    /// Change sets that were acknowledged to people.
    public var acknowledged: Int
    /// Commands that nodes refused, by the refusal's code.
    public var refused: [String: Int]
    /// What became of the frames.
    public var frames: Frames
    /// What was injected and in which phases.
    public var coverage: Coverage
    /// Which program ran: version and build configuration.
    public var build: String
    /// A command that repeats the run.
    public var reproduction: String

    /// A summary of a run that nothing is known of yet.
    public init(name: String, seed: UInt64) {
        self.name = name
        self.seed = seed
        verdict = .undecided
        violations = []
        trace = ""
        nodes = 0
        simulated = 0
        wallSeconds = 0
        acknowledged = 0
        refused = [:]
        frames = Frames()
        coverage = Coverage()
        build = ""
        reproduction = ""
    }
}
