/// What must come of a scenario, beside the invariants. Read at the end of the story, after the last settling.
public struct Expectations: Hashable, Sendable {
    /// What a thread must show, on every node that runs and is connected.
    public struct Thread: Hashable, Sendable {
        /// `open` or `resolved`, or the exact status: queued, owned, waiting ...
        public var status: String?
        /// The key of the member of staff or queue that owns it.
        public var owner: String?
        /// The keys of everybody who claims it; empty for a thread that nobody contests.
        public var contested: [String]?
        /// How many messages it has, notes not counted.
        public var messages: Int?
        /// Whether a patient's message waits for an answer.
        public var needsReply: Bool?
        /// The state's flags that must be set, by name, such as `answered-twice`.
        public var flags: [String]?
        /// Its labels, sorted.
        public var tags: [String]?
        /// How pressing it is.
        public var priority: String?
        /// The key of the category it is filed under.
        public var category: String?
        /// The level of escalation.
        public var escalation: Int?
        /// Who has an unfinished reply in it, by key.
        public var drafts: [String]?
        /// The key of the office it belongs to.
        public var office: String?
        /// The line of the file, from 1.
        public var line = 0

        /// Nothing expected yet.
        public init() {}
    }

    /// What a patient's record must show, on every node that runs and is connected.
    public struct Patient: Hashable, Sendable {
        /// Whether there are two versions of the details, written while apart.
        public var isContested: Bool?
        /// Whether reminders by text message may be sent.
        public var reminders: Bool?

        /// Nothing expected yet.
        public init() {}
    }

    /// Threads by the scenario's name.
    public var threads: [String: Thread] = [:]
    /// Patients by their number, from 0.
    public var patients: [Int: Patient] = [:]
    /// Codes of warnings that nodes must have given by the end, by the node's name.
    public var warnings: [String: [String]] = [:]
    /// Kinds of notices that nodes must have given by the end, by the node's name.
    public var notices: [String: [String]] = [:]
    /// Threads of which a laptop holds nothing that was said, in its tables or in any byte of its files, by the node's name.
    public var letGo: [String: [String]] = [:]
    /// In how many rounds of anti-entropy replicas must be equal after a heal.
    public var rounds = 4
    /// Whether the run must violate something: for plans that show a planted bug.
    public var violates: Invariant?

    /// Nothing but the default number of rounds.
    public init() {}

    /// Milliseconds of one round: the interval at which peers compare when nothing else is said.
    public static let round: Int64 = 15_000
}
