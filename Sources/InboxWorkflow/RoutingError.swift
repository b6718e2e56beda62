/// Why a message could not be routed, or why a calendar that routing counts by could not be made.
public struct RoutingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing was wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A category has no queue for an office.
        case noDestination
        /// Opening hours or dates that make no calendar.
        case invalidCalendar
    }

    /// What kind of thing was wrong.
    public let code: Code
    /// What was wrong, where, and what to do.
    public let message: String

    /// An error from its parts.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
