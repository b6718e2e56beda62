/// Why a simulation could not do what it was told: a mistake in how it is driven or in a scenario file, never a finding about a
/// node.
public struct SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of mistake.
    public enum Code: String, Hashable, Sendable {
        /// There is no node, office, person or thread of that name.
        case unknownName
        /// The node is down.
        case nodeDown
        /// The node was not let in.
        case notJoined
        /// A command that the simulation itself needs was refused.
        case refused
        /// A scenario file has a mistake.
        case scenario
        /// A simulated disk cannot be made or brought to a state.
        case storage
    }

    /// What kind of mistake.
    public let code: Code
    /// What was wrong, where, and what was expected.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }
}
