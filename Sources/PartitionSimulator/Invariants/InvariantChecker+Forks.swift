import Causality
import OfficeNode
import ReplicaStore

// Logs of which there is more than one history.
extension InvariantChecker {
    /// A log that nodes of a component do not agree about.
    struct ForkedLog {
        let replica: ReplicaID
        /// The nodes, by what they hold of it.
        let holders: [[SimulatedNode]]
        /// The nodes that write the log and that others are ahead of, where that is all that is wrong.
        let behind: [SimulatedNode]
    }

    /// The logs that the nodes of a component do not agree about and cannot come to agree: they hold different histories, or
    /// others hold more of a node's own log than it does itself (its disk was put back, or somebody else has its keys).
    func forkedLogs(in component: [SimulatedNode]) -> [ReplicaID: ForkedLog] {
        var result: [ReplicaID: ForkedLog] = [:]
        for replica in ledger.replicas {
            let heads = component.map { $0.store.progress.first { $0.replica == replica }?.received ?? LogHead(empty: replica) }
            if heads.allSatisfy({ $0 == heads[0] }) { continue }
            let histories = ledger.forked.contains(replica) ? histories(of: heads) : [Array(heads.indices)]
            if histories.count > 1 {
                result[replica] = ForkedLog(replica: replica, holders: histories.map { $0.map { component[$0] } }, behind: [])
                continue
            }
            let longest = heads.map(\.sequence).max() ?? 0
            let behind = component.indices.filter { component[$0].brain?.replica == replica && heads[$0].sequence < longest }
            if !behind.isEmpty {
                let authors = behind.map { component[$0] }
                let ahead = component.indices.filter { heads[$0].sequence == longest }.map { component[$0] }
                result[replica] = ForkedLog(replica: replica, holders: [authors, ahead], behind: authors)
            }
        }
        return result
    }

    /// Which of the heads are of one history, by their places.
    private func histories(of heads: [LogHead]) -> [[Int]] {
        var histories: [(head: LogHead, places: [Int])] = []
        for (place, head) in heads.enumerated() {
            if let index = histories.firstIndex(where: { isSameHistory($0.head, head) }) {
                histories[index].places.append(place)
                if histories[index].head.sequence < head.sequence { histories[index].head = head }
            } else {
                histories.append((head, [place]))
            }
        }
        return histories.map(\.places)
    }

    /// Whether one of the heads is on the way to the other.
    private func isSameHistory(_ one: LogHead, _ other: LogHead) -> Bool {
        let (low, high) = one.sequence < other.sequence ? (one, other) : (other, one)
        if low.sequence == 0 { return true }
        guard let entries = ledger.history(endingAt: high) else { return low == high }
        return entries[Int(low.sequence) - 1].hash == low.hash
    }

    /// Whoever is connected to a holder of another history of a log has warned of it. Where others hold more of a node's own log
    /// than itself, that node has.
    func checkForks(in component: [SimulatedNode], _ group: SimulatedGroup) {
        for node in component {
            for log in node.store.progress where log.base > 0 && !watch(node).forkWarnings.contains(ledger.origin(of: log.replica)) {
                report(.forks, at: group.now, node: node.name, "it holds the branch \(log.replica) of a log, and never warned of the fork")
            }
        }
        for fork in forkedLogs(in: component).values.sorted(by: { $0.replica < $1.replica }) {
            for (number, holders) in fork.holders.enumerated() {
                let others = fork.holders.indices.filter { $0 != number }.flatMap { fork.holders[$0] }
                for node in fork.behind.isEmpty ? holders : fork.behind where !watch(node).forkWarnings.contains(fork.replica) {
                    // What is meant for one of two processes with the same keys comes to the other.
                    if hasTwin(node, in: group) { continue }
                    let heard = others.filter { $0 !== node && group.isConnected(node, $0) && !isMixed($0, for: node, in: group) }
                    guard let other = heard.first else { continue }
                    report(
                        .forks, at: group.now, node: node.name,
                        "it is connected to \(other.name), which holds another history of log \(fork.replica), and has not warned "
                            + "of it")
                }
            }
        }
    }

    /// Whether `node` hears another process with the keys of `other` too: to it the two are one, and say now this and now that.
    private func isMixed(_ other: SimulatedNode, for node: SimulatedNode, in group: SimulatedGroup) -> Bool {
        group.nodes.contains {
            $0 !== other && $0.isRunning && $0.identity.member == other.identity.member && group.isConnected(node, $0)
        }
    }
}
