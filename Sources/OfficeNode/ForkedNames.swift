import Causality
import ChangeLog
import InboxModel

/// Finds the names that change sets have now. They name others as their authors knew them; where a log was forked, what lies beyond the
/// fork has other names, and which branch an author meant follows from the tags in its own clock.
struct ForkedNames {
    let forks: LogForks
    /// How far a log is held.
    let head: (ReplicaID) -> UInt64
    /// The hash of a change set of the history that ends in a log, if it is held.
    let hash: (Dot) throws -> ChangeSetHash?

    /// The log that holds the change set that `entry` names; nil where it is not held.
    func place(of entry: TaggedClockEntry) throws -> ReplicaID? {
        for log in forks.continuations(of: entry.replica) where forks.base(of: log) < entry.sequence {
            guard head(log) >= entry.sequence else { continue }
            if try hash(Dot(log, entry.sequence))?.tag == entry.tag { return log }
        }
        return nil
    }

    /// `body`'s change set with the names that others have now.
    ///
    /// - Parameter clock: What its author had merged, this change set's own entries included.
    func renamed(_ body: ChangeSetBody, seen clock: @autoclosure () throws -> SeenClock) throws -> ChangeSet {
        guard !forks.isEmpty, body.set.namesOthers else { return body.set }
        let names = old(in: body.set)
        if names.isEmpty { return body.set }
        let seen = try clock()
        var places: [ReplicaID: ReplicaID] = [:]
        for name in names {
            let isOwn = name == forks.origins[body.set.dot.replica]
            places[name] = isOwn ? body.set.dot.replica : try seen[name].flatMap { try place(of: $0) }
        }
        return body.set.renaming(
            { context in
                var renamed = VersionVector()
                for entry in context.entries {
                    if let place = places[entry.replica] {
                        for piece in forks.clock(of: place, through: entry.sequence) { renamed.advance(piece.replica, to: piece.sequence) }
                    } else {
                        renamed.advance(entry.replica, to: entry.sequence)
                    }
                }
                return renamed
            },
            dot: { dot in
                guard let place = places[dot.replica], let last = forks.clock(of: place, through: dot.sequence).last else { return dot }
                return Dot(last.replica, dot.sequence)
            })
    }

    /// The logs that a change set names beyond where they end now.
    private func old(in set: ChangeSet) -> Set<ReplicaID> {
        var names: Set<ReplicaID> = []
        func look(_ replica: ReplicaID, _ sequence: UInt64) {
            if let end = forks.end(of: replica), sequence > end { names.insert(replica) }
        }
        for change in set.changes {
            for entry in change.context.entries { look(entry.replica, entry.sequence) }
            for dot in change.namedDots { look(dot.replica, dot.sequence) }
        }
        return names
    }
}

extension Change {
    /// The change sets that it names besides its context: messages answered or moved.
    fileprivate var namedDots: [Dot] {
        switch self {
        case .thread(_, _, .message(let posting)): posting.answers
        case .thread(_, _, .split(let split)): split.parts.map(\.changeSet)
        case .thread(_, _, .continued(let continuation)): continuation.parts.map(\.changeSet)
        default: []
        }
    }
}
