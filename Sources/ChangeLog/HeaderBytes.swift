import Causality
import Vault

/// The header bytes of one log's change sets, one change set after another, in memory that is used again: only what differs
/// from the change set before is written. What `ChangeSetHeader` is for one change set, this is for thousands of a run.
struct HeaderBytes {
    // Where the fields of `ChangeSetHeader` lie.
    private static let sequence = 41
    private static let roster = 113
    /// Where what differs in a log's headers beyond number and predecessor begins.
    static let linkOffset = roster
    private static let changes = 145
    private static let contentCount = 177
    private static let fixedCount = 179

    private let replica: ReplicaID
    private let epoch: EpochID
    /// The header, with room for as many contents as there may be.
    private var header: [UInt8]
    /// Associated data of the sealed changes: domain, then the header's fields from the group to the epoch.
    private var seal: [UInt8]
    private let sealOffset: Int

    /// For the change sets that `replica` seals in `group` under `epoch`.
    init(group: GroupID, replica: ReplicaID, epoch: EpochID) {
        self.replica = replica
        self.epoch = epoch
        let dot = Dot(replica, 0)
        let fields = ChangeSetHeader(group: group, dot: dot, previous: .zero, epoch: epoch)
        var writer = ByteWriter(capacity: Self.fixedCount + LogLimits.contentsMax * Digest.byteCount)
        fields.encode(into: &writer)
        header = writer.bytes + [UInt8](repeating: 0, count: LogLimits.contentsMax * Digest.byteCount)
        fields.writeChangesSeal(into: &writer)
        seal = writer.bytes
        // The byte of the version is not part of the seal, the domain is not part of the header.
        sealOffset = LogDomain.changesSeal.bytes.count - 1
    }

    /// Whether these are the headers of `replica` under `epoch`.
    func isFor(_ replica: ReplicaID, _ epoch: EpochID) -> Bool { self.replica == replica && self.epoch == epoch }

    /// The hash of change set `sequence`, which follows `before` and has `parts`.
    mutating func hash(
        of parts: EntryParts, at sequence: UInt64, after before: ChangeSetHash
    ) throws(ByteReader.Failure) -> ChangeSetHash {
        header.withUnsafeMutableBytes { Self.place(sequence, before, in: $0, at: Self.sequence) }
        put(parts.roster.map { Digest.hash(LogDomain.rosterDigest, $0) } ?? .zero, at: Self.roster)
        put(parts.changes.map { Digest.hash(LogDomain.changesDigest, $0) } ?? .zero, at: Self.changes)
        header[Self.contentCount] = UInt8(parts.contentCount >> 8)
        header[Self.contentCount + 1] = UInt8(parts.contentCount & 0xFF)
        var end = Self.fixedCount
        var contents = parts.contents
        while let content = try contents.next() {
            put(content.digest, at: end)
            end += Digest.byteCount
        }
        let digest = header.withUnsafeBytes {
            Digest.hash(LogDomain.changeSet, UnsafeRawBufferPointer(rebasing: $0[..<end]))
        }
        return ChangeSetHash(digest)
    }

    /// Calls `body` with the associated data of the changes of change set `sequence`, which follows `before`.
    mutating func withChangesSeal<Value>(
        _ sequence: UInt64, after before: ChangeSetHash, _ body: (UnsafeRawBufferPointer) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        let offset = Self.sequence + sealOffset
        return try seal.withUnsafeMutableBufferPointer { seal throws(LogError) in
            let bytes = UnsafeMutableRawBufferPointer(seal)
            Self.place(sequence, before, in: bytes, at: offset)
            return try body(UnsafeRawBufferPointer(bytes))
        }
    }

    private mutating func put(_ digest: Digest, at offset: Int) {
        header.withUnsafeMutableBytes { header in
            digest.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: header[offset...]).copyMemory(from: $0) }
        }
    }

    @inline(__always)
    private static func place(
        _ sequence: UInt64, _ before: ChangeSetHash, in bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) {
        bytes.storeBytes(of: sequence.bigEndian, toByteOffset: offset, as: UInt64.self)
        let (first, second, third, fourth) = before.words
        bytes.storeBytes(of: first.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        bytes.storeBytes(of: second.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        bytes.storeBytes(of: third.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
        bytes.storeBytes(of: fourth.bigEndian, toByteOffset: offset + 32, as: UInt64.self)
    }
}
