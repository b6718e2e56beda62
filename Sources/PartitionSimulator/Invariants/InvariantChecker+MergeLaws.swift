import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

// The laws of merging, on what a component has.
extension InvariantChecker {
    /// Merges the change sets of a component into a fresh replica, in an order drawn from `seed` that no node need have seen but
    /// that causality allows, with repetitions; and rebuilds a copy of the inbox from its log. Both show what the node shows.
    ///
    /// Repetitions are deliveries of what is held already: the replica must refuse them and stay as it is.
    public func checkMergeLaws(_ component: [SimulatedNode], seed: UInt64, at now: Int64) throws {
        guard invariants.contains(.mergeLaws), !component.isEmpty, forkedLogs(in: component).isEmpty else { return }
        let node = component[Int(seed % UInt64(component.count))]
        let reader = node.store.reader
        guard try reader.quarantine().isEmpty else { return }
        let digest = try LogicalDigest.compute(reader)
        var delivery = try ShuffledDelivery(node.store, ledger: ledger, seed: seed)
        guard !delivery.isUnknown else { return }
        try delivery.deliver()
        if let message = delivery.breach { report(.mergeLaws, at: now, node: node.name, message) }
        if try LogicalDigest.compute(delivery.store.reader) != digest {
            let place = try difference(between: reader, delivery.store.reader)
            report(.mergeLaws, at: now, node: node.name, "its change sets show something else in another order: \(place)")
        }
        try checkRebuild(node, digest, seed: seed, at: now)
    }

    /// A node on a copy of the log alone shows the same.
    private func checkRebuild(_ node: SimulatedNode, _ digest: Digest, seed: UInt64, at now: Int64) throws {
        let copy = try ReplicaStore(.memory)
        let reader = node.store.reader
        try copy.write(.normal) { transaction in
            for log in node.store.progress {
                // The first row tells which hash the base has; only its number matters here.
                if log.base > 0 { try transaction.beginBranch(LogHead(log.replica, log.base, log.received.hash)) }
                for row in try reader.rows(of: log.replica, from: 1, bytesMax: .max) where row.sequence <= log.received.sequence {
                    let signature = row.signature.map { (sequence: row.sequence, bytes: $0) }
                    try transaction.append(CollectionOfOne(LogRow(row)), of: log.replica, epoch: row.epoch, signature: signature)
                }
            }
            for row in try reader.roster() { try transaction.addRoster(row.dot, row.bytes) }
            for (key, value) in try reader.settings(prefix: "") { try transaction.set(value, for: key) }
        }
        let random = SeededRandomSource(seed: seed, stream: "rebuild \(node.name)")
        let twin = try OfficeNode(store: copy, identity: node.identity, random: random)
        let order = NodeWatch(node: node.index, name: node.name, ledger: ledger)
        order.replica = twin.replica
        twin.mergeObserver = order
        let rebuilt = try twin.rebuild().after
        for breach in order.breaches {
            report(.causalOrder, at: now, node: node.name, breach.dot, "in a rebuild \(breach.message)")
        }
        if rebuilt != digest {
            let place = try difference(between: reader, copy.reader)
            report(.mergeLaws, at: now, node: node.name, "rebuilt from its log it shows something else: \(place)")
        }
    }
}

/// The change sets of a replica on their way into another, in another order.
struct ShuffledDelivery {
    /// How many change sets one transaction takes at most.
    private static let batchMax: Int64 = 64
    /// How often something is delivered again, in a thousand transactions.
    private static let repetition = 200

    /// One log on its way.
    private struct Log {
        let replica: ReplicaID
        let rows: [StoredLogRow]
        let entries: [NamedEntry]
        /// Where the log begins.
        let base: UInt64
        /// How far it is to be merged.
        let merged: Int
        var appended = 0
        var applied = 0
    }

