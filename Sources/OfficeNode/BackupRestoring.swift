import Causality
import ChangeLog
import InboxModel
public import ReplicaStore
import Vault

/// Puts a backup into an empty replica, a slice at a time. The replica must begin a new log before it writes anything.
///
/// Ordering duty: slices in the order in which they were read; whoever gives them has authenticated them. Until `finish` has
/// returned, the replica is half a copy and is to be thrown away.
public struct BackupRestoring {
    /// The file with the member's secret keys, where the backup has it.
    public private(set) var identity: [UInt8]?

    private let store: ReplicaStore
    private let header: BackupHeader
    private var replica: ReplicaID?
    private var slices: UInt64 = 0
    private var summary: BackupSummary?

    /// Begins to fill `store`. Throws `NodeError.Code.alreadyFounded` unless it is empty.
    public init(_ store: ReplicaStore, header: BackupHeader) throws {
        try Founding.requireEmpty(store)
        self.store = store
        self.header = header
    }

    /// Takes the next slice. Throws `NodeError.Code.inconsistent` where it is not one of a backup.
    public mutating func take(_ slice: [UInt8]) throws {
        let records: [BackupRecord]
        do {
            records = try Self.records(slice)
        } catch {
            throw NodeError(.inconsistent, "slice \(slices + 1) of the backup cannot be read: \(error)")
        }
        try store.write(.normal) { transaction in
            for record in records { try take(record, transaction) }
        }
        if summary == nil { slices += 1 }
    }

    /// Ends the restoring: everything must have come. Says what there is.
    public mutating func finish() throws -> BackupSummary {
        guard let summary else { throw NodeError(.inconsistent, "the backup ends before it is complete") }
        let held = store.progress.filter { $0.received.sequence > 0 }.map {
            BackupSummary.LogCount(replica: $0.replica, changeSets: $0.received.sequence)
        }
        guard held == summary.logs, slices == summary.slices else {
            throw NodeError(.inconsistent, "the backup holds another number of change sets than it says")
        }
        let digest = ClockDigest.digest(of: store.progress.map(\.received))
        guard digest == header.clockDigest, try store.reader.setting(NodeSettings.groupKey) == header.group.bytes,
            try store.reader.setting(NodeSettings.memberKey) == header.member.bytes
        else { throw NodeError(.inconsistent, "the backup is of another group, member or state than it says") }
        let when = "made at \(header.madeAt) ms since 1970"
        try store.write(.full) {
            try $0.set(NewReplicaReason(.restored, when).bytes, for: NodeSettings.newReplicaKey)
        }
        return summary
    }

    private static func records(_ slice: [UInt8]) throws(ByteReader.Failure) -> [BackupRecord] {
        let result = slice.withUnsafeBytes { buffer in
            Result { () throws(ByteReader.Failure) in
                var reader = ByteReader(buffer)
                var records: [BackupRecord] = []
                while !reader.isAtEnd { records.append(try BackupRecord(from: &reader)) }
                return records
            }
        }
        return try result.get()
    }

    private mutating func take(_ record: BackupRecord, _ transaction: ReplicaTransaction) throws {
        if summary != nil { throw NodeError(.inconsistent, "the backup goes on after its end") }
        switch record {
        case .setting(let key, let value):
            // What may not be in a backup is not taken from one either.
            if NodeSettings.isKeptInBackups(key) { try transaction.set(value, for: key) }
            for branch in LogForks([(key, value)]).branches.values where key == branch.settingKey {
                try transaction.beginBranch(branch.base)
            }
        case .log(let replica): self.replica = replica
        case .changeSet(let row):
            guard let replica else { throw NodeError(.inconsistent, "the backup has a change set of no log") }
            let entry = LogRow(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            try transaction.append(
                CollectionOfOne(entry), of: replica, epoch: row.epoch, signature: row.signature.map { (row.sequence, $0) })
        case .roster(let dot, let bytes): try transaction.addRoster(dot, bytes)
        case .identity(let bytes): identity = bytes
        case .end(let summary): self.summary = summary
        }
    }
}

extension OfficeNode {
    /// Merges everything that a restored replica holds, verifies every log, and compares what it shows with what the backup says
    /// the node showed. Throws `NodeError.Code.inconsistent` where something differs.
    ///
    /// - Parameter report: Is told now and then how many change sets were merged.
    public func checkRestored(_ summary: BackupSummary, progress report: (UInt64) -> Void = { _ in }) throws -> LogVerification {
        let verification = try makeReader().verifyLogs()
        if let log = verification.logs.first(where: { $0.fault != nil }) {
            throw NodeError(.inconsistent, "the log \(log.replica) in the backup is not sound: \(log.fault ?? "")")
        }
        let digest = try rebuild(progress: report).after
        let merged = VersionVector(
            ascending: store.progress.filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) })
        // What waited to be merged when the backup was made may be merged now; then there is nothing to compare.
        if merged == summary.merged && digest != summary.digest {
            throw NodeError(
                .inconsistent,
                "what the backup's logs show is not what the node showed: run `suture log rebuild` at the node and make another backup")
        }
        return verification
    }
}
