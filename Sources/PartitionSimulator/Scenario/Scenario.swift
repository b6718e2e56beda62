public import OfficeNode

/// A story of a partition as a file tells it: nodes, their links, what happens when, and what must come of it.
///
/// A scenario may leave things to chance (`workload`, `swarm`); `drawn` writes them out as events. What has nothing left to draw
/// is a plan: it can be run, written to a file, read again and cut down, and needs the seed only for the fate of single frames.
public struct Scenario: Hashable, Sendable {
    /// Where a node's replica lies.
    public enum Storage: String, Hashable, Sendable, CaseIterable {
        /// In memory: fast, and nothing of a disk can fail.
        case memory
        /// On a simulated disk, through SQLite's write-ahead log as in an office.
        case disk
    }

    /// One node. The first one founds the group; each office node has an office of its name.
    public struct Participant: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// What kind of device.
        public var kind: MemberKind
        /// Where its replica lies.
        public var storage: Storage
        /// How far its clock is ahead at the start, in milliseconds.
        public var skew: Int64
        /// How long a laptop may be away from every office before it closes, in milliseconds; nil for any time.
        public var refuseAfter: Int64?
        /// For how long a laptop holds what was said in threads that have ended, in milliseconds; nil for ever.
        public var holds: Int64?

        /// A node from its parts.
        public init(
            name: String, kind: MemberKind = .office, storage: Storage = .memory, skew: Int64 = 0, refuseAfter: Int64? = nil,
            holds: Int64? = nil
        ) {
            self.name = name
            self.kind = kind
            self.storage = storage
            self.skew = skew
            self.refuseAfter = refuseAfter
            self.holds = holds
        }
    }

    /// The scenario's name: that of its file without folder and ending.
    public var name = "scenario"
    /// What everything is drawn from.
    public var seed: UInt64 = 1
    /// How long the story lasts, in milliseconds.
    public var duration: Int64
    /// When it begins, in milliseconds since 1970. Default Friday 2026-03-06 16:00 UTC.
    public var start: Int64 = Self.startDefault
    /// The nodes, in the order in which they join.
    public var nodes: [Participant]
    /// How many patients the practice has at the start.
    public var patients = 4
    /// Of all links.
    public var conditions = LinkConditions.good
    /// What happens, in the order of time.
    public var events: [ScenarioEvent] = []
    /// What people do, left to chance; nil in a plan.
    public var workload: Workload?
    /// What goes wrong, left to chance; nil in a plan.
    public var swarm: Swarm?
    /// What must come of it.
    public var expectations = Expectations()
    /// Which invariants are checked.
    public var invariants = Set(Invariant.allCases)
    /// What the file asks for and is not built yet.
    public var notYet: [NotYet] = []

    /// A scenario without events.
    public init(duration: Int64, nodes: [Participant]) {
        self.duration = duration
        self.nodes = nodes
    }

    /// Friday 2026-03-06 16:00 UTC.
    public static let startDefault: Int64 = 1_772_812_800_000

    /// Whose matter each thread is: the patient's number, by the scenario's name for the thread. Only they can write in it.
    public var threadPatients: [String: Int] {
        events.reduce(into: [:]) { patients, event in
            if case .deed(let deed) = event.action, deed.verb == .open { patients[deed.thread] = deed.patient ?? 0 }
        }
    }

    /// Whether nothing is left to chance but the fate of single frames.
    public var isPlan: Bool { workload == nil && swarm == nil }
}

/// Something that a scenario names and that is not built yet.
public struct NotYet: Hashable, Sendable, CustomStringConvertible {
    /// The line of the file, from 1.
    public let line: Int
    /// What it names.
    public let what: String
    /// What that waits for.
    public let waitsFor: String

    /// `line 12: revoke: not built yet, waits for ...`.
    public var description: String { "line \(line): \(what): not built yet; it comes with \(waitsFor)" }
}
