import Causality
import InboxModel
import OfficeNode
import ReplicaStore

// What is checked when a node comes back, and what faults explain.
extension InvariantChecker {
    /// Begins a life of a node: compares what its replica holds with what was seen there before.
    func begin(_ watch: NodeWatch, _ node: SimulatedNode, at now: Int64) throws {
        let progress = node.store.progress
        // What it knows from the start (its disk is a copy) it need not say again.
        if watch.received.isEmpty {
            for log in progress where log.base > 0 { watch.forkWarnings.insert(ledger.origin(of: log.replica)) }
        }
        let held = progress.filter { $0.received.sequence > $0.base }
        let heads = Dictionary(uniqueKeysWithValues: held.map { ($0.replica, $0.received) })
        // What is missing since a start that no turn followed is judged with what is missing now.
        watch.loss.death = watch.lastDeath
        for (replica, before) in watch.received.sorted(by: { $0.key < $1.key }) {
            let head = heads[replica] ?? LogHead(empty: replica)
            let isOther = head.sequence == before.sequence && head.hash != before.hash
            guard head.sequence < before.sequence || isOther else { continue }
            if watch.written.contains(replica) { watch.loss.own.append(head) } else { watch.loss.others.append(replica) }
        }
        // Before the first turn: founding and joining write the first change set.
        try learn(node, watch, isAcknowledged: true, at: now)
        for head in progress.map(\.received) where !ledger.isWritten(head) {
            report(.authenticity, at: now, node: node.name, head.dot, "its replica ends with a change set that nobody wrote")
        }
        watch.received = heads
        watch.learned = watch.replica.flatMap { heads[$0] }
        let merged = VersionVector(
            ascending: progress.filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) })
        watch.begin(merged: merged, hasSetAside: try !node.store.reader.quarantine().isEmpty)
        // A disk that lied may have lost anything in any order, and nothing in the replica need tell.
        if watch.lastDeath == .powerLost && watch.diskExcuses.contains(.lyingSync) { watch.isDamaged = true }
        if !watch.hasSetAside && !watch.isDamaged { checkClosure(of: merged, node: node.name, at: now) }
        watch.claims = [:]
        for row in try node.store.reader.threads(ThreadFilter(.every), limit: .max) {
            let claims = NodeWatch.Claims(row.state)
            if !claims.dots.isEmpty { watch.claims[row.id] = claims }
        }
    }

    /// Everything that the author of a merged change set had merged is merged.
    private func checkClosure(of merged: VersionVector, node: String, at now: Int64) {
        for entry in merged.entries where !ledger.forked.contains(entry.replica) {
            guard let last = ledger.entry(at: Dot(entry.replica, entry.sequence)),
                let missing = last.clock.entries.first(where: { !ledger.covers(merged, Dot($0.replica, $0.sequence)) })
            else { continue }
            let dot = Dot(missing.replica, missing.sequence)
            report(.causalOrder, at: now, node: node, last.dot, "it is merged here, and \(dot), which its author had merged, is not")
        }
    }

    /// Judges what a node lost with its last death: a kill loses nothing, a power cut only what others wrote and what nobody
    /// was told of, and a disk that lied or was put back whatever it pleases.
    ///
    /// Put off until the node's next turn, as the fault that explains it may be told of after the start.
    func judgeLoss(of watch: NodeWatch, at now: Int64) {
        let loss = watch.loss
        if loss.isEmpty { return }
        watch.loss = NodeWatch.Loss()
        let isExcused = !watch.diskExcuses.isEmpty
        if !isExcused, loss.death != .powerLost {
            for replica in loss.others {
                report(.durability, at: now, node: watch.name, "it lost change sets of \(replica) though its machine went on")
            }
        }
        for own in loss.own { judgeLoss(ofOwnLogAfter: own, watch, isExcused: isExcused, at: now) }
        watch.diskExcuses.remove(.restoredBackup)
    }

    private func judgeLoss(ofOwnLogAfter head: LogHead, _ watch: NodeWatch, isExcused: Bool, at now: Int64) {
        if isExcused {
            let lost = ledger.writeOff(beyond: head, by: watch.node)
            if let first = lost.first {
                remark("written off: \(lost.count) acknowledged change sets of \(watch.name), from \(first) on, lost with its disk")
            }
            return
        }
        let lost = ledger.log(of: head.replica).dropFirst(Int(clamping: head.sequence)).filter {
            $0.isAcknowledged && !$0.isWrittenOff
        }
        guard let first = lost.first else { return }
        report(
            .durability, at: now, node: watch.name, first.dot,
            "its author lost it and \(lost.count - 1) more that were acknowledged, on a disk that did nothing wrong")
    }

    // MARK: Faults

    /// Takes note of a fault, as far as it excuses something or must be answered.
    func note(_ entry: TraceEntry, in group: SimulatedGroup) {
        guard let index = entry.node, group.nodes.indices.contains(index), let fault = Fault(noted: entry.text) else { return }
        let watch = watch(group.nodes[index])
        noteSuspicion(fault, entry, watch, in: group)
        let end = entry.until ?? .max
        switch fault {
        case .lyingSync, .bitRot, .restoredBackup: watch.diskExcuses.insert(fault)
        case .relayRollsBack: watch.diskExcuses.insert(.restoredBackup)
        case .diskFull, .inputOutputError, .tornWrite: break
        case let fault where fault.group == "adversary" || fault == .corruption || fault == .truncation || fault == .replay:
            for watch in watches.values { watch.rates.excuse(at: group.now) }
            if let peer = entry.peer { attack = Attack(fault: fault, from: peer, to: index, at: group.now) }
            return
        default: return
        }
        watch.rates.excuse(at: group.now)
        watch.diskFailsUntil = max(watch.diskFailsUntil, end)
    }
}

extension Fault {
    /// The fault that a trace entry's text begins with the name of.
    init?(noted text: String?) {
        let name = (text ?? "").prefix { $0.isLetter || $0 == "-" }
        self.init(rawValue: String(name))
    }
}
