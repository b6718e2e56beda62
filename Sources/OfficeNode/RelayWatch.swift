import Causality
import ChangeLog
import SyncEngine

// Relays hold no keys and see nothing, but others depend on what they keep. What they show that they hold is remembered and compared
// by the engine; here it is put into words.
extension BrainState {
    /// Holds the group's relays to what they show. A relay itself compares nothing: nobody would read what it says.
    mutating func watchRelays() {
        engine.watch(isRelay ? [] : Set(roster.members.values.filter { $0.kind == .relay }.map(\.id)))
    }

    /// What a warning of the engine is to operators: of relays with names, and what to do.
    func warning(of warning: SyncWarning) -> NodeWarning {
        switch warning {
        case .holdsLess(let relay, let beganAnew, let dot, let held, let count):
            let loss = "of \(name(of: dot.replica)) up to change set \(dot.sequence), and now says \(held)"
            let more = count > 1 ? "; so it is with \(count) logs" : ""
            if beganAnew {
                return NodeWarning(
                    "relay",
                    "relay \(name(of: relay)) was restored or set up anew, as it says itself: it held the log \(dot.replica) "
                        + "\(loss)\(more). What it lacks is given to it again")
            }
            return NodeWarning(
                "relay",
                "relay \(name(of: relay)) rolled back: it held the log \(dot.replica) \(loss)\(more). Its disk was put back unnoticed, "
                    + "or it lies. What it lacks is given to it again; ask whoever runs it, and see that members also meet elsewhere")
        case .keepsBack(let relay, let witness, let dot, let held, let count):
            let more = count > 1 ? "; so it is with \(count) logs" : ""
            return NodeWarning(
                "relay",
                "relay \(name(of: relay)) keeps back: it told \(name(of: witness)) that it holds the log \(dot.replica) of "
                    + "\(name(of: dot.replica)) up to change set \(dot.sequence), and ten minutes later tells this node "
                    + "\(held)\(more). See that members also meet elsewhere, and whether the relay can be trusted")
        default: return NodeWarning("sync", String(describing: warning))
        }
    }

    private func name(of member: MemberID) -> String { roster.name(of: member) ?? member.short }

    private func name(of replica: ReplicaID) -> String { roster.authors[replica].map { name(of: $0) } ?? "a member" }
}
