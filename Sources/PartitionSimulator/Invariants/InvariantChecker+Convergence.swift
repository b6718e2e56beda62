import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PlainInbox
import ReplicaStore
import Vault

// What must be equal at a settled moment.
extension InvariantChecker {
    /// Checks that the nodes of a component, which hear each other and have nothing left to do, hold the same logs and show the
    /// same, that it is what the ledger says it must be, and that nothing acknowledged is missing.
    ///
    /// Where nodes of it hold two histories of a log and have not come to hold both, that is a breach, and only the other logs are compared
    /// beyond it. Where others hold more of a node's own log, that is said in a remark. Nor is a log then compared with a node that has
    /// nothing of it, as who may write it can stand in the other history. Two processes with the keys of one member take each other's
    /// frames, so neither is held to anything; nor is a node whose disk lied before a power cut, or that says that it cannot store any more
    /// since its disk lied or rotted, or whose disk fails at the moment. A relay holds the same logs, and shows nothing.
    public func checkConverged(_ group: SimulatedGroup, component: [SimulatedNode]) {
        let single = component.filter { !hasTwin($0, in: group) }
        guard single.count < component.count else { return checkConverged(group, members: component) }
        remark("two processes have the keys of one member: their convergence is not judged")
        // What comes to others through one of the two may stay away: only who is connected otherwise is compared.
        var left = single
        while let first = left.first {
            var part = [first]
            var next = 0
            while next < part.count {
                part += left.filter { node in !part.contains { $0 === node } && group.isConnected(node, part[next]) }
                next += 1
            }
            left.removeAll { node in part.contains { $0 === node } }
            checkConverged(group, members: part)
        }
    }

    private func checkConverged(_ group: SimulatedGroup, members: [SimulatedNode]) {
        let component = members.filter { !watch($0).isDamaged && !($0.disk?.isFailing ?? false) }
        for node in members where watch(node).isDamaged {
            remark("the replica of \(node.name) is damaged by what its disk did: its convergence is not judged")
        }
        let readers = component.filter { $0.kind != .relay }
        guard let first = readers.first ?? component.first else { return }
        let forks = forkedLogs(in: members)
        for node in component where node !== first { compareClocks(first, node, without: forks, at: group.now) }
        checkHeld(by: component, first, without: forks, at: group.now)
        for node in readers { compareQuarantine(first, node, isForked: !forks.isEmpty, at: group.now) }
        if !forks.isEmpty {
            let names = forks.keys.sorted().map(\.description).joined(separator: ", ")
            let isMixed = members.contains { watch($0).isDamaged }
            if !isMixed && forks.values.contains(where: \.behind.isEmpty) {
                report(.forks, at: group.now, "the histories of log \(names) are known, and the nodes have not come to hold all of them")
            }
            return remark("fork of \(names): convergence not judged beyond the other logs")
        }
        guard invariants.contains(.convergence), !readers.isEmpty else { return }
        checkBacklog(first, at: group.now)
        compareDigests(readers, at: group.now)
        reading(first, at: group.now) { try compareFold(first, at: group.now) }
    }

    /// Whether another process runs with the same keys.
    func hasTwin(_ node: SimulatedNode, in group: SimulatedGroup) -> Bool {
        group.nodes.contains { $0 !== node && $0.isRunning && $0.identity.member == node.identity.member }
    }

    // MARK: Clocks

    private func compareClocks(
        _ one: SimulatedNode, _ other: SimulatedNode, without forks: [ReplicaID: ForkedLog], at now: Int64
    ) {
        let held = Dictionary(uniqueKeysWithValues: one.store.progress.map { ($0.replica, $0) })
        let theirs = Dictionary(uniqueKeysWithValues: other.store.progress.map { ($0.replica, $0) })
        for replica in Set(held.keys).union(theirs.keys).sorted() where forks[replica] == nil {
            let (left, right) = (held[replica]?.received, theirs[replica]?.received)
            if !forks.isEmpty && (left == nil || right == nil) { continue }
            let dot = Dot(replica, min(left?.sequence ?? 0, right?.sequence ?? 0) + 1)
            if left != right {
                report(
                    .convergence, at: now, node: (left?.sequence ?? 0) < (right?.sequence ?? 0) ? one.name : other.name, dot,
                    "\(one.name) holds \(left?.sequence ?? 0) change sets of the log and \(other.name) \(right?.sequence ?? 0)")
            } else if forks.isEmpty, one.kind != .relay, other.kind != .relay, held[replica]?.merged != theirs[replica]?.merged {
                report(
                    .convergence, at: now, dot,
                    "\(one.name) has merged the log up to \(held[replica]?.merged ?? 0) and \(other.name) up to "
                        + "\(theirs[replica]?.merged ?? 0)")
            }
        }
    }

