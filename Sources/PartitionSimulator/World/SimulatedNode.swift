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
    /// Its replica. In memory it outlives crashes of the node; on a disk it is another one after each.
    public internal(set) var store: ReplicaStore
    /// The disk that the replica lies on; nil for one in memory.
    public let disk: ShadowDisk?
    /// Every random byte of the node; goes on over restarts.
    public let random: SeededRandomSource
    /// Limits of its anti-entropy; counts from the next start.
    public var configuration = SyncConfiguration()
    /// How long it may be away from every office before it closes, in milliseconds, where it is a laptop; nil for any time.
    public var refuseAfter: Int64? {
        didSet { brain?.contactLimit = refuseAfter }
    }
    /// What it holds of what was said, where it is a laptop; nil for everything.
    public var laptopScope: LaptopScope? {
        didSet { brain?.laptopScope = laptopScope }
    }
    /// How its wall clock differs from virtual time.
    public var clock = NodeClock()

    /// The brain; nil while the node is down or has not joined yet.
    public internal(set) var brain: OfficeNode?
    /// Whether its process hangs.
    public internal(set) var isPaused = false
    /// Whether it was let into the group and so has something to start on.
    public internal(set) var hasJoined = false
    /// What people were to be told, in order, over all lives of the node.
    public internal(set) var notices: [Notice] = []
    /// Who tried to sign in at other nodes, as it was told, over all lives of the node.
    public internal(set) var signInsElsewhere: [SignInElsewhere] = []
    /// What operators were to be told, in order, over all lives of the node: the last thousand.
    public internal(set) var warnings: [NodeWarning] = []
    /// How many warnings of each code it gave, over all its lives.
    public internal(set) var warningCounts: [String: Int] = [:]

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
    /// The keys that its brain handed to the shell last: what somebody who breaks into the process has.
    var keysInHand = VerificationKeys()
    /// When in its next turn the node dies, and how.
    var dies: (at: KillPoint, death: Death)?
    /// The copy of its disk that was made last.
    var backup: ShadowDiskImage?
    /// The only node that it speaks to, where it is what a relay shows that one.
    var onlyPeer: Int?
    /// A relay's disk as it was at the start of the story.
    var earlier: ShadowDiskImage?
    /// Draws when its clock ticks, how long it takes to get to what arrived, and where in a turn it dies.
    var pace: SplitMix64

    init(
        index: Int, name: String, kind: MemberKind, endpoint: String, seed: UInt64, disk: ShadowDisk?, identity: MemberIdentity? = nil
    ) throws {
        self.index = index
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
        self.disk = disk
        self.identity = try identity ?? MemberIdentity(random: SeededRandomSource(seed: seed, stream: "keys \(name)"))
        random = SeededRandomSource(seed: seed, stream: "node \(name)")
        store = try ReplicaStore(disk?.location ?? .memory)
        pace = SplitMix64(seed: seed, stream: "pace \(name)")
    }

    /// Whether the node runs; it may hang.
    public var isRunning: Bool { brain != nil }
    /// Whether the node runs and does not hang.
    public var isResponsive: Bool { brain != nil && !isPaused }

    /// How many milliseconds its wall clock is ahead of virtual time at the start.
    public var clockSkew: Int64 {
        get { clock.skew }
        set { clock.skew = newValue }
    }

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

    /// Runs `body`, which only reads the replica, so that no fault of its disk is met or used up.
    func undisturbed<Result>(_ body: () throws -> Result) rethrows -> Result { try disk?.undisturbed(body) ?? body() }

    /// The same for what reads several replicas.
    static func undisturbed(_ nodes: ArraySlice<SimulatedNode>, _ body: () throws -> Void) rethrows {
        guard let first = nodes.first else { return try body() }
        try first.undisturbed { try undisturbed(nodes.dropFirst(), body) }
    }

    func running() throws -> OfficeNode {
        guard let brain else { throw SimulationError(.nodeDown, "node \(name) is down: restart it first") }
        return brain
    }

    /// Makes the brain from what the replica holds.
    func open() throws {
        let brain = try OfficeNode(store: store, identity: identity, random: random, configuration: configuration)
        brain.contactLimit = refuseAfter
        brain.laptopScope = laptopScope
        preparer = brain.makePreparer()
        self.brain = brain
        hasJoined = true
        life += 1
    }

    /// Drops everything that a process loses when it dies, or a machine.
    func die(_ death: Death) {
        disk?.crash(death == .killed ? .process : .power)
        brain = nil
        preparer = nil
        inbox = []
        isTurnScheduled = false
        isPaused = false
        admitted = []
        dialled = []
        answer = nil
        dies = nil
        life += 1
    }
}
