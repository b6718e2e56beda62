import Causality
import ChangeLog
import InboxModel
import OfficeNode

// Relays are accused only of what they do.
extension InvariantChecker {
    /// Takes note of what a relay may be called a liar for: what it does on purpose, and what its disk did to it.
    func noteSuspicion(_ fault: Fault, _ entry: TraceEntry, _ watch: NodeWatch, in group: SimulatedGroup) {
        switch fault {
        case .lyingSync, .bitRot, .restoredBackup, .clonedDisk: watch.isSuspect = true
        case let fault where fault.group == "adversary":
            // Attacks name the victim first, lies of relays the relay.
            watch.isSuspect = true
            if let peer = entry.peer { self.watch(group.nodes[peer]).isSuspect = true }
        default: break
        }
    }

    /// No relay is accused that did nothing wrong. (What a relay says of itself is no accusation.)
    func checkAccusation(_ warning: NodeWarning, by watch: NodeWatch, at now: Int64) {
        let accused = watches.values.filter { warning.message.hasPrefix("relay \($0.name) ") }
        let isAccusation = warning.message.contains(" rolled back: ") || warning.message.contains(" keeps back: ")
        guard isAccusation, !accused.contains(where: \.isSuspect) else { return }
        report(.badInput, at: now, node: watch.name, "it accuses a relay that did nothing wrong: \(warning.message)")
    }
}

extension ChangeSetBody {
    /// What stands for a change set of a relay, in which nothing is sealed: it is about members only, and nobody merges it.
    init(sealedByRelay dot: Dot) {
        let stamp = Stamp(dot, HybridTimestamp(milliseconds: 0))
        self.init(set: ChangeSet(stamp: stamp, actor: .system, office: nil, changes: []), clock: [], isFullClock: false)
    }
}
