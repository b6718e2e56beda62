public import Causality
public import Vault

/// Reads, verifies and opens one run. Pure: the same bytes, anchor and keys give the same outcome in any process.
///
/// A run is verified by rehashing it from the anchor and checking one signature at its end; it is accepted or refused whole.
public struct RunReader: Sendable {
    /// The field of `Frame` that carries a run.
    static let frameField: UInt32 = 5

    private let group: GroupID
    private var scratch = ByteWriter(capacity: 512)
    private var room: [UInt8] = []

    /// A reader for the runs of `group`.
    public init(group: GroupID) { self.group = group }

    /// The range of `frame` that is a serialized `Run`, or nil where the frame is of another kind.
    public static func runRange(in frame: [UInt8]) -> Range<Int>? {
        frame.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            guard let tag = try? reader.nextField(), tag.number == frameField, tag.type == .lengthDelimited,
                let bytes = try? reader.borrowedString(), reader.isAtEnd
            else { return nil }
            return (buffer.count - bytes.count)..<buffer.count
        }
    }

    /// The header of the run that lies in `range` of `frame`, unverified.
    public static func header(of frame: [UInt8], in range: Range<Int>) throws(LogError) -> RunHeader {
        let outcome = frame.withUnsafeBytes { buffer in
            Result { () throws(LogError) in try scan(UnsafeRawBufferPointer(rebasing: buffer[range])).header }
        }
        return try outcome.get()
    }

    /// Verifies the run in `range` of `frame` and opens its changes.
    ///
    /// - Parameters:
    ///   - anchor: The head that the run must follow; the caller has checked that `header.first` is the number after it.
    ///   - author: The key of the member that the roster names as the replica's author.
    ///   - key: The key of the run's epoch, or nil where it has not been granted yet: the run is verified all the same.
    public mutating func read(
        _ frame: [UInt8], in range: Range<Int>, after anchor: LogHead, author: SigningPublicKey, key: EpochKey?
    ) throws(LogError) -> VerifiedRun {
        guard range.count <= LogLimits.runBytesMax else {
            throw LogError(.tooLarge, "a run of \(range.count) bytes; the limit is \(LogLimits.runBytesMax)")
        }
        var outcome: Result<VerifiedRun, LogError> = .failure(LogError(.malformed, "an unread run"))
        frame.withUnsafeBytes { buffer in
            outcome = Result { () throws(LogError) in
                let run = UnsafeRawBufferPointer(rebasing: buffer[range])
                return try verify(run, of: frame, at: range.lowerBound, after: anchor, author: author, key: key)
            }
        }
        return try outcome.get()
    }

    private struct Scan {
        let header: RunHeader
        /// Where each entry lies in the run.
        let entries: [Range<Int>]
    }

    private static func scan(_ run: UnsafeRawBufferPointer) throws(LogError) -> Scan {
        var reader = ByteReader(run)
        var replica: UInt64?
        var first: UInt64 = 0
        var author: Digest?
        var epoch: Digest?
        var signature: Signature?
        var entries: [Range<Int>] = []
        do {
            while let tag = try reader.nextField() {
                switch tag.number {
                case 1: replica = try reader.littleEndian64(tag)
                case 2: author = try Digest(copying: try reader.delimited(tag))
                case 3: first = try reader.number(tag)
                case 4: epoch = try Digest(copying: try reader.delimited(tag))
                case 5: signature = try Signature(copying: try reader.delimited(tag))
                case 6:
                    let count = try reader.delimited(tag).count
                    entries.append(reader.offset - count..<reader.offset)
                default: throw reader.failure(.malformed("an unexpected field in a run"))
                }
            }
        } catch let failure as ByteReader.Failure {
            throw LogError.malformed("a run", failure)
        } catch {
            throw LogError(.malformed, "a run: \(error)")
        }
        guard let replica, let author, let epoch, let signature, first > 0, !entries.isEmpty else {
            throw LogError(.malformed, "a run without replica, author, first number, epoch, signature or entries")
        }
        guard entries.count <= LogLimits.runEntriesMax, first <= UInt64.max - UInt64(entries.count) else {
            throw LogError(.tooLarge, "a run of \(entries.count) change sets; the limit is \(LogLimits.runEntriesMax)")
        }
        let header = RunHeader(
            replica: ReplicaID(replica), author: MemberID(author), first: first, epoch: EpochID(epoch),
            signature: signature)
        return Scan(header: header, entries: entries)
    }

    private mutating func verify(
        _ run: UnsafeRawBufferPointer, of frame: [UInt8], at offset: Int, after anchor: LogHead,
        author: SigningPublicKey, key: EpochKey?
    ) throws(LogError) -> VerifiedRun {
        let scan = try Self.scan(run)
        let header = scan.header
        guard header.replica == anchor.replica, header.first == anchor.sequence + 1 else {
            throw LogError(.malformed, "a run from \(header.replica):\(header.first) where \(anchor.dot) was the last")
        }
        var chain: [(parts: EntryParts, header: ChangeSetHeader, hash: ChangeSetHash)] = []
        chain.reserveCapacity(scan.entries.count)
        var previous = anchor.hash
        for (index, range) in scan.entries.enumerated() {
            let dot = Dot(header.replica, header.first + UInt64(index))
            let link = try link(UnsafeRawBufferPointer(rebasing: run[range]), dot, previous, header.epoch)
            previous = link.hash
            chain.append(link)
        }
        do {
            try author.verify(header.signature, LogDomain.changeSetSignature, previous.digest)
        } catch {
            throw LogError(
                .badSignature,
                "the run \(header.replica):\(header.first)...\(header.first + UInt64(chain.count - 1)) does not carry its author's signature: altered, reordered, or of another history than the one held here"
            )
        }
        var entries: [VerifiedEntry] = []
        entries.reserveCapacity(chain.count)
        for (index, link) in chain.enumerated() {
            let place = scan.entries[index]
            let start = offset + place.lowerBound
            let split = start + link.parts.bodyCount
            let entry = LogEntry(
                sequence: link.header.dot.sequence, hash: link.hash, body: frame[start..<split],
                contents: frame[split..<offset + place.upperBound])
            entries.append(try open(link.parts, link.header, entry: entry, key: key))
        }
        return VerifiedRun(header: header, anchor: anchor, entries: entries)
    }

    private mutating func link(
        _ entry: UnsafeRawBufferPointer, _ dot: Dot, _ previous: ChangeSetHash, _ epoch: EpochID
    ) throws(LogError) -> (parts: EntryParts, header: ChangeSetHeader, hash: ChangeSetHash) {
        do {
            let parts = try EntryParts(entry)
            let header = ChangeSetHeader(
                group: group, dot: dot, previous: previous, epoch: epoch,
                rosterDigest: parts.roster.map { Digest.hash(LogDomain.rosterDigest, $0) } ?? .zero,
                changesDigest: parts.changes.map { Digest.hash(LogDomain.changesDigest, $0) } ?? .zero,
                contentDigests: try parts.contentDigests())
            return (parts, header, header.hash(scratch: &scratch))
        } catch {
            throw LogError.malformed("change set \(dot)", error)
        }
    }

    private mutating func open(
        _ parts: EntryParts, _ header: ChangeSetHeader, entry: LogEntry, key: EpochKey?
    ) throws(LogError) -> VerifiedEntry {
        var body: ChangeSetBody?
        if let sealed = parts.changes, let key {
            header.writeChangesSeal(into: &scratch)
            body = try ChangeSetOpener.open(sealed, seal: scratch, dot: header.dot, key: key, room: &room)
        }
        return VerifiedEntry(
            entry: entry, rosterChanges: parts.roster.map { Array($0) }, body: body,
            needsKey: parts.changes != nil && key == nil)
    }
}
