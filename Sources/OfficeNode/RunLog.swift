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

    /// What a run's header and its frame take at most, and an entry's tag and length.
    private static let headerBytesMax = 256
    private static let framingBytesMax = 5

    /// A frame with a run from `first` on. It ends at a change set whose signature is held, and within one epoch.
    func run(of replica: ReplicaID, from first: UInt64, through last: UInt64) throws -> SourcedRun? {
        guard first > 0, first <= last, let author = authors[replica] else { return nil }
        let wanted = Int(min(last - first + 1, UInt64(LogLimits.runEntriesMax)))
        // Where no signature is held within what was asked for, the run goes on to the next one: it came in with a whole run, which
        // was within the second limit.
        for (bytesMax, count) in [(LogLimits.runBytesGoal, wanted), (LogLimits.runBytesMax, LogLimits.runEntriesMax)] {
            let rows = try transaction.rows(of: replica, from: first, bytesMax: bytesMax, countMax: count)
            guard let epoch = rows.first?.epoch else { return nil }
            var room = LogLimits.runBytesMax - Self.headerBytesMax
            let fitting = rows.prefix { row in
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

    func tag(at dot: Dot) throws -> UInt32? {
        guard dot.sequence > 0 else { return nil }
        return try transaction.hash(at: dot)?.tag
    }
}

extension Turn {
    /// The log for the sync engine.
    var log: RunLog { RunLog(transaction: transaction, authors: node.state.roster.authors) }
}
