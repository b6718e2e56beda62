import Causality
public import ReplicaStore
public import Vault

/// The digest of everything a replica shows: equal on replicas that hold the same change sets, whatever order they came in.
public enum LogicalDigest {
    private static let domain = Domain("suture logical state v1")

    /// The digest of what `reader` shows, read in slices.
    public static func compute(_ reader: ReplicaReader) throws -> Digest {
        try state(reader).digest
    }

    /// The digest, and how far every log was received and merged in the state that it is of.
    static func state(_ reader: ReplicaReader) throws -> (digest: Digest, progress: [ReplicaProgress]) {
        var hashing = Hashing(domain)
        let progress = try reader.logicalBytes { hashing.update($0) }
        return (hashing.finalize(), progress)
    }
}
