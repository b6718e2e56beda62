/// What happened in one run, as people look at it: the material of the trace file and of the pictures.
///
/// Entries stand in the order in which they happened. Times are milliseconds of virtual time after the start of the story. An
/// entry's number is its place in `entries`; others refer to it by that.
public struct RunRecord: Sendable {
    /// One node as the pictures show it.
    public struct Participant: Hashable, Sendable, Codable {
        /// Its name.
        public let name: String
        /// `office` or `laptop`.
        public let kind: String

        /// A node of that name and kind.
        public init(name: String, kind: String) {
            self.name = name
            self.kind = kind
        }
    }

    /// How far apart the replicas were at a moment.
    public struct Sample: Hashable, Sendable, Codable {
        /// When.
        public let at: Int64
        /// How many different logical digests the nodes that run show.
        public let digests: Int
        /// Per node, in their order: change sets that somebody holds and this node does not. Nil for a node that is down.
        public let missing: [Int?]

        /// A sample from its parts.
        public init(at: Int64, digests: Int, missing: [Int?]) {
            self.at = at
            self.digests = digests
            self.missing = missing
        }
    }

    /// The scenario's name: that of its file without folder and ending.
    public var name: String
    /// What everything was drawn from.
    public var seed: UInt64
    /// How long the story lasted, in milliseconds.
    public var duration: Int64
    /// When it began, in milliseconds since 1970.
    public var start: Int64
    /// The nodes, by number.
    public var nodes: [Participant]
    /// What happened.
    public var entries: [TraceEntry]
    /// How far apart the replicas were, now and then, ascending by time.
    public var samples: [Sample]

    /// A record without entries.
    public init(name: String, seed: UInt64, duration: Int64, start: Int64, nodes: [Participant]) {
        self.name = name
        self.seed = seed
        self.duration = duration
        self.start = start
        self.nodes = nodes
        entries = []
        samples = []
    }
}
