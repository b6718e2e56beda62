public import Causality
public import ChangeLog
import InboxModel

/// One change set that a node counts as merged from now on.
public struct MergeStep: Sendable {
    /// Which.
    public let dot: Dot
    /// When it was made, by its author's clock; nil where it holds no changes.
    public let timestamp: HybridTimestamp?
    /// The entries of its author's clock that it carries: what must be merged before it.
    public let dependencies: [TaggedClockEntry]
    /// Whether it was put into quarantine instead of the inbox.
    public let isSetAside: Bool
    /// Whether the node has just made it itself; it may be the first of a new log.
    public let isAuthored: Bool
    /// The node's wall time, in milliseconds since 1970.
    public let now: Int64

    /// A step from its parts.
    public init(
        dot: Dot, timestamp: HybridTimestamp?, dependencies: [TaggedClockEntry], isSetAside: Bool = false,
        isAuthored: Bool = false, now: Int64
    ) {
        self.dot = dot
        self.timestamp = timestamp
        self.dependencies = dependencies
        self.isSetAside = isSetAside
        self.isAuthored = isAuthored
        self.now = now
    }
}

/// Watches from outside what a node merges, in which order: for checks. Called inside the node's transaction, so it must not
/// call the node or its replica.
///
/// Steps count only once `committed` follows; after `undone` those since the last commit have not happened.
public protocol MergeObserver: AnyObject {
    /// A change set was merged or set aside.
    func merged(_ step: MergeStep)
    /// The transaction is durable.
    func committed()
    /// The transaction was undone.
    func undone()
    /// Change sets that were merged were set aside, and others that were set aside are merged now.
    func reviewed(setAside: [Dot], reinstated: [Dot])
    /// The log `log` ends with change set `sequence`: what was merged of it beyond is in `branch` now. `others` begin there too, with
    /// nothing merged; some may have begun before.
    func divided(_ log: ReplicaID, after sequence: UInt64, into branch: ReplicaID?, others: [ReplicaID])
    /// Nothing is merged any more: all of it follows again, from the first change sets. `bases` says after which number branches begin.
    func emptied(bases: VersionVector)
}

extension Turn {
    /// Tells whoever watches that a change set was merged or set aside.
    func tell(_ dot: Dot, _ body: ChangeSetBody?, isSetAside: Bool = false, isAuthored: Bool = false) {
        guard let observer = node.mergeObserver else { return }
        observer.merged(
            MergeStep(
                dot: dot, timestamp: body?.set.stamp.timestamp, dependencies: body?.clock ?? [], isSetAside: isSetAside,
                isAuthored: isAuthored, now: now))
    }
}
