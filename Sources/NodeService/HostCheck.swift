import Causality
import OfficeNode

/// Whether a replica may go on with its own log where it is opened: a decision without side effects.
struct HostCheck {
    /// What the replica remembers of where it was written; nil where no node has opened it yet.
    let remembered: HostRecord?
    /// Where it is now.
    let present: HostRecord
    /// What stands beside it.
    let mark: HighWaterMark.Finding
    /// Whether somebody says that a move was meant and there is no second copy.
    let isSameMachine: Bool

    /// Why a new log must be begun; nil where the old one can go on.
    ///
    /// - Parameter held: How far each log is held.
    func reason(held: VersionVector) -> NewReplicaReason? {
        switch mark {
        case .mark(let dot) where held[dot.replica] < dot.sequence:
            return NewReplicaReason(
                .rolledBack, "change set \(dot) had been written, \(held[dot.replica]) of that log are held")
        case .damaged: return NewReplicaReason(.rolledBack, "replica.mark cannot be read")
        case .missing where remembered?.isMarked == true: return NewReplicaReason(.rolledBack, "replica.mark is missing")
        case .mark, .missing: break
        }
        guard let remembered, !isSameMachine else { return nil }
        let areKnown = !remembered.machine.isEmpty && !present.machine.isEmpty
        if areKnown && remembered.machine != present.machine { return NewReplicaReason(.copied) }
        if remembered.file != present.file { return NewReplicaReason(.moved) }
        return nil
    }
}
