public import InboxWorkflow

/// Why a command was not carried out. Nothing was changed, unless `heldDraft` says that the text was kept as a draft.
public struct CommandRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of reason.
    public enum Code: String, Hashable, Sendable {
        /// There is no such thread, patient, person, queue, category, office.
        case notFound
        /// The person may not do that there.
        case notAllowed
        /// The command makes no sense in the state the thread is in.
        case conflict
        /// The reply was held: something happened since the page was shown.
        case held
        /// The command itself is wrong: empty text, a name that breaks the rules, too large.
        case invalid
        /// The page shows more than this node has.
        case ahead
        /// The node could not store it.
        case storage
        /// The node has no key to write with yet.
        case waitingForKey
        /// The laptop has been away from its group for longer than it may be, and is closed until it has met an office.
        case outOfContact
    }

    /// What kind of reason.
    public let code: Code
    /// What was wrong and what to do, without patient content.
    public let message: String
    /// What happened since the page was shown, where the reply was held.
    public let collisions: [Collision]

    /// A refusal from its parts.
    public init(_ code: Code, _ message: String, collisions: [Collision] = []) {
        self.code = code
        self.message = message
        self.collisions = collisions
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }
}
