import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

/// What the author of a log had merged, by the names that it knew: with tags, which say which history that was.
struct SeenClock: Sendable {
    /// Ascending by replica.
    private(set) var entries: [TaggedClockEntry] = []

    /// The numbers alone.
    var numbers: VersionVector { VersionVector(ascending: entries.map { VersionVector.Entry($0.replica, $0.sequence) }) }

    /// What was seen of a log, by its name then.
    subscript(replica: ReplicaID) -> TaggedClockEntry? {
        let index = position(of: replica)
        return index < entries.count && entries[index].replica == replica ? entries[index] : nil
    }

    /// Takes note of the clock of a change set, after those before it in its log. A whole clock takes the place of what was said before,
    /// so that reading may begin with it.
    mutating func advance(_ body: ChangeSetBody) {
        if body.isFullClock {
            entries = body.clock
            return
        }
        for entry in body.clock {
            let index = position(of: entry.replica)
            if index < entries.count && entries[index].replica == entry.replica {
                if entries[index].sequence < entry.sequence { entries[index] = entry }
            } else {
                entries.insert(entry, at: index)
            }
        }
    }

    /// Index of the first entry whose replica is not below `replica`.
    private func position(of replica: ReplicaID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].replica < replica { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What the author of each log had merged when it wrote what is merged of it here: the sum of the clock entries that its change
/// sets carry.
///
/// A context that names more than that is a lie: replicas that merge it before what it names would show something else than those
/// that merge it after. So such a change set is set aside, on every node alike, because its log alone decides. Names are taken as the
/// author wrote them, whatever became of those logs since.
struct LogClocks: Sendable {
    private var clocks: [ReplicaID: SeenClock] = [:]
    private var ends: [ReplicaID: LogEnd] = [:]

    /// What the author of the log `replica` had merged.
    subscript(replica: ReplicaID) -> SeenClock {
        get { clocks[replica] ?? SeenClock() }
        set { clocks[replica] = newValue }
    }

    /// Takes note of a change set, after those before it in its log.
    mutating func advance(_ body: ChangeSetBody, of replica: ReplicaID) { clocks[replica, default: SeenClock()].advance(body) }

    /// Forgets what the author of a log that is sealed had merged.
    mutating func forget(_ replica: ReplicaID) { clocks[replica] = nil }

    /// What the end of the log `replica` says; nil where it was not looked at.
    func end(of replica: ReplicaID) -> LogEnd? { ends[replica] }

    /// Takes note of the last change set of a log.
    mutating func note(_ entry: VerifiedEntry, of replica: ReplicaID) { ends[replica, default: LogEnd()].advance(entry) }

    /// Whether every context of a change set is within what its author had merged and written. Its own clock entries must have been taken
    /// note of.
    ///
    /// - Parameter origin: What the author calls its own log.
    func cover(_ set: ChangeSet, by origin: ReplicaID) -> Bool {
        let clock = clocks[set.dot.replica]
        return set.changes.allSatisfy { change in
            change.context.entries.allSatisfy { entry in
                if entry.replica == origin { return entry.sequence < set.dot.sequence }
                return entry.sequence <= clock?[entry.replica]?.sequence ?? 0
            }
        }
    }
}

extension LogClocks {
    /// Where to begin reading a log for what its author had merged before change set `sequence`: at the last full clock, which is in
    /// the first change set and in every 256th.
    static func start(before sequence: UInt64) -> UInt64 {
        max(1, (sequence - 1) / LogLimits.fullClockInterval * LogLimits.fullClockInterval)
    }

    /// Reads logs: stored change sets of one log from a number on, at most so many.
    typealias Rows = (_ log: ReplicaID, _ first: UInt64, _ countMax: Int) throws -> [StoredLogRow]

    /// The clocks of a replica that goes on: each log is read back to its last full clock.
    ///
    /// - Parameter sealed: Logs that are left out: nothing that they say is of use any more.
    init(_ store: ReplicaReader, without sealed: SealedTable, group: GroupID, epochs: [EpochID: EpochKey], forks: LogForks) throws {
        for progress in try store.progress() where progress.merged > 0 && !sealed.contains(progress.replica) {
            let rows: Rows = { try store.rows(of: $0, from: $1, bytesMax: .max, countMax: $2) }
            let log = progress.replica
            var (clock, end) = try Self.read(log, through: progress.merged, group: group, epochs: epochs, forks: forks, rows: rows)
            // An office that rests may have acknowledged others for weeks: what it said itself lies further back.
            var unread = Self.start(before: progress.merged + 1) - 1
            while end.said == nil, unread > progress.base {
                end.precede(try Self.read(log, through: unread, group: group, epochs: epochs, forks: forks, rows: rows).end)
                unread = Self.start(before: unread + 1) - 1
            }
            clocks[log] = clock
            ends[log] = end
        }
    }

    /// What the author of `log` had merged when it wrote change set `last`.
    static func clock(
        of log: ReplicaID, through last: UInt64, group: GroupID, epochs: [EpochID: EpochKey], forks: LogForks, rows: Rows
    ) throws -> SeenClock {
        try read(log, through: last, group: group, epochs: epochs, forks: forks, rows: rows).clock
    }

    /// What the end of `log` up to change set `last` tells.
    private static func read(
        _ log: ReplicaID, through last: UInt64, group: GroupID, epochs: [EpochID: EpochKey], forks: LogForks, rows: Rows
    ) throws -> (clock: SeenClock, end: LogEnd) {
        let opener = ChangeSetOpener(group: group, origins: forks.origins)
        var clock = SeenClock()
        var end = LogEnd()
        for piece in forks.pieces(of: log, from: start(before: last + 1), through: last) {
            let base = forks.base(of: piece.log)
            // With the one before it, whose hash is needed to open the first.
            let begin = max(base + 1, piece.first - 1)
            var previous = forks.branches[piece.log]?.base.hash ?? .zero
            for row in try rows(piece.log, begin, Int(clamping: piece.last - begin + 1)) {
                if row.sequence >= piece.first {
                    let key = epochs[EpochID(try Digest(copying: row.epoch))]
                    let entry = try opener.verifiedEntry(LogEntry(row), replica: piece.log, previous: previous, key: key)
                    if let body = entry.body { clock.advance(body) }
                    end.advance(entry)
                }
                previous = row.hash
            }
        }
        return (clock, end)
    }
}

/// What the end of a log says, as far as it is merged.
struct LogEnd: Hashable, Sendable {
    /// The last change set that is no acknowledgement, and so is acknowledged by others; nil where none was found.
    private(set) var said: UInt64?
    /// When the last change set that holds anything sealed was written, by its author's clock.
    private(set) var writtenAt: HybridTimestamp?

    /// Takes note of the change set that follows those before.
    mutating func advance(_ entry: VerifiedEntry) {
        if !entry.isAcknowledgement { said = max(said ?? 0, entry.entry.sequence) }
        writtenAt = entry.body?.set.stamp.timestamp ?? writtenAt
    }

    /// Takes note of what was found of the log before.
    mutating func precede(_ earlier: LogEnd) {
        said = said ?? earlier.said
        writtenAt = writtenAt ?? earlier.writtenAt
    }
}

extension VerifiedEntry {
    /// Whether the change set says nothing but what its author has merged.
    ///
    /// Acknowledgements are not acknowledged: else two idle nodes would answer each other for ever.
    var isAcknowledgement: Bool { rosterChanges == nil && body?.set.changes.isEmpty == true }
}
