public import InboxModel
public import OfficeNode

/// What the pages need of the node that serves them. The production shell has one; tests have one over a node of their own.
public protocol InboxGateway: Sendable {
    /// A view of the inbox as it stands. Throws `GatewayFault` where the node is locked or has stopped.
    func reader() async throws -> InboxReader
    /// The same for what a page asks by itself: it is no sign that somebody is there.
    func quietReader() async throws -> InboxReader
    /// Carries out a command: checked again there, one change set or nothing.
    func perform(_ command: Command, as actor: Actor) async -> Result<CommandOutcome, CommandRefusal>
    /// How the node and its peers stand.
    func status() async throws -> NodeStatus
    /// The threads that changed, as they do: here or at another office.
    func changes() async throws -> AsyncStream<[ThreadID]>
    /// Who tries to sign in at other nodes, as that becomes known here.
    func signInsElsewhere() async throws -> AsyncStream<[SignInElsewhere]>
}

/// Why the node behind the pages does not answer.
public struct GatewayFault: Error, Hashable, Sendable {
    /// What was wrong and what to do.
    public let message: String

    /// A fault in words for people.
    public init(_ message: String) { self.message = message }
}
