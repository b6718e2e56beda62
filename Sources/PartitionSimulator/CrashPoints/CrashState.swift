import Causality
import OfficeNode
import ReplicaStore
import Vault

/// What a replica holds, in a form that two moments can be compared by.
struct CrashState: Hashable {
    /// How far every log is received, merged and indexed.
    let progress: [ReplicaProgress]
    /// What it shows.
    let digest: Digest
    /// The node's own settings that a turn changes: its clock and the invitations that are open.
    let settings: [[UInt8]]

    init(_ store: ReplicaStore) throws {
        progress = try store.reader.progress()
        digest = try LogicalDigest.compute(store.reader)
        settings = try ["clock", "invitation:"].flatMap { prefix in
            try store.reader.settings(prefix: prefix).flatMap { [Array($0.key.utf8), $0.value] }
        }
    }
}

extension CrashState: CustomStringConvertible {
    /// Numbers and hashes, for a finding.
    var description: String {
        let logs = progress.map { "\($0.replica) \($0.received.sequence)/\($0.merged)/\($0.indexed)" }.joined(separator: ", ")
        return "[\(logs)] digest \(digest.description.prefix(12)), \(settings.count) settings"
    }
}
