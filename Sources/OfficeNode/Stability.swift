public import Causality
public import ChangeLog
import ReplicaStore

/// What all members have, by their own signed word.
///
/// Each change set carries the clock of what its author had merged, so the last one of a member's log is its word for that. The *stable
/// cut* is the least of these words: whatever it covers, every member has. Members that were removed are not asked, nor are relays, which
/// merge nothing. A member that is new holds the cut down until it has caught up and said so.
///
/// A pure function of the change sets that are merged here, so nodes that have merged the same find the same.
public struct Stability: Hashable, Sendable {
    /// What one member has.
    public struct Standing: Hashable, Sendable {
        /// Who.
        public let member: MemberID
        /// What it has said that it has merged, and what it wrote, by the names that logs have here. Empty where nothing was heard of it.
        public let clock: VersionVector
        /// Whether anything that it wrote is merged here.
        public let isHeard: Bool
        /// When it last wrote, by its own clock, in milliseconds since 1970; nil where that is not known.
        public let writtenAt: Int64?
        /// Up to where it has not said that it has what is merged here, and should: ascending, empty where it has everything. Others'
        /// acknowledgements are not counted.
        public let lacks: [LogSpan]

        /// How many change sets it lacks, as far as is known here.
        public var lackCount: UInt64 { lacks.reduce(0) { $0 + ($1.last - $1.first + 1) } }
    }

    /// Change sets of one log.
    public struct LogSpan: Hashable, Sendable {
        /// Whose log.
        public let replica: ReplicaID
        /// From which change set on.
        public let first: UInt64
        /// Up to which, at least `first`.
        public let last: UInt64
    }

    /// Every member that is asked, ascending by member.
    public let standings: [Standing]
    /// What every one of them has. Empty where one was not heard of yet.
    public let cut: VersionVector

    /// Those that lack something, ascending by member.
    public var waitingFor: [Standing] { standings.filter { !$0.lacks.isEmpty || !$0.isHeard } }
}

extension Stability {
    /// - Parameters:
    ///   - logs: How far every log is held and merged, ascending by replica.
    ///   - place: The log that holds the change set that a clock entry names, where the log that it names ends before.
    init(
        logs: [ReplicaProgress], roster: Roster, clocks: LogClocks, forks: LogForks, place: (TaggedClockEntry) -> ReplicaID?
    ) {
        let current = CurrentLogs(logs: logs, roster: roster, clocks: clocks)
        let progress = Dictionary(uniqueKeysWithValues: logs.map { ($0.replica, $0) })
        standings = roster.members.values.filter { $0.kind != .relay }.map(\.id).sorted().map { member in
            let voices = current.logs[member] ?? []
            // Of several logs, none of which took another's place, each is the word of a machine that may be lost or restored.
            let words = voices.map { replica in
                let own = forks.clock(of: replica, through: progress[replica]?.merged ?? forks.base(of: replica))
                return clocks[replica].clock(in: forks, place: place).joined(with: VersionVector(own))
            }
            let clock = words.dropFirst().reduce(words.first ?? VersionVector()) { $0.meet($1) }
            let lacks = logs.compactMap { log -> LogSpan? in
                let said = clocks.said(log)
                let has = max(clock[log.replica], log.base)
                return said > has ? LogSpan(replica: log.replica, first: has + 1, last: said) : nil
            }
            return Standing(
                member: member, clock: clock, isHeard: voices.contains { progress[$0].map { $0.merged > $0.base } ?? false },
                writtenAt: voices.compactMap { clocks.end(of: $0)?.writtenAt?.milliseconds }.max(), lacks: lacks)
        }
        cut = standings.dropFirst().reduce(standings.first?.clock ?? VersionVector()) { $0.meet($1.clock) }
    }
}

/// The logs that each member speaks with.
///
/// A log that its member replaced by another is not waited for any more. It is known by this: the new log has seen all of it, and it has
/// never seen the new one. Until then both count, and a member has what both say.
struct CurrentLogs {
    /// Ascending by replica, by member. Without those of relays and of members that were removed.
    private(set) var logs: [MemberID: [ReplicaID]] = [:]
    /// Those that were replaced, and by which.
    private(set) var replaced: [ReplicaID: ReplicaID] = [:]

    init(logs held: [ReplicaProgress], roster: Roster, clocks: LogClocks) {
        var heads: [ReplicaID: UInt64] = [:]
        for log in held { heads[log.replica] = log.received.sequence }
        var written: [MemberID: [ReplicaID]] = [:]
        for (replica, author) in roster.authors {
            guard let member = roster.members[author], member.kind != .relay else { continue }
            written[author, default: []].append(replica)
        }
        for (author, replicas) in written {
            let replicas = replicas.sorted()
            for replica in replicas {
                let head = heads[replica] ?? 0
                let successor = head == 0 ? nil : replicas.first { other in
                    other != replica && clocks[other][replica]?.sequence ?? 0 >= head && clocks[replica][other] == nil
                }
                if let successor { replaced[replica] = successor } else { logs[author, default: []].append(replica) }
            }
        }
    }
}

extension LogClocks {
    /// The last change set merged of a log that is no acknowledgement. Where that is not known, the last one.
    func said(_ log: ReplicaProgress) -> UInt64 {
        guard let end = end(of: log.replica) else { return log.merged }
        return min(end.said ?? log.base, log.merged)
    }
}

extension SeenClock {
    /// What was seen, by the names that logs have now.
    ///
    /// Where it cannot be told which branch of a forked log was meant, only what all of them have in common counts.
    fileprivate func clock(in forks: LogForks, place: (TaggedClockEntry) -> ReplicaID?) -> VersionVector {
        if forks.isEmpty { return numbers }
        var clock = VersionVector()
        for entry in entries {
            var (log, last) = (entry.replica, entry.sequence)
            if let end = forks.end(of: log), last > end {
                if let branch = place(entry) { log = branch } else { last = end }
            }
            for piece in forks.clock(of: log, through: last) { clock.advance(piece.replica, to: piece.sequence) }
        }
        return clock
    }
}

extension Turn {
    /// What all members have, as of this turn.
    var stability: Stability {
        let names = names
        return Stability(
            logs: transaction.progress(), roster: node.state.roster, clocks: node.state.logClocks, forks: node.state.forks,
            // What cannot be read counts as not held: the cut is then lower than it might be.
            place: { (try? names.place(of: $0)).flatMap { $0 } })
    }
}

extension OfficeNode {
    /// What all members have, as of the last transaction. A relay cannot know it: it reads nobody's word.
    public var stability: Stability {
        let logs = store.progress
        let heads = Dictionary(uniqueKeysWithValues: logs.map { ($0.replica, $0.received.sequence) })
        let names = makeReader().names(heads: heads)
        return Stability(
            logs: logs, roster: state.roster, clocks: state.logClocks, forks: state.forks,
            // As in a turn.
            place: { (try? names.place(of: $0)).flatMap { $0 } })
    }
}

extension InboxReader {
    /// Finds the names that change sets have now.
    func names(heads: [ReplicaID: UInt64]) -> ForkedNames {
        ForkedNames(
            forks: forks, head: { heads[$0] ?? 0 },
            hash: { dot in
                let log = forks.pieces(of: dot.replica, from: dot.sequence, through: dot.sequence).first?.log ?? dot.replica
                return try store.logRow(at: Dot(log, dot.sequence))?.hash
            })
    }
}
