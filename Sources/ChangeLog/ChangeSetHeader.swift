public import Causality
public import Vault

/// What a change set's hash is over: fixed fields in a fixed order, so that a receiver computes the same bytes.
///
/// Not sent inside a run: all of it follows from the run's own fields, the entry, and the change set before.
public struct ChangeSetHeader: Hashable, Sendable {
    /// The group.
    public var group: GroupID
    /// Whose log, and which number in it.
    public var dot: Dot
    /// Hash of the change set before; zero for the first.
    public var previous: ChangeSetHash
    /// The epoch that the changes are sealed under.
    public var epoch: EpochID
    /// Digest of the roster changes, or zero where there are none.
    public var rosterDigest: Digest
    /// Digest of the sealed changes, or zero where there are none.
    public var changesDigest: Digest
    /// Digests of the sealed contents, in order.
    public var contentDigests: [Digest]

    /// The format version, first byte of the header.
    public static let version: UInt8 = 1

    /// A header from its fields.
    public init(
        group: GroupID, dot: Dot, previous: ChangeSetHash, epoch: EpochID, rosterDigest: Digest = .zero,
        changesDigest: Digest = .zero, contentDigests: [Digest] = []
    ) {
        self.group = group
        self.dot = dot
        self.previous = previous
        self.epoch = epoch
        self.rosterDigest = rosterDigest
        self.changesDigest = changesDigest
        self.contentDigests = contentDigests
    }

    /// Appends the header's bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.byte(Self.version)
        writer.digest(group.digest)
        writer.fixed64(dot.replica.rawValue)
        writer.fixed64(dot.sequence)
        writer.hash(previous)
        writer.digest(epoch.digest)
        writer.digest(rosterDigest)
        writer.digest(changesDigest)
        writer.fixed16(UInt16(truncatingIfNeeded: contentDigests.count))
        for digest in contentDigests { writer.digest(digest) }
    }

    /// The change set's hash. `scratch` is emptied and reused, so that hashing a run allocates nothing.
    public func hash(scratch: inout ByteWriter) -> ChangeSetHash {
        scratch.removeAll()
        encode(into: &scratch)
        return ChangeSetHash(scratch.withUnsafeBytes { Digest.hash(LogDomain.changeSet, $0) })
    }

    /// Replaces `scratch` by the associated data that the changes of this change set are sealed with: everything that is
    /// known before sealing.
    func writeChangesSeal(into scratch: inout ByteWriter) {
        scratch.removeAll()
        scratch.raw(LogDomain.changesSeal.bytes)
        scratch.digest(group.digest)
        scratch.fixed64(dot.replica.rawValue)
        scratch.fixed64(dot.sequence)
        scratch.hash(previous)
        scratch.digest(epoch.digest)
    }
}

extension ByteWriter {
    mutating func digest(_ value: Digest) { value.withUnsafeBytes { raw($0) } }
    mutating func hash(_ value: ChangeSetHash) { value.withUnsafeBytes { raw($0) } }
}

extension ChangeSetHash {
    /// The hash that `digest` is.
    public init(_ digest: Digest) { self = digest.withUnsafeBytes { ChangeSetHash(loading: $0) } }

    /// The hash as a digest, to be signed.
    public var digest: Digest {
        get throws(VaultError) {
            try withUnsafeBytes { buffer throws(VaultError) in try Digest(copying: buffer) }
        }
    }
}