    /// What is held is merged, unless something that its author had merged is not here.
    private func checkBacklog(_ node: SimulatedNode, at now: Int64) {
        let progress = node.store.progress
        let merged = VersionVector(
            ascending: progress.filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) })
        for log in progress where log.merged < log.received.sequence && !ledger.forked.contains(log.replica) {
            let next = Dot(log.replica, log.merged + 1)
            guard let entry = ledger.entry(at: next), merged.dominates(entry.clock) else { continue }
            reading(node, at: now) {
                if try isBeyondRemoval(next, at: node) { return }
                report(
                    .convergence, at: now, node: node.name, next,
                    "it is held, nothing that it needs is missing, and it is not merged")
            }
        }
    }

    /// Whether it is sealed under an epoch that began without this node, which is a member no longer. Others that had not heard of that
    /// yet may have given it to the node.
    private func isBeyondRemoval(_ dot: Dot, at node: SimulatedNode) throws -> Bool {
        guard let former = node.brain?.status.former, former.contains(where: { $0.member.id == node.identity.member }),
            let row = try node.store.reader.logRow(at: dot)
        else { return false }
        return node.keysInHand.epochs[EpochID(try Digest(copying: row.epoch))] == nil
    }

    /// Change sets are treated alike everywhere.
    private func compareQuarantine(_ one: SimulatedNode, _ other: SimulatedNode, isForked: Bool, at now: Int64) {
        if isForked { return }
        reading(one, other, at: now) {
            let (left, right) = (try one.store.reader.quarantine().map(\.dot), try other.store.reader.quarantine().map(\.dot))
            guard let dot = Set(left).symmetricDifference(right).min() else { return }
            report(
                .withdrawal, at: now, node: left.contains(dot) ? one.name : other.name, dot,
                "it is set aside here and merged at \(left.contains(dot) ? other.name : one.name)")
        }
    }

    // MARK: What is shown

    private func compareDigests(_ component: [SimulatedNode], at now: Int64) {
        guard let first = component.first else { return }
        var digest: Digest?
        reading(first, at: now) { digest = try LogicalDigest.compute(first.store.reader) }
        for node in component.dropFirst() {
            reading(node, first, at: now) {
                guard let digest, try LogicalDigest.compute(node.store.reader) != digest else { return }
                let place = try difference(between: first.store.reader, node.store.reader)
                report(.convergence, at: now, node: node.name, "it shows something else than \(first.name): \(place)")
            }
        }
    }

    /// What differs between two replicas' inboxes, without content.
    func difference(between one: ReplicaReader, _ other: ReplicaReader) throws -> String {
        let left = try states(one)
        let right = try states(other)
        for id in Set(left.keys).union(right.keys).sorted() where left[id] != right[id] {
            guard let state = left[id], let twin = right[id] else { return "thread \(name(of: id)) is at one of them only" }
            let fields = ShownDifferences(ShownThread(state), ShownThread(twin))
            return "thread \(name(of: id)): \(fields.isEmpty ? "what is kept of it, though not what is shown" : fields.names)"
        }
        for id in left.keys.sorted() where try one.thread(id)?.timeline != other.thread(id)?.timeline {
            return "thread \(name(of: id)): its history"
        }
        let patients = try (one.patients(limit: .max), other.patients(limit: .max))
        if let pair = zip(patients.0, patients.1).first(where: { $0 != $1 }) {
            return "patient \(pair.0.id): \(ShownDifferences(ShownPatient(pair.0), ShownPatient(pair.1)).names)"
        }
        if patients.0.count != patients.1.count { return "the number of patients" }
        return "the directory or the quarantine"
    }

    private func states(_ reader: ReplicaReader) throws -> [ThreadID: ThreadState] {
        Dictionary(uniqueKeysWithValues: try reader.threads(ThreadFilter(.every), limit: .max).map { ($0.id, $0.state) })
    }

    // MARK: The fold

    /// Brings the fold to what a node has merged. False where the ledger does not know all of it, which is reported elsewhere.
    func updateFold(to node: SimulatedNode) throws -> Bool {
        let reader = node.store.reader
        let logs = try node.store.progress.filter { $0.merged > $0.base }.map { log in
            if log.merged == log.received.sequence { return NamedLog(head: log.received, base: log.base) }
            let hash = try reader.logRow(at: Dot(log.replica, log.merged))?.hash ?? .zero
            return NamedLog(head: LogHead(log.replica, log.merged, hash), base: log.base)
        }
        return fold.update(to: logs, without: Set(try reader.quarantine().map(\.dot)), from: ledger)
    }

    /// What a node shows is what the ledger says.
    private func compareFold(_ node: SimulatedNode, at now: Int64) throws {
        guard try updateFold(to: node) else { return }
        if fold.inbox.sets.isEmpty { report(.convergence, at: now, node: node.name, "it has merged nothing at all") }
        let reader = node.store.reader
        let threads = try states(reader)
        for id in fold.inbox.threadIDs.union(threads.keys).sorted() {
            let shown = threads[id].map { ShownThread($0) }
            compare(shown, fold.shownThread(id), .thread(id), "thread \(name(of: id))", node, at: now)
        }
        let patients = Dictionary(uniqueKeysWithValues: try reader.patients(limit: .max).map { ($0.id, $0) })
        for id in fold.inbox.patientIDs.union(patients.keys).sorted() {
            let shown = patients[id].map { ShownPatient($0) }
            compare(shown, fold.inbox.patient(id).shown, .patient(id), "patient \(id)", node, at: now)
        }
        try compareDocuments(node, at: now)
    }

    private func compareDocuments(_ node: SimulatedNode, at now: Int64) throws {
        let reader = node.store.reader
        for entity in Array(fold.inbox.entities) {
            switch entity {
            case .office(let id):
                let shown = try reader.office(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.office(id), entity, "office \(id)", node, at: now)
            case .staff(let id):
                let shown = try reader.staff(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.staff(id), entity, "staff \(id)", node, at: now)
            case .queue(let id):
                let shown = try reader.queue(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.queue(id), entity, "queue \(id)", node, at: now)
            case .category(let id):
                let shown = try reader.category(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.category(id), entity, "category \(id)", node, at: now)
            case .account(let id):
                let shown = try reader.account(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.account(id), entity, "account \(id)", node, at: now)
            case .token(let id):
                let shown = try reader.token(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.token(id), entity, "token \(id)", node, at: now)
            case .authority(let id):
                let shown = try reader.authority(id).map { ShownDocument($0) }
                compare(shown, fold.inbox.authority(id), entity, "authority \(id)", node, at: now)
            case .thread, .patient: break
            }
        }
    }

    private func compare<Shown: Equatable>(
        _ shown: Shown?, _ expected: Shown, _ entity: InboxEntity, _ name: String, _ node: SimulatedNode, at now: Int64
    ) {
        if shown == expected { return }
        let last = fold.inbox.clock(of: entity).entries.map { Dot($0.replica, $0.sequence) }.last
        if fold.inbox.count(of: entity) == 0 {
            report(.convergence, at: now, node: node.name, "\(name) is there, and no change set made it")
        } else if let shown {
            let fields = ShownDifferences(shown, expected).names
            report(.convergence, at: now, node: node.name, last, "\(name) differs from the fold of the ledger: \(fields)")
        } else {
            report(.convergence, at: now, node: node.name, last, "\(name) is missing")
        }
    }

    // MARK: Durability

    /// Everything that a node of the component acknowledged or ever held is held.
    private func checkHeld(
        by component: [SimulatedNode], _ node: SimulatedNode, without forks: [ReplicaID: ForkedLog], at now: Int64
    ) {
        let held = Dictionary(uniqueKeysWithValues: node.store.progress.map { ($0.replica, $0.received) })
        let members = Set(component.map(\.index))
        for replica in ledger.replicas where forks[replica] == nil {
            if !forks.isEmpty && held[replica] == nil { continue }
            if ledger.forked.contains(replica) {
                checkHeld(branchesOf: replica, at: node, by: members, at: now)
                continue
            }
            let head = held[replica] ?? LogHead(empty: replica)
            let missing = ledger.log(of: replica).dropFirst(Int(clamping: head.sequence)).first {
                $0.isAcknowledged && !$0.isWrittenOff && members.contains($0.author)
            }
            if let missing {
                report(.durability, at: now, node: node.name, missing.dot, "it was acknowledged, and is not held")
            }
            for member in component {
                guard let seen = watch(member).received[replica], seen.sequence > head.sequence else { continue }
                report(
                    .durability, at: now, node: node.name, Dot(replica, head.sequence + 1),
                    "\(member.name) held the log up to \(seen.sequence), and now it ends with \(head.sequence)")
            }
        }
    }

    /// Of a log with more than one history all that was acknowledged is held, whichever branch it is in.
    private func checkHeld(branchesOf origin: ReplicaID, at node: SimulatedNode, by members: Set<Int>, at now: Int64) {
        var held: Set<ChangeSetHash> = []
        for log in node.store.progress where ledger.origin(of: log.replica) == origin {
            held.formUnion((ledger.history(endingAt: log.received) ?? []).map(\.hash))
        }
        let missing = ledger.every(of: origin).first {
            $0.isAcknowledged && !$0.isWrittenOff && members.contains($0.author) && !held.contains($0.hash)
        }
        if let missing {
            report(.durability, at: now, node: node.name, missing.dot, "it was acknowledged, and no branch of its log that is held has it")
        }
    }
}
