import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Testing
import Vault

@testable import OfficeNode
@testable import PartitionSimulator

/// A member whose program was tampered with: it writes what it likes into its own log, in due form, and asks no policy.
struct RogueDevice {
    let node: SimulatedNode
    let group: SimulatedGroup

    /// Writes one change set as `actor` and goes on with it.
    @discardableResult
    func write(_ changes: [Change], by actor: Actor) throws -> Dot {
        let brain = try node.running()
        let replica = brain.replica
        let progress = node.store.progress
        let head = progress.first { $0.replica == replica }?.received ?? LogHead(empty: replica)
        let dot = Dot(replica, head.sequence + 1)
        let set = ChangeSet(
            stamp: Stamp(dot, HybridTimestamp(milliseconds: group.now)), actor: actor, office: nil, changes: changes)
        var clock: [TaggedClockEntry] = []
        for log in progress where log.replica != replica && log.merged > 0 {
            let row = try #require(try node.store.reader.logRow(at: Dot(log.replica, log.merged)))
            clock.append(TaggedClockEntry(log.replica, log.merged, tag: row.hash.tag))
        }
        let epoch = try #require(node.keysInHand.epochs.min { $0.key < $1.key }?.value)
        var sealer = ChangeSetSealer(group: brain.group, head: head)
        let entry = try sealer.seal(
            ChangeSetBody(set: set, clock: clock.sorted { $0.replica < $1.replica }, isFullClock: true),
            contents: [ContentDraft("Take two more and rest.", under: .epoch)], under: epoch, random: node.random)
        let signature = node.identity.signing.sign(LogDomain.changeSetSignature, try entry.hash.digest)
        group.crash(node)
        try node.store.write(.full) { transaction in
            try transaction.append(
                CollectionOfOne(LogRow(entry)), of: replica, epoch: epoch.id.digest.bytes, signature: (entry.sequence, signature.bytes))
            try transaction.merge(set)
        }
        try group.restart(node)
        return dot
    }

    /// Writes changes to one thread, as its page is shown at the device.
    @discardableResult
    func write(_ changes: ThreadChange..., to thread: ThreadID, by actor: Actor) throws -> Dot {
        let shown = try node.store.reader.thread(thread)?.0.clock ?? VersionVector()
        return try write(changes.map { .thread(thread, context: shown, $0) }, by: actor)
    }

    /// A message to or from the patient, of which the words are the change set's only content.
    func message(_ direction: Direction) -> ThreadChange {
        .message(
            MessagePosting(
                id: MessageID(milliseconds: group.now, entropy: (node.random.uint64(), node.random.uint64())), direction: direction,
                channel: .portal, content: 0))
    }
}
