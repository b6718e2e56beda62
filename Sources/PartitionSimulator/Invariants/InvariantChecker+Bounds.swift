import Causality
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine

// What must stay within bounds: traffic, metadata, complaints, and the answers that people wait for.
extension InvariantChecker {
    /// Quiet stretches that are shorter say nothing.
    private static let quietMin: Int64 = 60_000
    /// What a node may complain of in an hour in which nothing gives it cause without end.
    private static let warningsInHourMax = 600

    // MARK: Traffic

    /// Judges the stretch since the last settled moment, and begins a new one.
    func checkTraffic(_ group: SimulatedGroup) {
        defer { traffic.begin(at: group.now) }
        guard traffic.isQuiet, let since = traffic.since, group.now - since >= Self.quietMin else { return }
        for (pair, load) in traffic.loads.sorted(by: { ($0.key.low, $0.key.high) < ($1.key.low, $1.key.high) }) {
            let (low, high) = (group.nodes[pair.low], group.nodes[pair.high])
            // What is meant for one of two processes with the same keys comes to the other.
            if hasTwin(low, in: group) || hasTwin(high, in: group) { continue }
            let interval = max(1, min(low.configuration.helloInterval, high.configuration.helloInterval))
            // Each side may say HELLO once an interval and is answered. What the last change sets left to say comes on top; and where a
            // log has two histories, logs of authors who stand in the one that is not held are asked for now and then.
            let framesMax = (ledger.forked.isEmpty ? 4 : 8) * Int((group.now - since) / interval + 1) + 8
            // A HELLO has about 120 bytes; a clock names every log once.
            let bytesMax = framesMax * (160 + 24 * max(1, ledger.replicas.count))
            if load.frames > framesMax || load.bytes > bytesMax {
                report(
                    .boundedness, at: group.now,
                    "\(low.name) and \(high.name) exchanged \(load.frames) frames (\(load.bytes) bytes) in \(group.now - since) "
                        + "quiet milliseconds; \(framesMax) frames and \(bytesMax) bytes is the most")
            }
        }
    }

    // MARK: Metadata

    /// Clocks name no more logs than were ever begun.
    func checkClockSize(_ node: SimulatedNode, at now: Int64) {
        let logs = node.store.progress.count
        // Beside those, the branches of forked logs: one for each change set that another one has the number of.
        let begun = ledger.replicas.count + ledger.branchesMax
        if logs > begun {
            report(
                .boundedness, at: now, node: node.name, "its clock has \(logs) entries, and only \(begun) logs and branches ever began")
        }
    }

    // MARK: Complaints

    /// A peer gives cause for at most `warningsMax` warnings a second; the node itself for a few.
    func checkRates(_ watch: NodeWatch, at now: Int64) {
        let peers = max(1, watches.count)
        // Peers' seconds and ours need not begin together.
        let secondMax = 2 * SyncConfiguration().warningsMax * peers + 32
        if watch.rates.inSecond > secondMax {
            report(.boundedness, at: now, node: watch.name, "it gave more than \(secondMax) warnings in a second")
        }
        // Whoever holds another history than a peer is told so again and again, as long as people let it be.
        if watch.rates.inHour > Self.warningsInHourMax, !watch.rates.hourIsExcused, ledger.forked.isEmpty {
            report(.boundedness, at: now, node: watch.name, "it gave more than \(Self.warningsInHourMax) warnings in an hour")
        }
    }

    // MARK: Answers

    /// A node that runs answers people at once, whoever it can reach.
    func checkAnswer(
        _ command: Command, at node: SimulatedNode, _ result: Result<CommandOutcome, CommandRefusal>?, now: Int64
    ) {
        let watch = watch(node)
        guard let result else {
            if node.isResponsive { report(.availability, at: now, node: node.name, "it runs, and did not answer a command") }
            return
        }
        guard case .failure(let refusal) = result else { return }
        switch refusal.code {
        case .waitingForKey:
            report(.availability, at: now, node: node.name, "it refused a command because it waits for its key")
        case .storage where watch.diskFailsUntil < now && watch.diskExcuses.isEmpty && node.disk?.isDead != true:
            report(.availability, at: now, node: node.name, "it refused a command because of its disk, which does nothing wrong")
        case .ahead:
            guard ledger.forked.isEmpty, let shown = command.shown, watch.merged.dominates(shown) else { return }
            report(.availability, at: now, node: node.name, "it called a page ahead of it, of which it has merged everything")
        default: break
        }
    }
}

extension Command {
    /// The clock that the command's page showed.
    fileprivate var shown: VersionVector? {
        switch self {
        case .thread(_, let shown, _), .putPatient(_, _, let shown), .recordConsent(_, _, let shown): shown
        default: nil
        }
    }
}
