/// What a run among real processes does, one thing after another, and what of its scenario it cannot do.
///
/// A real process shares this machine's clock, its disk cannot be torn or made to lie, and its frames are sealed by CURVE
/// before anybody could replay them. What asks for that is listed in `impossible`; the simulator does it.
public struct LivePlan: Hashable, Sendable {
    /// One thing at a moment.
    public struct Step: Hashable, Sendable {
        /// Milliseconds after the start of the story.
        public let at: Int64
        /// What.
        public let action: LiveAction
        /// The number of the fault that the step belongs to: once that fault has ended, its later steps are left out.
        public let fault: Int?
        /// What it counts as in the coverage table.
        public let shows: [Fault]
        /// The line of the file that says so, from 1; 0 where it was drawn.
        public let line: Int
    }

    /// Something that the scenario asks for and that cannot be done to real processes.
    public struct Impossible: Hashable, Sendable, CustomStringConvertible {
        /// The line of the file, from 1; 0 where there is none.
        public let line: Int
        /// What it asks for.
        public let what: String
        /// Why that is not possible.
        public let why: String

        /// `line 12: a clock that goes wrong: ...`.
        public var description: String { "\(line > 0 ? "line \(line): " : "")\(what): \(why)" }
    }

    /// Everything that is done, in the order of time.
    public let steps: [Step]
    /// Everything that cannot be done.
    public let impossible: [Impossible]
    /// What is done in another way than the simulator does it, one sentence each.
    public let remarks: [String]
    /// All nodes that there will be, those that join later included.
    public let members: [Scenario.Participant]
    /// What the scenario's conditions of all links count as in the coverage table.
    public let lasting: [Fault]
    /// The nodes whose disk runs full.
    public let smallDisks: Set<String>

    /// The plan of a scenario that has nothing left to draw.
    public init(_ scenario: Scenario) {
        var writing = LivePlanWriting(scenario)
        writing.write()
        steps = writing.steps.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        impossible = writing.impossible
        remarks = writing.remarks
        members = writing.members
        smallDisks = writing.smallDisks
        lasting = Fault.lasting(scenario.conditions)
    }
}

/// Two nodes, whichever way.
public struct LivePair: Hashable, Sendable, Comparable {
    /// The one whose name sorts first.
    public let one: String
    /// The other.
    public let other: String

    /// A pair of two nodes in either order.
    public init(_ one: String, _ other: String) {
        (self.one, self.other) = one < other ? (one, other) : (other, one)
    }

    public static func < (left: LivePair, right: LivePair) -> Bool {
        (left.one, left.other) < (right.one, right.other)
    }
}

/// One thing that is done to real processes or to the links between them.
public enum LiveAction: Hashable, Sendable {
    /// Links are cut, both ways.
    case cut([LivePair])
    /// What the first sends does not reach the second.
    case cutOneWay(from: String, to: String)
    /// Links get other conditions.
    case patch([LivePair], LinkPatch)
    /// What is sent is held back.
    case jam([LivePair])
    /// The first one's end of the connections is gone; the second one goes on believing in them.
    case halfOpen(gone: String, believing: String)
    /// What the step's fault did to links ends; the fault may go on.
    case mend
    /// The step's fault ends.
    case end
    /// Links are mended, whatever cut them.
    case heal([LivePair])
    /// The process is killed.
    case kill(String)
    /// It starts again.
    case start(String)
    /// The process is stopped in its tracks, until its fault ends.
    case pause(String)
    /// Its disk has no room, until the fault ends.
    case fillDisk(String)
    /// A node joins, invited at `through`.
    case join(Scenario.Participant, through: String)
    /// Somebody does something.
    case deed(Deed)
    /// All faults end, dead nodes start, and everything is checked.
    case settle
}
