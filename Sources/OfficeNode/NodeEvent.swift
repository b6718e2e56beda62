public import ChangeLog
public import Vault

/// What goes into a node. One call of `OfficeNode.handle` takes a batch of events and is one transaction.
public enum NodeEvent: Sendable {
    /// Somebody asks for something.
    case command(CommandRequest)
    /// A peer said something. `from` is the CURVE key that the transport authenticated, never what the frame says.
    case frame(from: CurvePublicKey, PreparedFrame)
    /// A connection to a peer works.
    case connected(CurvePublicKey)
    /// It does not any more.
    case disconnected(CurvePublicKey)
    /// The shell has found a reason to begin a new log. Ordering duty: before any other event.
    case startReplica(NewReplicaReason)
    /// Time passed, or a slice of longer work is due.
    case tick
}
