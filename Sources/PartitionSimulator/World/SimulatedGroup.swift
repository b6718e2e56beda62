import ChangeLog
public import InboxModel
public import OfficeNode
public import Vault

/// A group of real nodes in one process, under a virtual network, virtual disks and a virtual clock, all drawn from one seed.
///
/// The same calls with the same seed give the same trace, in any process. Nothing waits: time passes only in `run`. Confined
/// to one thread.
public final class SimulatedGroup {
    /// What everything is drawn from.
    public let seed: UInt64
    /// The nodes, in the order in which they came to the group.
    public internal(set) var nodes: [SimulatedNode] = []
    /// Virtual time in milliseconds since 1970.
    public internal(set) var now: Int64
    /// What happened so far.
    public internal(set) var trace = Trace()
    /// Takes out the frames for which it says so, before the network's own faults; for single losses.
    public var drops: (SimulatedFrame) -> Bool = { _ in false }
    /// How long after a cut both ends notice, in milliseconds.
    public var noticeDelay: Int64 = 5_000
    /// How often a node's clock ticks, in milliseconds.
    public var tickInterval: Int64 = 1_000
    /// Watch what happens.
    public private(set) var observers: [any SimulationObserver] = []
    /// Whether links remember frames, so that they can be carried again.
    public var remembersFrames = false

    let conditions: LinkConditions
    var network: VirtualNetwork
    var queue = EventQueue()
    /// Which nodes a key names on a connection: member keys, of clones too, and the single-use keys of devices that are joining.
    var keys: [CurvePublicKey: [Int]] = [:]
    /// What ends the faults that are going on, by number.
    var faults: [Int: (SimulatedGroup) -> Void] = [:]
    /// How many faults there were; the number of the next one. Number 0 is for cuts that are made by hand.
    var faultCount = 0
    private var commandCount: UInt64 = 0

    /// An empty group.
    ///
    /// - Parameters:
    ///   - seed: What everything is drawn from.
    ///   - conditions: Of all links, until `setConditions` says otherwise.
    ///   - start: Virtual time at the start, in milliseconds since 1970.
    public init(seed: UInt64, conditions: LinkConditions = .good, start: Int64 = 1_750_000_000_000) {
        self.seed = seed
        self.conditions = conditions
        now = start
        network = VirtualNetwork(seed: seed)
    }

    /// What became of the frames so far.
    public var frameCounts: FrameCounts { network.counts }

    /// Lets `observer` watch from now on.
    public func add(_ observer: any SimulationObserver) { observers.append(observer) }

    /// The node of that name. Throws `SimulationError.Code.unknownName`.
    public func node(named name: String) throws -> SimulatedNode {
        guard let node = nodes.first(where: { $0.name == name }) else {
            let names = nodes.map(\.name).joined(separator: ", ")
            throw SimulationError(.unknownName, "there is no node \(name); there are \(names)")
        }
        return node
    }

    /// Hands a command to a node, together with whatever waits for its next turn, and gives the answer.
    ///
    /// Throws `SimulationError.Code.nodeDown` where the node is down, hangs, or died before it could answer.
    public func submit(
        _ command: Command, at node: SimulatedNode, by actor: Actor = .system
    ) throws -> Result<CommandOutcome, CommandRefusal> {
        _ = try node.running()
        if node.isPaused { throw SimulationError(.nodeDown, "node \(node.name) hangs: it answers nobody") }
        commandCount += 1
        let id = commandCount
        node.inbox.append(.command(CommandRequest(id: id, actor: actor, command: command)))
        takeTurn(of: node)
        guard let answer = node.answer, answer.id == id else {
            for observer in observers { observer.submitted(command, actor, at: node, nil, in: self) }
            throw SimulationError(.nodeDown, "node \(node.name) died before it answered")
        }
        node.answer = nil
        for observer in observers { observer.submitted(command, actor, at: node, answer.result, in: self) }
        return answer.result
    }

    /// The same for a command that must succeed. Throws `SimulationError.Code.refused`.
    @discardableResult
    public func perform(
        _ command: Command, at node: SimulatedNode, by actor: Actor = .system
    ) throws -> CommandOutcome {
        switch try submit(command, at: node, by: actor) {
        case .success(let outcome): return outcome
        case .failure(let refusal):
            throw SimulationError(.refused, "node \(node.name) refused a command: \(refusal)")
        }
    }

    /// The digests of all nodes that have a replica, in the order of the nodes.
    public func digests() throws -> [Digest] { try nodes.map { try $0.digest } }

    /// Tells the observers of something that happened now.
    func note(_ kind: TraceEntry.Kind, _ node: Int? = nil, _ peer: Int? = nil, _ text: String? = nil, until: Int64? = nil) {
        if observers.isEmpty { return }
        var entry = TraceEntry(at: now, kind: kind, node: node, peer: peer, text: text)
        entry.until = until
        for observer in observers { observer.happened(entry, in: self) }
    }
}
