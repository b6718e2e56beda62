import Causality
import InboxModel
import OfficeNode
import PlainInbox
import ReplicaStore

// What is checked once nothing is left to do.
extension InvariantChecker {
    /// How much must have come to a log since it was last recomputed, in hundredths of it, before that is done again.
    private static let growthMin = 25

    /// Checks everything that must hold at a settled moment: nodes of one component hear each other, perhaps through others,
    /// and have nothing left to do.
    ///
    /// Merging shuffled logs, rebuilding and recomputing logs are dear. They are done on one node of each component, in turn, and
    /// only once a quarter has come to what was checked last; `finish` recomputes all logs.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - components: The nodes that run, by who hears whom. Nodes that are down or hang belong to none.
    public func settled(_ group: SimulatedGroup, components: [[SimulatedNode]]) {
        settledCount += 1
        for watch in watches.values.sorted(by: { $0.node < $1.node }) { judgeLoss(of: watch, at: group.now) }
        for members in components {
            let component = members.filter { $0.isRunning && $0.hasJoined }
            guard !component.isEmpty else { continue }
            checkConverged(group, component: component)
            checkInTurn(component.filter { $0.kind != .relay && !watch($0).isDamaged }, group)
            checkPurges(component.filter { $0.kind != .relay }, group)
            checkForks(in: component, group)
            for node in component {
                checkClockSize(node, at: group.now)
                checkBadInput(node, at: group.now)
            }
        }
        checkTraffic(group)
    }

    /// The dear checks, on one of the nodes of a component.
    private func checkInTurn(_ component: [SimulatedNode], _ group: SimulatedGroup) {
        if component.isEmpty { return }
        let node = component[settledCount % component.count]
        reading(node, at: group.now) {
            try checkHistories(node, at: group.now)
            if ledger.count * 100 >= lawsCount * (100 + Self.growthMin) {
                lawsCount = ledger.count
                try checkMergeLaws(component, seed: group.seed &+ UInt64(settledCount), at: group.now)
            }
            try checkLogs(node, onlyIfGrown: true, at: group.now)
        }
    }

    /// Checks what is checked once, at the end: that the logs of every node that runs can be recomputed.
    public func finish(_ group: SimulatedGroup) {
        for node in group.nodes where node.isRunning && node.hasJoined && !watch(node).isDamaged {
            judgeLoss(of: watch(node), at: group.now)
            reading(node, at: group.now) { try checkLogs(node, onlyIfGrown: false, at: group.now) }
        }
    }

    // MARK: Logs

    /// Every log can be recomputed from the replica's own bytes, and ends with what its author wrote.
    private func checkLogs(_ node: SimulatedNode, onlyIfGrown: Bool, at now: Int64) throws {
        guard invariants.contains(.logs) else { return }
        let watch = watch(node)
        let count = node.store.progress.reduce(0) { $0 + $1.received.sequence }
        if onlyIfGrown && count * 100 < watch.verifiedCount * UInt64(100 + Self.growthMin) { return }
        watch.verifiedCount = count
        for log in try node.reader.verifyLogs().logs {
            guard let fault = log.fault else { continue }
            // That recomputing finds what rotted on the disk is what it is for.
            if watch.diskExcuses.contains(.bitRot) {
                remark("\(node.name): recomputing its logs found what rotted on its disk")
            } else {
                report(.logs, at: now, node: node.name, "the log \(log.replica): \(fault)")
            }
        }
        if watch.diskExcuses.contains(.bitRot) { return }
        for log in node.store.progress where !ledger.isWritten(log.received) {
            report(.logs, at: now, node: node.name, log.received.dot, "the log ends with a change set that nobody wrote")
        }
        for (replica, head) in watch.received.sorted(by: { $0.key < $1.key }) where head.sequence > 0 {
            let hash = try node.store.reader.logRow(at: head.dot)?.hash
            if hash != head.hash {
                report(.logs, at: now, node: node.name, head.dot, "the log \(replica) ended with it, and now does not hold it")
            }
        }
    }

    // MARK: Histories

    /// The ownership history on each thread's page is what was done, each step once, and there is one effective owner.
    ///
    /// One node stands for its component: timelines are part of what digests compare.
    private func checkHistories(_ node: SimulatedNode, at now: Int64) throws {
        guard invariants.contains(.accountability), try updateFold(to: node) else { return }
        let reader = try node.reader
        for id in fold.inbox.threadIDs.sorted() {
            let count = fold.inbox.count(of: .thread(id))
            if fold.pagesChecked[id] == count { continue }
            fold.pagesChecked[id] = count
            guard let page = try reader.page(of: id) else {
                report(.accountability, at: now, node: node.name, "thread \(name(of: id)) has no page")
                continue
            }
            checkHistory(of: page, id, fold.inbox.thread(id), at: now, node: node.name)
        }
    }

    private func checkHistory(of page: ThreadPage, _ id: ThreadID, _ thread: PlainThread, at now: Int64, node: String) {
        var expected: [OwnershipStep: Int] = [:]
        for write in thread.writes {
            guard case .ownership(let step) = write.change else { continue }
            expected[OwnershipStep(dot: write.dot, act: step.act, from: step.from, to: step.to), default: 0] += 1
        }
        for entry in page.entries {
            guard case .ownership(let act, let from, let to) = entry.kind else { continue }
            expected[OwnershipStep(dot: entry.stamp.dot, act: act, from: from, to: to), default: 0] -= 1
        }
        for (step, count) in expected.sorted(by: { $0.key.dot < $1.key.dot }) where count != 0 {
            let amount = count > 0 ? "\(count) times less" : "\(-count) times more"
            report(
                .accountability, at: now, node: node, step.dot,
                "thread \(name(of: id)): its history shows \(step.act) \(amount) often than it was done")
        }
        if page.state.owner == nil && page.state.opening != nil {
            report(.accountability, at: now, node: node, "thread \(name(of: id)) has no effective owner")
        }
    }
}

/// One step in the history of who was accountable for a thread.
private struct OwnershipStep: Hashable {
    let dot: Dot
    let act: OwnershipAct
    let from: Owner?
    let to: Owner
}
