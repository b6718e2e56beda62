import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

/// Opening of thread keys and of what is sealed under them.
enum ContentKeys {
    /// The content key that lies at `reference`, in the log row `row`.
    static func open(
        _ reference: ContentReference, row: StoredLogRow, opener: ChangeSetOpener, epochs: [EpochID: EpochKey]
    ) throws -> ContentKey {
        guard let epoch = epochs[EpochID(try Digest(copying: row.epoch))] else {
            throw LogError(.missingKey, "the epoch key of change set \(reference.dot) was not granted to this node")
        }
        var bytes = try opener.content(
            reference.index, of: LogEntry(row), replica: reference.dot.replica, key: .epoch(epoch))
        defer { SecretMemory.wipe(&bytes) }
        return try bytes.withUnsafeBytes { try ContentKey(copying: $0) }
    }

    /// The text that lies at `reference`, in the log row `row`.
    static func text(
        _ reference: ContentReference, row: StoredLogRow, opener: ChangeSetOpener, key: ContentKey
    ) throws -> String {
        let bytes = try opener.content(
            reference.index, of: LogEntry(row), replica: reference.dot.replica, key: .thread(key))
        return String(decoding: bytes, as: UTF8.self)
    }
}
