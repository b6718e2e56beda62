public import OfficeNode

/// A story of a partition as a file tells it: nodes, the conditions of their links, and what happens when.
///
/// The first slice of the scenario format: a seed, nodes, links, partitions, heals, and what people do. Expectations,
/// workloads and more faults come with the commands that run scenarios.
public struct Scenario: Hashable, Sendable {
    /// One node. The first one founds the group; each office node has an office of its name.
    public struct Participant: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// What kind of device.
        public let kind: MemberKind
    }

    /// What somebody does to a thread.
    public enum Deed: String, Hashable, Sendable, CaseIterable {
        /// A patient's message opens the thread, under the scenario's name for it.
        case open
        /// The person takes it.
        case claim
        /// The person answers.
        case reply
        /// The person writes a note.
        case note
        /// The person ends the matter.
        case resolve
        /// The patient writes again.
        case patientMessage = "patient-message"
    }

    /// What happens.
    public enum Action: Hashable, Sendable {
        /// Links between these parts are cut.
        case partition([[String]])
        /// All links are mended.
        case heal
        /// A node is killed.
        case crash(String)
        /// A node is started again.
        case restart(String)
        /// Somebody does something at a node: `actor` is the key of a member of staff, nil for patients.
        case deed(Deed, node: String, thread: String, actor: String?)
    }

    /// Something that happens at a moment.
    public struct Event: Hashable, Sendable {
        /// Milliseconds after the start.
        public let at: Int64
        /// What.
        public let action: Action
        /// The line of the file that says so, from 1.
        public let line: Int
    }

    /// What everything is drawn from.
    public let seed: UInt64
    /// How long the story lasts, in milliseconds.
    public let duration: Int64
    /// The nodes, in the order in which they join.
    public let nodes: [Participant]
    /// Of all links.
    public let conditions: LinkConditions
    /// What happens, in the order of time.
    public let events: [Event]
}
