public import Causality
public import Vault

/// Reads, verifies and opens one run. Pure: the same bytes, anchor and keys give the same outcome in any process.
///
/// A run is verified by rehashing it from the anchor and checking one signature at its end; it is accepted or refused whole.
public struct RunReader: Sendable {
    /// The field of `Frame` that carries a run.
    static let frameField: UInt32 = 5

    private let group: GroupID
    /// What the first pass over a run found, kept so that its memory serves the next run.
    private var links: [Link] = []
    /// Where changes are opened, before they are read.
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
        try frame.withUnsafeBufferPointer { frame throws(LogError) in
            let run = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(frame)[range])
            return try RunScan(run, collecting: false).header
        }
    }

    /// Verifies the run in `range` of `frame` and opens its changes.
    ///
    /// - Parameters:
    ///   - anchor: The head that the run must follow; the caller has checked that `header.first` is the number after it.
    ///   - author: The key of the member that the roster names as the replica's author.
    ///   - key: The key of the run's epoch, or nil where it has not been granted yet: the run is verified all the same.
    ///   - origin: As what the log was written, where it is a branch.
    public mutating func read(
        _ frame: [UInt8], in range: Range<Int>, after anchor: LogHead, author: SigningPublicKey, key: EpochKey?, origin: ReplicaID? = nil
    ) throws(LogError) -> VerifiedRun {
        try frame.withUnsafeBufferPointer { bytes throws(LogError) in
            let run = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range])
            let scan = try RunScan(run, collecting: true)
            var header = HeaderBytes(group: group, replica: origin ?? scan.header.replica, epoch: scan.header.epoch)
            try verify(run, scan, after: anchor, author: author, header: &header)
            return try open(run, of: frame, at: range.lowerBound, scan.header, after: anchor, key: key, header: &header)
        }
    }

    /// One entry after the first pass: offsets in the run, no references, so that a thousand of them cost one array.
    private struct Link {
        let entry: Range<Int>
        let bodyCount: Int
        let roster: Range<Int>?
        let changes: Range<Int>?
        let hash: ChangeSetHash
    }

    /// The first pass: rehashes the run from `anchor` and checks the signature at its end. Fills `links`.
    private mutating func verify(
        _ run: UnsafeRawBufferPointer, _ scan: RunScan, after anchor: LogHead, author: SigningPublicKey,
        header: inout HeaderBytes
    ) throws(LogError) {
        let fields = scan.header
        guard fields.replica == anchor.replica, fields.first == anchor.sequence + 1 else {
            throw LogError(.malformed, "a run from \(fields.replica):\(fields.first) where \(anchor.dot) was the last")
        }
        links.removeAll(keepingCapacity: true)
        links.reserveCapacity(scan.entries.count)
        var head = anchor
        for entry in scan.entries {
            do throws(ByteReader.Failure) {
                let link = try Self.link(run, entry, after: head, header: &header)
                links.append(link)
                head = LogHead(head.replica, head.sequence + 1, link.hash)
            } catch {
                throw LogError.malformed("change set \(Dot(head.replica, head.sequence + 1))", error)
            }
        }
        if PlantedBug.isPlanted(.skipsSignatures) { return }
        do throws(VaultError) {
            try author.verify(fields.signature, LogDomain.changeSetSignature, try head.hash.digest)
        } catch {
            let dots = "\(fields.replica):\(fields.first)...\(head.sequence)"
            throw LogError(
                .badSignature,
                "the run \(dots) lacks its author's signature: altered, reordered, or not after the history held here")
        }
    }

    private static func link(
        _ run: UnsafeRawBufferPointer, _ entry: Range<Int>, after head: LogHead, header: inout HeaderBytes
    ) throws(ByteReader.Failure) -> Link {
        let parts = try EntryParts(UnsafeRawBufferPointer(rebasing: run[entry]))
        let hash = try header.hash(of: parts, at: head.sequence + 1, after: head.hash)
        return Link(
            entry: entry, bodyCount: parts.bodyCount, roster: parts.roster.flatMap { range(of: $0, in: run) },
            changes: parts.changes.flatMap { range(of: $0, in: run) }, hash: hash)
    }

    private static func range(of part: UnsafeRawBufferPointer, in run: UnsafeRawBufferPointer) -> Range<Int>? {
        guard let start = part.baseAddress, let base = run.baseAddress else { return nil }
        return start - base..<start - base + part.count
    }

    /// The second pass, over a run that was verified: opens its changes where the key is at hand.
    private mutating func open(
        _ run: UnsafeRawBufferPointer, of frame: [UInt8], at offset: Int, _ fields: RunHeader, after anchor: LogHead,
        key: EpochKey?, header: inout HeaderBytes
    ) throws(LogError) -> VerifiedRun {
        var entries: [VerifiedEntry] = []
        entries.reserveCapacity(links.count)
        let opened = key == nil ? 0 : links.reduce(0) { max($0, $1.changes?.count ?? 0) }
        if room.count < opened { room = [UInt8](repeating: 0, count: max(opened, 4096)) }
        var head = anchor
        try room.withUnsafeMutableBufferPointer { room throws(LogError) in
            let room = UnsafeMutableRawBufferPointer(room)
            for link in links {
                let dot = Dot(head.replica, head.sequence + 1)
                var body: ChangeSetBody?
                if let changes = link.changes, let key {
                    let sealed = UnsafeRawBufferPointer(rebasing: run[changes])
                    body = try header.withChangesSeal(dot.sequence, after: head.hash) { seal throws(LogError) in
                        try ChangeSetOpener.open(sealed, seal: seal, dot: dot, key: key, room: room)
                    }
                }
                let start = offset + link.entry.lowerBound
                let split = start + link.bodyCount
                let entry = LogEntry(
                    sequence: dot.sequence, hash: link.hash, body: frame[start..<split],
                    contents: frame[split..<offset + link.entry.upperBound])
                entries.append(
                    VerifiedEntry(
                        entry: entry, rosterChanges: link.roster.map { Array(run[$0]) }, body: body,
                        needsKey: link.changes != nil && key == nil))
                head = LogHead(dot.replica, dot.sequence, link.hash)
            }
        }
        return VerifiedRun(header: fields, anchor: anchor, entries: entries)
    }
}
