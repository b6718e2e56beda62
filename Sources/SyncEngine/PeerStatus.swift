public import Causality
public import ChangeLog

/// How things stand with one peer, for people.
public struct PeerStatus: Hashable, Sendable {
    /// What is going on.
    public enum State: String, Hashable, Sendable {
        /// No connection.
        case disconnected
        /// One side refused the other: another group, version or identity.
        case refused
        /// Connected; the peer's clock is not known yet.
        case comparing
        /// The peer sends us what we lack.
        case receiving
        /// We send the peer what it lacks.
        case sending
        /// The peer asked us to wait, or we asked it to.
        case waiting
        /// Something is lacking here that cannot be had from this peer at the moment.
        case behind
        /// What is lacking here the peer, a laptop, holds without all contents: it is to be had from an office.
        case partial
        /// Nothing to do.
        case idle
    }

    /// Who.
    public let member: MemberID
    /// The replica that the peer writes to, once it said so.
    public let replica: ReplicaID?
    /// Whether there is a connection.
    public let isConnected: Bool
    /// When the last frame came, in milliseconds as given to the engine; nil for never.
    public let lastHeard: Int64?
    /// What the peer holds, as far as it said or was sent it.
    public let clock: VersionVector
    /// Change sets that the peer holds and we lack.
    public let missingHere: UInt64
    /// Those of them that the peer holds without all contents, and so cannot send.
    public let partialThere: UInt64
    /// Change sets that we hold and the peer lacks.
    public let missingThere: UInt64
    /// Bytes of runs that came from the peer and are not committed yet.
    public let bytesInFlight: Int
    /// Frames of the peer that were dropped as faulty since the start.
    public let faults: UInt64
    /// What is going on.
    public let state: State
}
