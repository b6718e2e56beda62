public import Causality
public import InboxModel
public import OfficeNode

/// Watches a simulation from outside the nodes. Called in the order in which things happen; must not drive the group.
public protocol SimulationObserver: AnyObject {
    /// `node` is about to run on what its replica holds: for the first time, or again.
    func started(_ node: SimulatedNode, in group: SimulatedGroup)
    /// `node` stopped. Its replica is as the crash left it.
    func stopped(_ node: SimulatedNode, _ death: Death, in group: SimulatedGroup)
    /// `node` committed a turn, or failed to (then a warning says so); `directives` are about to be carried out.
    func turned(_ node: SimulatedNode, _ directives: [Directive], in group: SimulatedGroup)
    /// `node` committed a turn and died before any directive of it was carried out.
    func died(_ node: SimulatedNode, before directives: [Directive], in group: SimulatedGroup)
    /// A command was handed to `node`. `result` is nil where the node died before it answered.
    func submitted(
        _ command: Command, _ actor: Actor, at node: SimulatedNode, _ result: Result<CommandOutcome, CommandRefusal>?,
        in group: SimulatedGroup)
    /// A frame left `frame.from`: what becomes of it, and when it arrives.
    func sent(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, arrivals: [Int64], in group: SimulatedGroup)
    /// Somebody with the keys of `author` made a change set that `author` itself did not: one branch of a fork.
    func crafted(_ head: LogHead, by author: SimulatedNode, in group: SimulatedGroup)
    /// Something happened to a node or link: the parts of `entry` but for the time.
    func happened(_ entry: TraceEntry, in group: SimulatedGroup)
}

/// What an observer does not look at, it leaves out.
extension SimulationObserver {
    /// Does nothing.
    public func started(_ node: SimulatedNode, in group: SimulatedGroup) {}
    /// Does nothing.
    public func stopped(_ node: SimulatedNode, _ death: Death, in group: SimulatedGroup) {}
    /// Does nothing.
    public func turned(_ node: SimulatedNode, _ directives: [Directive], in group: SimulatedGroup) {}
    /// Does nothing.
    public func died(_ node: SimulatedNode, before directives: [Directive], in group: SimulatedGroup) {}
    /// Does nothing.
    public func submitted(
        _ command: Command, _ actor: Actor, at node: SimulatedNode, _ result: Result<CommandOutcome, CommandRefusal>?,
        in group: SimulatedGroup
    ) {}
    /// Does nothing.
    public func sent(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, arrivals: [Int64], in group: SimulatedGroup) {}
    /// Does nothing.
    public func crafted(_ head: LogHead, by author: SimulatedNode, in group: SimulatedGroup) {}
    /// Does nothing.
    public func happened(_ entry: TraceEntry, in group: SimulatedGroup) {}
}

/// How a node's process ends.
public enum Death: String, Hashable, Sendable, Codable, CaseIterable {
    /// The process ends; what it wrote stays written.
    case killed
    /// The machine ends: what was not on the disk yet is lost, in part or whole.
    case powerLost = "power lost"
}