    let store: ReplicaStore
    /// Whether the ledger does not know all of it, so that there is nothing to be merged.
    private(set) var isUnknown = false
    /// What the replica did that it must not.
    private(set) var breach: String?
    private var logs: [Log] = []
    private var random: SplitMix64
    private var clock = VersionVector()

    init(_ source: ReplicaStore, ledger: Ledger, seed: UInt64) throws {
        store = try ReplicaStore(.memory)
        random = SplitMix64(seed: seed, stream: "shuffled delivery")
        let held = source.progress.filter { $0.received.sequence > $0.base }
        guard let histories = NamedHistories(held.map { NamedLog(head: $0.received, base: $0.base) }, ledger: ledger) else {
            isUnknown = true
            return
        }
        for progress in held {
            let rows = try source.reader.rows(of: progress.replica, from: 1, bytesMax: .max)
            let entries = Array(histories.entries(of: NamedLog(head: progress.received, base: progress.base), after: 0))
            let merged = Int(clamping: progress.merged - progress.base)
            logs.append(Log(replica: progress.replica, rows: rows, entries: entries, base: progress.base, merged: merged))
        }
        try store.write(.normal) { transaction in
            for log in logs where log.base > 0 { try transaction.beginBranch(LogHead(log.replica, log.base, .zero)) }
        }
    }

    /// Delivers all of it.
    mutating func deliver() throws {
        while logs.contains(where: { $0.appended < $0.rows.count || $0.applied < $0.merged }) {
            let before = logs.reduce(0) { $0 + $1.appended + $1.applied }
            let count = random.number(in: 1...Self.batchMax)
            try store.write(.normal) { transaction in
                for _ in 0..<count { try step(transaction) }
            }
            if random.happens(Self.repetition) { deliverAgain() }
            if logs.reduce(0, { $0 + $1.appended + $1.applied }) == before {
                breach = "no order of its change sets is causally valid"
                return
            }
        }
    }

    /// Appends or merges one change set, any that can be.
    private mutating func step(_ transaction: ReplicaTransaction) throws {
        let appendable = logs.indices.filter { logs[$0].appended < logs[$0].rows.count }
        let mergeable = logs.indices.filter { index in
            let log = logs[index]
            return log.applied < min(log.appended, log.merged) && clock.dominates(log.entries[log.applied].clock)
        }
        guard appendable.count + mergeable.count > 0 else { return }
        let pick = Int(random.number(in: 0...Int64(appendable.count + mergeable.count - 1)))
        if pick < appendable.count {
            let index = appendable[pick]
            let row = logs[index].rows[logs[index].appended]
            try transaction.append(CollectionOfOne(LogRow(row)), of: logs[index].replica, epoch: row.epoch)
            logs[index].appended += 1
        } else {
            let index = mergeable[pick - appendable.count]
            let entry = logs[index].entries[logs[index].applied]
            try transaction.merge(entry.set)
            clock.advance(to: entry.dot)
            logs[index].applied += 1
        }
    }

    /// Delivers something a second time, which must be refused.
    private mutating func deliverAgain() {
        let index = Int(random.number(in: 0...Int64(logs.count - 1)))
        let log = logs[index]
        let place = Int(random.number(in: 0...Int64(max(0, log.appended - 1))))
        guard place < log.appended else { return }
        if accepts({ try $0.append(CollectionOfOne(LogRow(log.rows[place])), of: log.replica, epoch: log.rows[place].epoch) }) {
            breach = "the replica took change set \(log.entries[place].dot) into its log twice"
        }
        if place < log.applied, accepts({ try $0.merge(log.entries[place].set) }) {
            breach = "the replica merged change set \(log.entries[place].dot) twice"
        }
    }

    private func accepts(_ body: (ReplicaTransaction) throws -> Void) -> Bool {
        do {
            try store.write(.normal, body)
            return true
        } catch {
            // Refused, as it must be; the transaction was undone.
            return false
        }
    }
}

extension LogRow {
    /// A row as it is stored, on its way into another log.
    init(_ row: StoredLogRow) {
        self.init(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
    }
}
