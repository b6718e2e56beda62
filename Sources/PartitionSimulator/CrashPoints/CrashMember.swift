import ChangeLog
public import InboxModel
public import OfficeNode
public import ReplicaStore
public import Vault

/// A node on a shadow disk, driven by hand: no network, no clock, no turns but those asked for.
///
/// What a shell keeps for the brain is here: the preparer, frames to send, and whether more work is due.
public final class CrashMember {
    /// Its name in the roster.
    public let name: String
    /// Its keys.
    public let identity: MemberIdentity
    /// Where its replica lies.
    public let disk: ShadowDisk
    /// What its database is sealed with; nil where it lies in the clear.
    public let seal: DatabaseSeal?
    /// Its replica; nil while it is down.
    public private(set) var store: ReplicaStore?
    /// Its brain; nil while it is down or belongs to no group.
    public private(set) var brain: OfficeNode?
    /// Frames that left it and were not delivered, in order.
    public internal(set) var outbox: [(to: CurvePublicKey, bytes: [UInt8])] = []
    /// What operators were told since it was opened.
    public private(set) var warnings: [NodeWarning] = []
    /// The last answer to a command.
    public private(set) var answer: Result<CommandOutcome, CommandRefusal>?
    /// Whether it asked for a tick.
    public internal(set) var wantsTick = false

    private var preparer: RunPreparer?
    private var commandCount: UInt64 = 0

    /// A node that is down, on an empty disk. Sealed, its key follows from the seed and the name, so that another member of
    /// that name opens its images. Throws what `ShadowDisk.init` throws.
    public init(name: String, identity: MemberIdentity, seed: UInt64, isSealed: Bool = false) throws {
        seal = try isSealed
            ? DatabaseSeal(
                key: SymmetricKey(random: SeededRandomSource(seed: seed, stream: "at rest key \(name)")),
                random: SeededRandomSource(seed: seed, stream: "at rest nonces \(name)"))
            : nil
        self.name = name
        self.identity = identity
        disk = try ShadowDisk(name: name, seed: seed)
    }

    /// How others name it on a connection.
    public var key: CurvePublicKey { identity.curve.publicKey }

    /// Opens its replica, and no brain. Throws what `ReplicaStore.init` throws.
    public func openStore() throws {
        drop()
        store = try ReplicaStore(disk.location(seal: seal))
    }

    /// Opens the brain on the replica that is open, or was just founded or joined. Throws what `OfficeNode.init` throws.
    public func openBrain(random: any RandomSource) throws {
        let brain = try OfficeNode(store: try requireStore(), identity: identity, random: random)
        preparer = brain.makePreparer()
        self.brain = brain
        interpret(brain.start())
    }

    /// Opens the replica and the brain. Throws what the two throw.
    public func open(random: any RandomSource) throws {
        try openStore()
        try openBrain(random: random)
    }

    /// Lets go of everything that a process loses when it ends. The disk decides what that does: crash it first.
    public func drop() {
        brain = nil
        store = nil
        preparer = nil
        outbox = []
        warnings = []
        answer = nil
        wantsTick = false
    }

    /// The replica. Throws `SimulationError.Code.nodeDown`.
    public func requireStore() throws -> ReplicaStore {
        guard let store else { throw SimulationError(.nodeDown, "the replica of \(name) is not open") }
        return store
    }

    /// The brain. Throws `SimulationError.Code.nodeDown`.
    public func requireBrain() throws -> OfficeNode {
        guard let brain else { throw SimulationError(.nodeDown, "node \(name) is down") }
        return brain
    }

    /// Handles events as one transaction. Returns whether it was stored. Throws `SimulationError.Code.nodeDown`.
    @discardableResult
    public func handle(_ events: [NodeEvent], now: Int64) throws -> Bool {
        let directives = try requireBrain().handle(events, now: now)
        interpret(directives)
        return !directives.contains {
            if case .warning(let warning) = $0 { warning.code == "storage" } else { false }
        }
    }

    /// A frame as its shell would hand it to the brain. Throws `SimulationError.Code.nodeDown`.
    public func prepare(_ frame: [UInt8], from key: CurvePublicKey) throws -> NodeEvent {
        guard let prepared = preparer?.prepare(frame) else { throw SimulationError(.nodeDown, "node \(name) is down") }
        return .frame(from: key, prepared)
    }

    /// A command as an event, with the next number.
    public func event(_ command: Command, by actor: Actor = .system) -> NodeEvent {
        commandCount += 1
        return .command(CommandRequest(id: commandCount, actor: actor, command: command))
    }

    private func interpret(_ directives: [Directive]) {
        for directive in directives {
            switch directive {
            case .send(let key, let bytes): outbox.append((key, bytes))
            case .answer(_, let result): answer = result
            case .prepared(let heads): preparer?.advanced(to: heads)
            case .replaceKeys(let keys): preparer?.replaceKeys(keys)
            case .rewindPreparer: preparer?.rewind()
            case .warning(let warning): warnings.append(warning)
            case .wake: wantsTick = true
            case .admit, .connect, .changed, .signInsElsewhere, .notice: break
            }
        }
    }
}
