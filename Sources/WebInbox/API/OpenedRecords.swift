import InboxModel
import Synchronization

/// The patients whose records an emergency opened to a program, by its token. A browser's session remembers its own; a token has none.
/// Kept in memory: with the node's process the emergency ends.
final class OpenedRecords: Sendable {
    private let records = Mutex<[TokenID: [PatientID: Int64]]>([:])

    /// Opens a patient's record to whoever holds the token, until then (milliseconds since 1970).
    func open(_ patient: PatientID, to token: TokenID, until: Int64) {
        records.withLock { $0[token, default: [:]][patient] = until }
    }

    /// What is open to a token, and until when. What has ended is forgotten.
    func records(of token: TokenID, now: Int64) -> [PatientID: Int64] {
        records.withLock { records in
            guard let opened = records[token] else { return [:] }
            let left = opened.filter { $0.value > now }
            records[token] = left.isEmpty ? nil : left
            return left
        }
    }
}
