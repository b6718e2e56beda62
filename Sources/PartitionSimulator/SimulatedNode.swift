import ChangeLog
public import OfficeNode
public import ReplicaStore
public import SyncEngine
public import Vault

/// One node of a simulation: a real `OfficeNode` on a real replica, and of its shell what the brain needs.
///
/// Driven by its `SimulatedGroup` only.
public final class SimulatedNode {
    /// Its number in the group, from 0.
    public let index: Int
    /// Its name in the roster.
    public let name: String
    /// What kind of device.
    public let kind: MemberKind
    /// Where others reach it; empty for a device that only dials.
    public let endpoint: String
    /// Its keys.
    public let identity: MemberIdentity
    /// Its replica, in memory. Outlives crashes of the node.
    public let store: ReplicaStore
    /// Every random byte of the node; goes on over restarts.
    public let random: SeededRandomSource
    /// Limits of its anti-entropy; counts from the next start.
    public var configuration = SyncConfiguration()
    /// How many milliseconds its wall clock is ahead of virtual time.
    public var clockSkew: Int64 = 0

    /// The brain; nil while the node is down or has not joined yet.
    public internal(set) var brain: OfficeNode?
    /// What people were to be told, in order, over all lives of the node.
    public internal(set) var notices: [Notice] = []
    /// What operators were to be told, in order, over all lives of the node.
    public internal(set) var warnings: [NodeWarning] = []

    /// Counts starts and stops, so that what was scheduled for an earlier life is told apart.
    public internal(set) var life = 0
    var preparer: RunPreparer?
    /// Events that wait for the node's next turn.
    var inbox: [NodeEvent] = []
    var isTurnScheduled = false
    /// Whom its transport lets in.
    var admitted: Set<CurvePublicKey> = []
    /// Whom its transport dials.
    var dialled: Set<CurvePublicKey> = []
    /// The answer to the command that is under way.
    var answer: (id: UInt64, result: Result<CommandOutcome, CommandRefusal>)?
    /// What the inviting node answered, while joining.
    var joinAnswer: [UInt8]?
    /// Whether the node dies in its next turn, after the transaction and before any directive.
    var diesAfterCommit = false
    /// Draws when its clock ticks and how long it takes to get to what arrived.
    var pace: SplitMix64

    init(index: Int, name: String, kind: MemberKind, endpoint: String, seed: UInt64) throws {
        self.index = index
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
        identity = try MemberIdentity(random: SeededRandomSource(seed: seed, stream: "keys \(name)"))
        random = SeededRandomSource(seed: seed, stream: "node \(name)")
        store = try ReplicaStore(.memory)
        pace = SplitMix64(seed: seed, stream: "pace \(name)")
    }

    /// Whether the node runs.
    public var isRunning: Bool { brain != nil }

    /// Reads of its inbox.
    ///
    /// Throws `SimulationError.Code.nodeDown`.
    public var reader: InboxReader {
        get throws { try running().makeReader() }
    }

    /// The digest of everything it shows.
    public var digest: Digest {
        get throws { try LogicalDigest.compute(store.reader) }
    }

    func running() throws -> OfficeNode {
        guard let brain else { throw SimulationError(.nodeDown, "node \(name) is down: restart it first") }
        return brain
    }

    /// Makes the brain from what the replica holds.
    func open() throws {
        let brain = try OfficeNode(store: store, identity: identity, random: random, configuration: configuration)
        preparer = brain.makePreparer()
        self.brain = brain
        life += 1
    }

    /// Drops everything that a process loses when it dies.
    func die() {
        brain = nil
        preparer = nil
        inbox = []
        isTurnScheduled = false
        admitted = []
        dialled = []
        answer = nil
        diesAfterCommit = false
        life += 1
    }
}
