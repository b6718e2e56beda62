import ChangeLog

/// Why the engine could not do what it was asked to. Faults of peers are no errors: they are warnings.
public struct SyncError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault.
    public enum Code: String, Hashable, Sendable {
        /// A connection to ourselves: two configurations share one identity.
        case connectedToSelf
        /// A `RunSource` gave a run that was not asked for.
        case badSource
    }

    /// What kind of fault.
    public let code: Code
    /// What was wrong, where, and what to do.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }

    static func connectedToSelf(_ member: MemberID) -> SyncError {
        SyncError(
            .connectedToSelf,
            "a peer presents our own key (member \(member.short)); was this node's folder copied? Join the copy as a new member")
    }
}
