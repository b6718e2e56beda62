public import Causality
public import Vault

/// The digest by which two nodes see in one round trip that nothing differs.
public enum ClockDigest {
    /// The digest of how far every log is held and which history that is: over count, then for each head, ascending by replica,
    /// the replica (8 bytes), the sequence (8 bytes) and the hash (32 bytes). Empty logs are left out.
    public static func digest(of heads: some Sequence<LogHead>) -> Digest { digest(LogDomain.clock, of: heads) }

    /// The digest that names sealed logs, as 32 bytes: the same, under a label of its own.
    public static func sealedBytes(of heads: some Sequence<LogHead>) -> [UInt8] { digest(LogDomain.sealedLogs, of: heads).bytes }

    private static func digest(_ domain: Domain, of heads: some Sequence<LogHead>) -> Digest {
        let held = heads.filter { $0.sequence > 0 }.sorted { $0.replica < $1.replica }
        var writer = ByteWriter(capacity: 8 + held.count * 48)
        writer.fixed64(UInt64(held.count))
        for head in held {
            writer.fixed64(head.replica.rawValue)
            writer.fixed64(head.sequence)
            writer.hash(head.hash)
        }
        return writer.withUnsafeBytes { Digest.hash(domain, $0) }
    }

    /// The same as 32 bytes, as frames carry it.
    public static func bytes(of heads: some Sequence<LogHead>) -> [UInt8] { digest(of: heads).bytes }
}
