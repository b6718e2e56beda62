import Causality
import InboxModel
import ReplicaStore
import Vault

/// One thing in a backup. A slice is records one after another.
enum BackupRecord {
    /// A setting of the node.
    case setting(key: String, value: [UInt8])
    /// The change sets that follow are of this log.
    case log(ReplicaID)
    /// The next change set of the log.
    case changeSet(StoredLogRow)
    /// Roster changes of a change set, in the order in which they were taken.
    case roster(Dot, [UInt8])
    /// The file with the member's secret keys.
    case identity([UInt8])
    /// The last record.
    case end(BackupSummary)
}

extension BackupRecord: CanonicalCodable {
    func encode(into writer: inout ByteWriter) {
        switch self {
        case .setting(let key, let value):
            writer.byte(1)
            writer.string(key)
            writer.string(value)
        case .log(let replica):
            writer.byte(2)
            writer.fixed64(replica.rawValue)
        case .changeSet(let row):
            writer.byte(3)
            writer.varint(row.sequence)
            row.hash.withUnsafeBytes { writer.raw($0) }
            writer.string(row.epoch)
            writer.string(row.body)
            writer.string(row.contents)
            writer.string(row.signature ?? [])
        case .roster(let dot, let bytes):
            writer.byte(4)
            dot.encode(into: &writer)
            writer.string(bytes)
        case .identity(let bytes):
            writer.byte(5)
            writer.string(bytes)
        case .end(let summary):
            writer.byte(6)
            writer.varint(UInt64(summary.logs.count))
            for log in summary.logs {
                writer.fixed64(log.replica.rawValue)
                writer.varint(log.changeSets)
            }
            writer.varint(summary.slices)
            writer.raw(summary.digest.bytes)
            summary.merged.encode(into: &writer)
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        switch try reader.byte() {
        case 1: self = .setting(key: try reader.text(), value: try reader.bytes())
        case 2: self = .log(ReplicaID(try reader.fixed64()))
        case 3: self = .changeSet(try Self.row(from: &reader))
        case 4: self = .roster(try Dot(from: &reader), try reader.bytes())
        case 5: self = .identity(try reader.bytes())
        case 6: self = .end(try Self.summary(from: &reader))
        default: throw reader.failure(.malformed("a record of an unknown kind"))
        }
    }

    private static func row(from reader: inout ByteReader) throws(ByteReader.Failure) -> StoredLogRow {
        let sequence = try reader.varint()
        let hash = ChangeSetHash(loading: try reader.slice(ChangeSetHash.byteCount))
        let (epoch, body, contents) = (try reader.bytes(), try reader.bytes(), try reader.bytes())
        let signature = try reader.bytes()
        return StoredLogRow(
            sequence: sequence, hash: hash, epoch: epoch, body: body, contents: contents,
            signature: signature.isEmpty ? nil : signature)
    }

    private static func summary(from reader: inout ByteReader) throws(ByteReader.Failure) -> BackupSummary {
        let count = try reader.count(elementSizeMinimum: 9)
        var logs: [BackupSummary.LogCount] = []
        for _ in 0..<count {
            logs.append(.init(replica: ReplicaID(try reader.fixed64()), changeSets: try reader.varint()))
        }
        return BackupSummary(
            logs: logs, slices: try reader.varint(), digest: try BackupHeader.digest(from: &reader),
            merged: try VersionVector(from: &reader))
    }
}
