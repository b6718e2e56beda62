import Causality
public import OfficeNode
import ReplicaStore
import SyncEngine

/// What a health check or the page of offices and sync says of a node: names of members, counts and times, never patient content.
public struct HealthReport: Sendable {
    /// One peer's line.
    public struct Peer: Sendable {
        /// The member's name.
        public let name: String
        /// Whether a connection works.
        public let isConnected: Bool
        /// Milliseconds since it was last heard, or nil.
        public let silence: Int64?
        /// Change sets that it has and this node lacks.
        public let missingHere: UInt64
        /// Change sets that this node has and it lacks.
        public let missingThere: UInt64
        /// What the engine is doing with it.
        public let state: String
    }

    /// The group's name.
    public let group: String
    /// This node's name.
    public let node: String
    /// Whether people can work: keys are held, and the node is no laptop that is closed because it was away for too long.
    public let isReady: Bool
    /// Why not, if not.
    public let trouble: [String]
    /// Change sets held and merged, of all logs.
    public let changeSets: UInt64
    /// Peers, ascending by name.
    public let peers: [Peer]

    /// The report of `status` at wall time `now` (milliseconds since 1970).
    public init(_ status: NodeStatus, now: Int64) {
        group = status.groupName
        node = status.member?.name ?? "not admitted yet"
        let received = status.progress.reduce(0) { $0 + $1.received.sequence }
        let merged = status.progress.reduce(0) { $0 + $1.merged }
        changeSets = merged
        var trouble: [String] = []
        if status.isWaitingForKey { trouble.append("waiting for a key") }
        if merged < received { trouble.append("\(received - merged) change sets wait to be merged") }
        if let message = status.contact?.message { trouble.append(message) }
        for fork in status.forks {
            let name = status.name(of: fork.member) ?? "a member"
            trouble.append("two machines wrote as \(name): its log goes on in more than one way after change set \(fork.after)")
        }
        self.trouble = trouble
        isReady = !status.isWaitingForKey && status.contact?.closure == nil
        peers = status.members.filter { $0.id != status.member?.id }.map { member in
            let peer = status.peers.first { $0.member == member.id }
            return Peer(
                name: member.name, isConnected: peer?.isConnected ?? false, silence: peer?.lastHeard.map { now - $0 },
                missingHere: peer?.missingHere ?? 0, missingThere: peer?.missingThere ?? 0,
                state: peer?.state.rawValue ?? "never heard")
        }
    }
}
