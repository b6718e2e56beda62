public import Causality
import Vault

/// Which logs are branches of which: a log that was forked goes on as its branches, and each has a name of its own.
///
/// What is hashed, signed and sealed names the replica that the author wrote as, which is the origin; everything else (clocks, dots,
/// runs) the branch.
public struct LogOrigins: Hashable, Sendable {
    private let origins: [ReplicaID: ReplicaID]

    /// The origins of all branches; a log that is not named is its own.
    public init(_ origins: [ReplicaID: ReplicaID] = [:]) { self.origins = origins }

    /// As what the log of `replica` was written.
    public subscript(replica: ReplicaID) -> ReplicaID { origins.isEmpty ? replica : origins[replica] ?? replica }
}

extension ReplicaID {
    /// The name of the branch of `origin` whose first change set has the hash `first`: the same on every node, whatever else it knows.
    public init(branchOf origin: ReplicaID, from first: ChangeSetHash) {
        var writer = ByteWriter(capacity: 40)
        writer.fixed64(origin.rawValue)
        writer.hash(first)
        let digest = writer.withUnsafeBytes { Digest.hash(LogDomain.branch, $0) }
        self.init(digest.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) })
    }
}
