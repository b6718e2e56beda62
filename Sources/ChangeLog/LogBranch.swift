public import Causality
public import Vault

/// One history of a log from a number on, signed by its author: what two of, with one change set before them, prove a fork.
///
/// It goes as far as the next change set whose signature is at hand, and needs no trust in whoever shows it.
public struct LogBranch: Hashable, Sendable {
    /// What a header says behind the fields that follow from the branch: digests of the roster changes, of the sealed changes and of
    /// the contents.
    public struct Link: Hashable, Sendable {
        fileprivate let bytes: [UInt8]

        /// The end of a header. Throws `.malformed` where it is none.
        public init(_ bytes: [UInt8]) throws(LogError) {
            let fixed = 2 * Digest.byteCount + 2
            guard bytes.count >= fixed, bytes.count == fixed + (Int(bytes[fixed - 2]) << 8 | Int(bytes[fixed - 1])) * Digest.byteCount,
                bytes.count <= fixed + LogLimits.contentsMax * Digest.byteCount
            else { throw LogError(.malformed, "a branch of a log with a header that is cut off or too long") }
            self.bytes = bytes
        }
    }

    /// As what the log was written.
    public let origin: ReplicaID
    /// The member that wrote it.
    public let author: MemberID
    /// Number of the branch's first change set.
    public let first: UInt64
    /// Hash of the change set before it; zero where it is number 1.
    public let previous: ChangeSetHash
    /// The epoch of its change sets.
    public let epoch: EpochID
    /// The author's signature of the hash of the last link.
    public let signature: Signature
    /// Its change sets, in order.
    public let links: [Link]

    /// A branch from its parts.
    public init(
        origin: ReplicaID, author: MemberID, first: UInt64, previous: ChangeSetHash, epoch: EpochID, signature: Signature, links: [Link]
    ) {
        self.origin = origin
        self.author = author
        self.first = first
        self.previous = previous
        self.epoch = epoch
        self.signature = signature
        self.links = links
    }

    /// Checks the branch and says the hash of its first change set. Throws `.badSignature`, or `.malformed` where its numbers are
    /// impossible.
    ///
    /// - Parameter key: The key of `author`; that it is the log's author is the caller's to know.
    public func verify(in group: GroupID, key: SigningPublicKey) throws(LogError) -> ChangeSetHash {
        guard first > 0, first < 1 << 48, (first == 1) == (previous == .zero), !links.isEmpty, links.count <= LogLimits.runEntriesMax
        else { throw LogError(.malformed, "a branch of log \(origin) from number \(first) with \(links.count) change sets") }
        var hash = previous
        var start = ChangeSetHash.zero
        for (index, link) in links.enumerated() {
            let dot = Dot(origin, first + UInt64(index))
            var writer = ByteWriter(capacity: 256)
            ChangeSetHeader(group: group, dot: dot, previous: hash, epoch: epoch).encode(into: &writer)
            let bytes = writer.bytes.prefix(HeaderBytes.linkOffset) + link.bytes
            hash = ChangeSetHash(Digest.hash(LogDomain.changeSet, Array(bytes)))
            if index == 0 { start = hash }
        }
        do throws(VaultError) {
            try key.verify(signature, LogDomain.changeSetSignature, try hash.digest)
        } catch {
            throw LogError(.badSignature, "a branch of log \(origin) from number \(first) lacks its author's signature")
        }
        return start
    }
}

extension LogBranch {
    /// The most bytes of a branch in a frame: two of them fit into one.
    public static let bytesMax = 180 * 1024

    /// The branch that begins with the first of `entries`, which are consecutive and of one epoch, and ends with the last of them.
    /// Throws where they break the format.
    public init(
        origin: ReplicaID, author: MemberID, previous: ChangeSetHash, epoch: EpochID, signature: Signature, entries: [LogEntry]
    ) throws(LogError) {
        var links: [Link] = []
        for entry in entries { links.append(try Link(ChangeSetHeader.link(of: entry))) }
        self.init(
            origin: origin, author: author, first: entries.first?.sequence ?? 0, previous: previous, epoch: epoch, signature: signature,
            links: links)
    }

    /// The serialized `Branch` (`Protocol/suture/log.proto`).
    public var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 256 + links.count * 128)
        writer.littleEndian64(1, origin.rawValue)
        writer.data(2, author.bytes)
        writer.number(3, first)
        writer.data(4, previous.bytes)
        writer.data(5, epoch.digest.bytes)
        writer.data(6, signature.bytes)
        for link in links { writer.data(7, link.bytes) }
        return writer.bytes
    }

    /// Reads a serialized `Branch`. Throws `.malformed` or `.tooLarge`.
    public init(bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= Self.bytesMax else {
            throw LogError(.tooLarge, "a branch of \(bytes.count) bytes; the limit is \(Self.bytesMax)")
        }
        var fields = Fields()
        do throws(ByteReader.Failure) {
            try bytes.withUnsafeBufferPointer { buffer throws(ByteReader.Failure) in
                var reader = ByteReader(UnsafeRawBufferPointer(buffer))
                while let tag = try reader.nextField() { try fields.read(tag, &reader) }
            }
        } catch {
            throw LogError.malformed("a branch of a log", error)
        }
        guard let origin = fields.origin, let author = fields.author, let previous = fields.previous, let epoch = fields.epoch,
            let signature = fields.signature
        else { throw LogError(.malformed, "a branch without log, author, predecessor, epoch or signature") }
        var links: [Link] = []
        for link in fields.links { links.append(try Link(link)) }
        self.init(
            origin: ReplicaID(origin), author: MemberID(author), first: fields.first, previous: ChangeSetHash(previous),
            epoch: EpochID(epoch), signature: signature, links: links)
    }

    /// The fields as far as they were read.
    private struct Fields {
        var origin: UInt64?
        var author: Digest?
        var first: UInt64 = 0
        var previous: Digest?
        var epoch: Digest?
        var signature: Signature?
        var links: [[UInt8]] = []

        mutating func read(_ tag: FieldTag, _ reader: inout ByteReader) throws(ByteReader.Failure) {
            switch tag.number {
            case 1: origin = try reader.littleEndian64(tag)
            case 2: author = try reader.fixedBytes(tag)
            case 3: first = try reader.number(tag)
            case 4: previous = try reader.fixedBytes(tag)
            case 5: epoch = try reader.fixedBytes(tag)
            case 6: signature = try reader.fixedBytes(tag)
            case 7: links.append(Array(try reader.delimited(tag)))
            default: try reader.skip(tag)
            }
        }
    }
}

extension ChangeSetHeader {
    /// The end of the header of `entry`, from the digest of its roster changes on.
    static func link(of entry: LogEntry) throws(LogError) -> [UInt8] {
        let bytes = Array(entry.body) + Array(entry.contents)
        do throws(ByteReader.Failure) {
            return try bytes.withUnsafeBufferPointer { buffer throws(ByteReader.Failure) in
                let parts = try EntryParts(UnsafeRawBufferPointer(buffer), isKept: true)
                var writer = ByteWriter(capacity: 128)
                writer.digest(parts.roster.map { Digest.hash(LogDomain.rosterDigest, $0) } ?? .zero)
                writer.digest(parts.changes.map { Digest.hash(LogDomain.changesDigest, $0) } ?? .zero)
                writer.fixed16(UInt16(parts.contentCount))
                var contents = parts.contents
                while let content = try contents.next() { writer.digest(content.digest) }
                return writer.bytes
            }
        } catch {
            throw LogError.malformed("change set \(entry.sequence)", error)
        }
    }
}
