import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

/// Reads a consistent copy of a replica, a slice at a time, while its node goes on.
///
/// Logs only grow, so a copy is consistent as soon as it is fixed how far each goes; every slice is then a short read of its own
/// that keeps nobody waiting and holds no log file open. What a node may use once is left out: its replica, so that the copy
/// cannot write as that replica, and its invitations.
public struct BackupReading {
    /// About how many bytes a slice has; a change set that is larger has one of its own.
    public static let sliceBytes = 256 * 1024

    /// What the backup says about itself.
    public let header: BackupHeader
    /// How many change sets there are in all.
    public var changeSetCount: UInt64 { summary.changeSets }

    private let reader: InboxReader
    private var summary: BackupSummary
    private var opening: [BackupRecord]
    private let roster: [RosterRow]
    private var log = 0
    private var sequence: UInt64 = 0
    private var stage = Stage.opening

    private enum Stage { case opening, logs, roster, end, done }

    /// Fixes what the copy holds.
    ///
    /// - Parameters:
    ///   - reader: Reads the replica; made by its node.
    ///   - identity: The bytes of the file with the member's secret keys, where they are to be in the copy.
    ///   - now: Wall time in milliseconds since 1970.
    public init(_ reader: InboxReader, identity: [UInt8]?, now: Int64) throws {
        self.reader = reader
        guard let member = try reader.store.setting(NodeSettings.memberKey) else { throw NodeError.notFounded }
        let (digest, progress) = try LogicalDigest.state(reader.store)
        let held = VersionVector(
            ascending: progress.filter { $0.received.sequence > 0 }.map { VersionVector.Entry($0.replica, $0.received.sequence) })
        header = BackupHeader(
            group: reader.group, member: MemberID(try Digest(copying: member)), madeAt: now,
            clockDigest: ClockDigest.digest(of: progress.map(\.received)), hasIdentity: identity != nil)
        summary = BackupSummary(
            logs: held.entries.map { .init(replica: $0.replica, changeSets: $0.sequence) }, slices: 0, digest: digest,
            merged: VersionVector(
                ascending: progress.filter { $0.merged > 0 }.map { VersionVector.Entry($0.replica, $0.merged) }))
        opening = try reader.store.settings(prefix: "").filter { NodeSettings.isKeptInBackups($0.key) }.map {
            .setting(key: $0.key, value: $0.value)
        }
        if let identity { opening.append(.identity(identity)) }
        roster = try reader.store.roster().filter { held.covers($0.dot) }
    }

    /// The next slice; nil after the last, which is the one of which `isLast` is true.
    public mutating func next() throws -> (bytes: [UInt8], isLast: Bool)? {
        var writer = ByteWriter(capacity: Self.sliceBytes + 4096)
        switch stage {
        case .opening:
            // Settings are few, but for a laptop that let many threads go.
            var count = 0
            while count < opening.count, writer.count < Self.sliceBytes {
                opening[count].encode(into: &writer)
                count += 1
            }
            opening.removeFirst(count)
            if opening.isEmpty { stage = .logs }
        case .logs: try writeLogs(to: &writer)
        case .roster:
            for row in roster { BackupRecord.roster(row.dot, row.bytes).encode(into: &writer) }
            stage = .end
        case .end:
            BackupRecord.end(summary).encode(into: &writer)
            stage = .done
            return (writer.bytes, true)
        case .done: return nil
        }
        summary.slices += 1
        return (writer.bytes, false)
    }

    private mutating func writeLogs(to writer: inout ByteWriter) throws {
        while writer.count < Self.sliceBytes {
            guard log < summary.logs.count else {
                stage = .roster
                return
            }
            let (replica, last) = (summary.logs[log].replica, summary.logs[log].changeSets)
            sequence = max(sequence, reader.forks.base(of: replica))
            if sequence == last {
                log += 1
                sequence = 0
                continue
            }
            BackupRecord.log(replica).encode(into: &writer)
            let rows = try reader.store.rows(
                of: replica, from: sequence + 1, bytesMax: Self.sliceBytes - writer.count,
                countMax: Int(clamping: min(last - sequence, 4096)))
            guard let end = rows.last, rows.first?.sequence == sequence + 1 else {
                throw NodeError(.inconsistent, "the log has lost change set \(replica):\(sequence + 1): run `suture log verify`")
            }
            for row in rows { BackupRecord.changeSet(row).encode(into: &writer) }
            sequence = end.sequence
        }
    }
}

extension NodeSettings {
    /// What belongs to one life on one machine: none of it may come back with a copy.
    static let hostPrefix = "host:"

    /// Whether a backup has that setting. Counters are made anew with the inbox.
    static func isKeptInBackups(_ key: String) -> Bool {
        ![replicaKey, newReplicaKey, JoinAttempt.settingKey, "message-count", "unknown-changes"].contains(key)
            && !key.hasPrefix(invitationPrefix) && !key.hasPrefix(hostPrefix)
    }
}
