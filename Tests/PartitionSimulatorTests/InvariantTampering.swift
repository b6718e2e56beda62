import Causality
import ChangeLog
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

// Ways of making a replica wrong that no node would: what the checker must find.
extension InvariantWorld {
    /// Makes the inbox of `node` anew from its log, with the change sets as `alter` gives them; those for which it gives nil are
    /// set aside.
    func remerge(_ node: SimulatedNode, _ alter: (ChangeSet) -> ChangeSet?) throws {
        let entries = node.store.progress.flatMap { checker.ledger.history(endingAt: $0.received) ?? [] }
        var waiting = entries.sorted { $0.dot < $1.dot }
        var clock = VersionVector()
        try node.store.write(.normal) { transaction in
            try transaction.resetMaterialised()
            while !waiting.isEmpty {
                let index = try #require(waiting.firstIndex { clock.dominates($0.clock) })
                let entry = waiting.remove(at: index)
                clock.advance(to: entry.dot)
                if let set = alter(entry.set) {
                    try transaction.merge(set)
                } else {
                    try transaction.skip(entry.dot, quarantineReason: "test")
                }
            }
            for progress in transaction.progress() { try transaction.markIndexed(progress.replica, to: progress.merged) }
        }
    }

    /// Puts a node onto a copy of its replica whose log rows are as `alter` gives them.
    func putOnCopy(_ node: SimulatedNode, altering alter: (Dot, LogRow) -> LogRow) throws {
        let copy = try ReplicaStore(.memory)
        let reader = node.store.reader
        try copy.write(.normal) { transaction in
            for log in node.store.progress {
                for row in try reader.rows(of: log.replica, from: 1, bytesMax: .max) {
                    let signature = row.signature.map { (sequence: row.sequence, bytes: $0) }
                    let altered = alter(Dot(log.replica, row.sequence), LogRow(row))
                    try transaction.append(CollectionOfOne(altered), of: log.replica, epoch: row.epoch, signature: signature)
                }
            }
            for row in try reader.roster() { try transaction.addRoster(row.dot, row.bytes) }
            for (key, value) in try reader.settings(prefix: "") { try transaction.set(value, for: key) }
        }
        node.store = copy
        node.brain = try OfficeNode(store: copy, identity: node.identity, random: node.random)
    }

    /// Appends a change set that nobody wrote to a node's replica, and merges it there.
    @discardableResult
    func forge(_ changes: [Change], of replica: ReplicaID, at node: SimulatedNode) throws -> LogHead {
        let head = node.store.progress.first { $0.replica == replica }?.received ?? LogHead(empty: replica)
        let dot = Dot(replica, head.sequence + 1)
        let hash = ChangeSetHash(words: (dot.sequence, 2, 3, 4))
        let epoch = try #require(try node.store.reader.logRow(at: Dot(checker.ledger.replicas[0], 1))).epoch
        let stamp = Stamp(dot, HybridTimestamp(milliseconds: group.now))
        try node.store.write(.normal) { transaction in
            let row = LogRow(sequence: dot.sequence, hash: hash, body: [1], contents: [])
            try transaction.append(CollectionOfOne(row), of: replica, epoch: epoch)
            try transaction.merge(ChangeSet(stamp: stamp, actor: .system, office: nil, changes: changes))
        }
        return LogHead(replica, dot.sequence, hash)
    }

    /// Tells the checker of a fault that was not injected.
    func announce(_ fault: Fault, at node: SimulatedNode, from peer: SimulatedNode? = nil) {
        checker.happened(
            TraceEntry(at: group.now, kind: .fault, node: node.index, peer: peer?.index, text: fault.rawValue), in: group)
    }
}

extension ChangeSet {
    /// The same with other changes.
    func with(_ changes: [Change]) -> ChangeSet { ChangeSet(stamp: stamp, actor: actor, office: office, changes: changes) }
}
