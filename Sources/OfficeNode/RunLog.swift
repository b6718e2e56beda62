import Causality
import ChangeLog
import ReplicaStore
import SyncEngine
import Vault

/// The log as the sync engine sees it during one transaction: a source of runs.
///
/// Holds copies of what it needs of the node's state, so that the engine can be changed in place while it reads.
struct RunLog: RunSource {
    let transaction: ReplicaTransaction
    let authors: [ReplicaID: MemberID]
    let forks: LogForks

    /// What a run's header and its frame take at most, and an entry's tag and length.
    private static let headerBytesMax = 256
    private static let framingBytesMax = 5

    /// A frame with a run from `first` on. It ends at a change set whose signature is held, and within one epoch.
    ///
    /// Where a log is forked, the signature of its end may be that of a change set in a branch. The run goes on to there: who lacks the end
    /// of the log cannot know of the fork yet, and holds one history of the log, as it would have before.
    func run(of replica: ReplicaID, from first: UInt64, through last: UInt64) throws -> SourcedRun? {
        guard first > 0, first <= last, let author = authors[replica] else { return nil }
        let wanted = Int(min(last - first + 1, UInt64(LogLimits.runEntriesMax)))
        // Where no signature is held within what was asked for, the run goes on to the next one: it came in with a whole run, which
        // was within the second limit.
        for (bytesMax, count) in [(LogLimits.runBytesGoal, wanted), (LogLimits.runBytesMax, LogLimits.runEntriesMax)] {
            let rows = try rows(of: replica, from: first, bytesMax: bytesMax, countMax: count)
            guard let epoch = rows.first?.epoch else { return nil }
            var room = LogLimits.runBytesMax - Self.headerBytesMax
            let whole = try rows.prefix { try LogEntry($0).holdsAllContents }
            let fitting = whole.prefix { row in
                room -= row.body.count + row.contents.count + Self.framingBytesMax
                return row.epoch == epoch && room >= 0
            }
            let signed = fitting.indices.filter { rows[$0].signature != nil }
            let end = signed.last { $0 < wanted } ?? signed.first
            guard let end, let signature = rows[end].signature else { continue }
            var writer = RunWriter()
            for row in fitting[...end] { writer.add(sequence: row.sequence, body: row.body, contents: row.contents) }
            let header = RunHeader(
                replica: replica, author: author, first: first, epoch: EpochID(try Digest(copying: epoch)),
                signature: try Signature(copying: signature))
            return SourcedRun(frame: writer.frame(header), last: writer.last)
        }
        return nil
    }

    /// Whether a change set is held here without contents that were let go.
    func lacksContents(at dot: Dot) throws -> Bool {
        guard let row = try transaction.row(at: dot) else { return false }
        return try !LogEntry(row).holdsAllContents
    }

    /// Rows of a log, and where it ends without a signature because it is forked those of a branch behind them.
    private func rows(of replica: ReplicaID, from first: UInt64, bytesMax: Int, countMax: Int) throws -> [StoredLogRow] {
        let rows = try transaction.rows(of: replica, from: first, bytesMax: bytesMax, countMax: countMax)
        guard let end = forks.end(of: replica), let last = rows.last, last.sequence == end, last.signature == nil else { return rows }
        for branch in forks.branches(leaving: replica) {
            let more = try self.rows(of: branch.id, from: end + 1, bytesMax: LogLimits.runBytesMax, countMax: LogLimits.runEntriesMax)
            if more.contains(where: { $0.signature != nil }) { return rows + more }
        }
        return rows
    }

    func tag(at dot: Dot) throws -> UInt32? {
        guard dot.sequence > 0 else { return nil }
        return try transaction.hash(at: dot)?.tag
    }

    /// What the author signed of the history that is held from change set `first` on, as far as the next signature.
    func branch(of replica: ReplicaID, from first: UInt64) throws -> [UInt8]? {
        let rows = try rows(of: replica, from: first, bytesMax: LogLimits.runBytesMax, countMax: LogLimits.runEntriesMax)
        guard rows.first?.sequence == first, let author = authors[replica], let end = rows.firstIndex(where: { $0.signature != nil }),
            let signature = rows[end].signature, rows[...end].allSatisfy({ $0.epoch == rows[0].epoch })
        else { return nil }
        var previous = ChangeSetHash.zero
        if let branch = forks.branches[replica], branch.base.sequence == first - 1 {
            previous = branch.base.hash
        } else if first > 1 {
            guard let hash = try transaction.hash(at: Dot(replica, first - 1)) else { return nil }
            previous = hash
        }
        let bytes = try LogBranch(
            origin: forks.origins[replica], author: author, previous: previous, epoch: EpochID(try Digest(copying: rows[0].epoch)),
            signature: try Signature(copying: signature), entries: rows[...end].map { LogEntry($0) }
        ).bytes
        return bytes.count <= LogBranch.bytesMax ? bytes : nil
    }
}

extension Turn {
    /// The log for the sync engine.
    var log: RunLog { RunLog(transaction: transaction, authors: node.state.roster.authors, forks: node.state.forks) }
}
