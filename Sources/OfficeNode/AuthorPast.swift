import Causality
import ChangeLog
import InboxModel
import ReplicaStore

/// What the author of a change set had merged when it wrote it, by the names that logs have now.
///
/// It follows from the change set and those before it in its log, so it is the same on every node. What a node decides by it alone, every
/// node decides alike, whatever it has merged since.
struct AuthorPast {
    private let own: Dot
    /// As the author's log says it.
    private let seen: SeenClock
    /// The same by the names of today; nil where those are the ones that the author used.
    private let clock: VersionVector?

    /// The past of a change set of a log of which none was forked.
    init(of own: Dot, seen: SeenClock) {
        self.own = own
        self.seen = seen
        clock = nil
    }

    /// The past of a change set.
    ///
    /// - Parameters:
    ///   - own: Which.
    ///   - clock: What its author had merged of all logs, its own up to the change set before.
    init(of own: Dot, clock: VersionVector) {
        self.own = own
        seen = SeenClock()
        self.clock = clock
    }

    /// Whether the author had merged a change set, or written it before.
    func contains(_ dot: Dot) -> Bool {
        if dot.replica == own.replica { return dot.sequence < own.sequence }
        if let clock { return clock.covers(dot) }
        return dot.sequence <= seen[dot.replica]?.sequence ?? 0
    }

    /// Whether the author had merged all that a clock has seen.
    func covers(_ clock: VersionVector) -> Bool { clock.entries.allSatisfy { contains(Dot($0.replica, $0.sequence)) } }
}

extension Turn {
    /// The past of a change set whose log is read up to it: its own clock entries are taken note of in `seen`.
    func past(of own: Dot, seen: SeenClock) throws -> AuthorPast {
        let forks = node.state.forks
        if forks.isEmpty { return AuthorPast(of: own, seen: seen) }
        let names = names
        var clock = VersionVector()
        for entry in seen.entries {
            // What a branch has in common with others lies in the logs before it.
            let log = try entry.sequence > forks.base(of: entry.replica) ? names.place(of: entry) ?? entry.replica : entry.replica
            for piece in forks.clock(of: log, through: entry.sequence) { clock.advance(piece.replica, to: piece.sequence) }
        }
        for piece in forks.clock(of: own.replica, through: own.sequence - 1) { clock.advance(piece.replica, to: piece.sequence) }
        return AuthorPast(of: own, clock: clock)
    }

    /// The past of what this node is about to write as `own`: all that is merged here.
    func pastHere(of own: Dot) -> AuthorPast {
        let merged = transaction.progress().filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) }
        return AuthorPast(of: own, clock: VersionVector(merged))
    }
}
