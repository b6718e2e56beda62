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

    /// The text that lies at `reference`, in `entry`, sealed under one of `keys`. Keys that were made while apart have one tag, and
    /// only messages name theirs, so each is tried; nearly every thread has one.
    static func text(
        _ reference: ContentReference, in entry: LogEntry, opener: ChangeSetOpener, keys: [ContentKey]
    ) throws -> String {
        var failure = LogError(.missingKey, "no key that content \(reference.index) of \(reference.dot) is sealed under is here")
        for key in keys {
            do {
                let bytes = try opener.content(
                    reference.index, of: entry, replica: reference.dot.replica, key: .thread(key))
                return String(decoding: bytes, as: UTF8.self)
            } catch {
                failure = error
                if error.code != .cannotOpen { break }
            }
        }
        throw failure
    }
}
