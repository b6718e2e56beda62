import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PlainInbox
import ReplicaStore

// A purge purges, never comes back, and a hold wins.
extension InvariantChecker {
    /// Takes down what a purge that a node has just accepted is to destroy.
    func noteOrder(_ command: Command, at node: SimulatedNode, now: Int64) {
        guard invariants.contains(.purge), case .thread(let thread, _, .purge) = command else { return }
        reading(node, at: now) {
            try condemned[thread, default: CondemnedContents()].add(thread, from: node.store.reader)
        }
    }

    /// Checks every thread that somebody ordered to purge, at every node of a component.
    func checkPurges(_ component: [SimulatedNode], _ group: SimulatedGroup) {
        guard invariants.contains(.purge) else { return }
        let isWhole = component.count == group.nodes.count(where: \.hasJoined)
        for node in component where node.kind != .relay && !watch(node).isDamaged && !hasTwin(node, in: group) {
            reading(node, at: group.now) {
                guard try updateFold(to: node) else { return }
                for id in fold.inbox.threadIDs.sorted() {
                    let thread = fold.inbox.thread(id)
                    guard thread.writes.contains(where: { $0.change.isPurge }) else { continue }
                    let held = try heldContents(of: id, at: node)
                    checkHeld(thread, id, held, node, at: group.now)
                    try checkHidden(thread, id, node, at: group.now)
                    try checkDestroyed(thread, id, held, node, isWhole: isWhole, at: group.now)
                }
            }
        }
    }

    /// What a node's log holds of a thread, of all that was ever said in it, or let go: what it has not destroyed.
    private func heldContents(of id: ThreadID, at node: SimulatedNode) throws -> Set<ContentReference> {
        var held: Set<ContentReference> = []
        for line in try node.store.reader.thread(id)?.timeline ?? [] {
            guard let row = try node.store.reader.logRow(at: line.stamp.dot) else { continue }
            let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            for number in try entry.remainingContents() { held.insert(ContentReference(line.stamp.dot, number)) }
        }
        return held
    }

    /// Where a hold was placed without its author knowing of any purge, and no purge's author knew of the hold, nothing is destroyed; nor
    /// is what no purge had seen, but for corrections.
    private func checkHeld(
        _ thread: PlainThread, _ id: ThreadID, _ held: Set<ContentReference>, _ node: SimulatedNode, at now: Int64
    ) {
        let purges = thread.writes.filter(\.change.isPurge)
        let holds = thread.writes.filter { if case .holdPlaced = $0.change { true } else { false } }
        let lawful = purges.filter { purge in !holds.contains { !$0.saw(purge) && !purge.saw($0) } }
        for write in thread.writes {
            guard let content = write.change.content else { continue }
            if case .correction = write.change, !lawful.isEmpty { continue }
            if lawful.contains(where: { $0.context.covers(write.dot) }) { continue }
            if !held.contains(ContentReference(write.dot, content)) {
                let why = lawful.count < purges.count ? "a hold stands against its purge" : "no purge had seen it"
                report(.purge, at: now, node: node.name, write.dot, "thread \(name(of: id)): it was destroyed, and \(why)")
            }
        }
    }

    /// What is purged is not shown: on the thread's page, in the search.
    private func checkHidden(_ thread: PlainThread, _ id: ThreadID, _ node: SimulatedNode, at now: Int64) throws {
        guard !thread.purges.isEmpty, let canary, let page = try node.reader.page(of: id) else { return }
        for entry in page.entries where thread.isPurged(entry.stamp.dot) && canary.isFound(in: entry.text) {
            report(.purge, at: now, node: node.name, entry.stamp.dot, "thread \(name(of: id)): it was purged, and its page shows it")
        }
        for hit in try node.reader.search(Canary.text, limit: 1000)
        where hit.thread == id && thread.purgedContents.contains(where: { $0.dot == hit.stamp.dot }) {
            report(.purge, at: now, node: node.name, hit.stamp.dot, "thread \(name(of: id)): it was purged, and searching finds it")
        }
    }

    /// A node that says that it has destroyed has, in its tables and in every byte of its files. Where all nodes are together, each
    /// says so.
    private func checkDestroyed(
        _ thread: PlainThread, _ id: ThreadID, _ held: Set<ContentReference>, _ node: SimulatedNode, isWhole: Bool, at now: Int64
    ) throws {
        guard let replica = node.brain?.replica, let state = try node.store.reader.state(of: id) else { return }
        let isSaid = !thread.purges.isEmpty && thread.purges.allSatisfy { state.note(of: replica, .destroyed, of: $0.dot) != nil }
        if isSaid {
            let left = thread.purgedContents.filter { held.contains($0) }
            for content in left.prefix(1) {
                report(.purge, at: now, node: node.name, content.dot, "thread \(name(of: id)): the node says it destroyed it, and holds it")
            }
            if left.isEmpty { checkFiles(Set(thread.purgedContents), id, node, at: now) }
        } else if isWhole, !thread.purges.isEmpty, ledger.forked.isEmpty {
            let left = thread.purgedContents.filter { held.contains($0) }
            let isComplete = try node.reader.purges().contains { $0.thread == id && $0.waitingFor.isEmpty }
            if let content = left.first, isComplete {
                report(
                    .purge, at: now, node: node.name, content.dot,
                    "thread \(name(of: id)): everybody has acknowledged its purge, and the node holds it")
            }
        }
    }

    private func checkFiles(_ contents: Set<ContentReference>, _ id: ThreadID, _ node: SimulatedNode, at now: Int64) {
        guard let disk = node.disk, let condemned = condemned[id] else { return }
        let pieces = condemned.pieces.filter { contents.contains($0.key) }.sorted { $0.key < $1.key }
        if pieces.isEmpty { return }
        for file in disk.files {
            let bytes = disk.undisturbed { disk.contents(of: file) }
            for (content, piece) in pieces where piece.isFound(in: bytes) {
                report(
                    .purge, at: now, node: node.name, content.dot,
                    "thread \(name(of: id)): the node says it destroyed it, and the bytes are in \(file)")
            }
        }
    }
}

extension ThreadChange {
    fileprivate var isPurge: Bool { if case .purged = self { true } else { false } }
}
