import Causality
import ChangeLog
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Vault

extension SimulatedFrame {
    /// Whether the frame is a run of that log.
    func carries(_ replica: ReplicaID) -> Bool {
        guard let range = RunReader.runRange(in: bytes) else { return false }
        return (try? RunReader.header(of: bytes, in: range).replica) == replica
    }
}

extension SimulatedNode {
    /// What the node has of a log.
    func progress(_ replica: ReplicaID) -> (received: UInt64, merged: UInt64) {
        store.progress.first { $0.replica == replica }.map { ($0.received.sequence, $0.merged) } ?? (0, 0)
    }

    /// The number of the last change set that the node holds of a log.
    func held(_ replica: ReplicaID) -> UInt64 { progress(replica).received }
}

/// A run of stored rows, as a peer would send it. The last row must have its signature.
func run(of replica: ReplicaID, rows: [StoredLogRow], author: SimulatedNode) throws -> [UInt8] {
    var writer = RunWriter()
    for row in rows { writer.add(sequence: row.sequence, body: row.body, contents: row.contents) }
    guard let first = rows.first, let signature = rows.last?.signature else { return [] }
    return writer.frame(
        RunHeader(
            replica: replica, author: author.identity.member, first: first.sequence,
            epoch: EpochID(try Digest(copying: first.epoch)), signature: try Signature(copying: signature)))
}

/// A key that is nobody's.
func stranger() throws -> CurvePublicKey { try CurveKeyPair(secret: [UInt8](repeating: 7, count: 32)).publicKey }
