public import Causality
public import InboxModel

/// Something that happened to a thread after a page was shown, and that somebody about to answer from that page must know.
public enum Collision: Hashable, Sendable {
    /// Messages came in from the patient. Ascending, never empty.
    case messageArrived([Dot])
    /// Somebody sent the patient a message.
    case answeredBy(Dot)
    /// Somebody else, or a queue, became accountable.
    case ownershipMoved(to: Owner)
    /// Somebody ended the matter.
    case resolved(Dot)
    /// The thread goes on in another one.
    case merged(ThreadID)
    /// Somebody let messages go on in other threads.
    case split(Dot)
}
