import ChangeLog
public import InboxModel
public import OfficeNode
public import Vault

/// A group of real nodes in one process, under a virtual network and a virtual clock, all drawn from one seed.
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

    let conditions: LinkConditions
    var network: VirtualNetwork
    var queue = EventQueue()
    /// Which node a key names on a connection: member keys, and the single-use keys of devices that are joining.
    var keys: [CurvePublicKey: Int] = [:]
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
    /// Throws `SimulationError.Code.nodeDown` where the node is down, or died before it could answer.
    public func submit(
        _ command: Command, at node: SimulatedNode, by actor: Actor = .system
    ) throws -> Result<CommandOutcome, CommandRefusal> {
        _ = try node.running()
        commandCount += 1
        let id = commandCount
        node.inbox.append(.command(CommandRequest(id: id, actor: actor, command: command)))
        takeTurn(of: node)
        guard let answer = node.answer, answer.id == id else {
            throw SimulationError(.nodeDown, "node \(node.name) died before it answered")
        }
        node.answer = nil
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

    // MARK: A node's turn

    /// Lets a node handle what has arrived for it, as one transaction, and carries out what it asks for.
    func takeTurn(of node: SimulatedNode) {
        node.isTurnScheduled = false
        guard let brain = node.brain, !node.inbox.isEmpty else { return }
        let events = node.inbox
        node.inbox = []
        trace.add(.turned, node: node.index, at: now, [UInt8(truncatingIfNeeded: events.count)])
        let directives = brain.handle(events, now: now + node.clockSkew)
        if node.diesAfterCommit {
            stop(node)
            return
        }
        trace.add(directives, node: node.index, at: now)
        interpret(directives, of: node)
    }

    /// Does what a node asks for, in order.
    func interpret(_ directives: [Directive], of node: SimulatedNode) {
        for directive in directives {
            switch directive {
            case .send(let key, let bytes): send(bytes, from: node, to: key)
            case .answer(let id, let result): node.answer = (id, result)
            case .admit(let keys):
                node.admitted = Set(keys)
                updateLinks(of: node)
            case .connect(let peers):
                node.dialled = Set(peers.filter { !$0.endpoint.isEmpty }.map(\.key))
                updateLinks(of: node)
            case .prepared(let heads): node.preparer?.advanced(to: heads)
            case .replaceKeys(let keys): node.preparer?.replaceKeys(keys)
            case .rewindPreparer: node.preparer?.rewind()
            case .changed: break
            case .notice(let notice): node.notices.append(notice)
            case .warning(let warning): node.warnings.append(warning)
            case .wake: give(.tick, to: node)
            }
        }
    }

    /// Puts an event into a node's inbox; its turn comes within a few milliseconds, so that what arrives together is handled
    /// together.
    func give(_ event: NodeEvent, to node: SimulatedNode) {
        guard node.isRunning else { return }
        node.inbox.append(event)
        if node.isTurnScheduled { return }
        node.isTurnScheduled = true
        queue.add(.turn(node.index, life: node.life), at: now + node.pace.number(in: 0...4))
    }
}
