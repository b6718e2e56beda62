import Causality
import InboxModel
import Testing
import Vault

@testable import ChangeLog

@Suite("Sealing and chaining")
struct SealingTests {
    @Test("a header has its fields in the order, width and byte order that the specification gives")
    func headerBytes() throws {
        func digest(_ byte: UInt8) throws -> Digest { try Digest(copying: [UInt8](repeating: byte, count: 32)) }
        let previous = try #require(ChangeSetHash(bytes: [UInt8](repeating: 0xBB, count: 32)))
        let header = ChangeSetHeader(
            group: GroupID(try digest(0xAA)), dot: Dot(ReplicaID(0x0102_0304_0506_0708), 0x1112_1314_1516_1718),
            previous: previous, epoch: EpochID(try digest(0xCC)), rosterDigest: try digest(0xDD),
            changesDigest: try digest(0xEE), contentDigests: [try digest(1), try digest(2)])
        var writer = ByteWriter()
        header.encode(into: &writer)
        func many(_ text: String) -> String { String(repeating: text, count: 32) }
        let expected =
            "01" + many("aa") + "0102030405060708" + "1112131415161718" + many("bb") + many("cc") + many("dd")
            + many("ee")
            + "0002" + many("01") + many("02")
        #expect(Hexadecimal.string(of: writer.bytes) == expected)
    }

    @Test("the header bytes that runs are verified with are those of the header itself")
    func reusedHeaderBytes() throws {
        let author = try Author()
        try author.seal(
            author.body([Samples.message]), contents: Array(repeating: ContentDraft("a", under: .epoch), count: 64))
        try author.seal(nil, roster: [1, 2, 3])
        try author.seal(author.body([Samples.message]), contents: [ContentDraft("b", under: .epoch)], roster: [4])
        try author.seal(author.body([]))
        var reused = HeaderBytes(group: author.group, replica: author.replica, epoch: author.epoch.id)
        var scratch = ByteWriter()
        for entry in author.log {
            let before = author.head(at: entry.sequence - 1).hash
            let bytes = entry.parts.body + entry.parts.contents
            let hash = try bytes.withUnsafeBytes {
                try reused.hash(of: try EntryParts($0), at: entry.sequence, after: before)
            }
            #expect(hash == entry.hash)
            #expect(try plainHeader(of: entry, in: author).hash(scratch: &scratch) == entry.hash)
        }
    }

    @Test("each change set names the hash of the one before, and the first names none")
    func chain() throws {
        let author = try Author()
        try author.write(3)
        #expect(author.head == LogHead(author.replica, 3, author.log[2].hash))
        var hasher = ChainHasher(group: author.group)
        var previous = ChangeSetHash.zero
        for entry in author.log {
            let dot = Dot(author.replica, entry.sequence)
            previous = try hasher.hash(of: entry, at: dot, after: previous, epoch: author.epoch.id)
            #expect(previous == entry.hash)
        }
        let dot = Dot(author.replica, 2)
        #expect(try hasher.hash(of: author.log[1], at: dot, after: .zero, epoch: author.epoch.id) != author.log[1].hash)
    }

    @Test("a hasher that goes from log to log and epoch to epoch gives each its own hashes")
    func hasherOfManyLogs() throws {
        let authors = try [
            Author(seed: 1), Author(seed: 2, replica: ReplicaID(2)), Author(seed: 3, replica: ReplicaID(2))
        ]
        for author in authors { try author.write(2) }
        var hasher = ChainHasher(group: authors[0].group)
        for number in [0, 1] {
            for author in authors {
                let hash = try hasher.hash(
                    of: author.log[number], at: Dot(author.replica, UInt64(number + 1)),
                    after: author.head(at: UInt64(number)).hash, epoch: author.epoch.id)
                #expect(hash == author.log[number].hash)
            }
        }
    }

    @Test("a change set of another number than the next is not sealed, and the log stays as it was")
    func wrongNumber() throws {
        let author = try Author()
        try author.write(1)
        #expect(refusal { try author.seal(Samples.body([])) } == .malformed)
        #expect(author.head.sequence == 1)
        #expect(refusal { try author.seal(nil, contents: [ContentDraft("x", under: .epoch)]) } == .malformed)
        #expect(author.head.sequence == 1)
        try author.write(1)
        #expect(author.head.sequence == 2)
    }

    @Test("no nonce is used twice, neither within a change set nor from one to the next")
    func nonces() throws {
        let author = try Author()
        var seen: Set<[UInt8]> = []
        var count = 0
        for _ in 0..<50 {
            let drafts = (0..<5).map { ContentDraft("same text \($0 % 2)", under: .thread(author.thread)) }
            let entry = try author.seal(author.body([Samples.message]), contents: drafts)
            let bytes = Array(entry.body)
            try bytes.withUnsafeBytes { buffer in
                let sealed = try #require(try EntryParts(buffer).changes)
                let base = try Nonce(copying: UnsafeRawBufferPointer(rebasing: sealed[..<24]))
                seen.insert(base.bytes)
                for index in 0..<5 {
                    seen.insert(Nonce.derived(LogDomain.contentNonce, base: base, index: UInt16(index)).bytes)
                }
            }
            count += 6
        }
        #expect(seen.count == count)
    }

    @Test("no two domain labels are the same, and none is the beginning of another")
    func domains() {
        let labels = [
            LogDomain.genesis, LogDomain.member, LogDomain.epoch, LogDomain.changeSet, LogDomain.changeSetSignature,
            LogDomain.changesDigest, LogDomain.rosterDigest, LogDomain.contentDigest, LogDomain.changesSeal,
            LogDomain.contentSeal, LogDomain.contentNonce, LogDomain.clock, LogDomain.join
        ]
        for (index, label) in labels.enumerated() {
            #expect(Int(label.bytes[0]) == label.bytes.count - 1)
            for other in labels[(index + 1)...] {
                #expect(
                    !label.bytes.starts(with: other.bytes) && !other.bytes.starts(with: label.bytes),
                    "\(label) \(other)")
            }
        }
    }

    /// The header of an entry, made without the parts that runs use.
    private func plainHeader(of entry: LogEntry, in author: Author) throws -> ChangeSetHeader {
        var header = ChangeSetHeader(
            group: author.group, dot: Dot(author.replica, entry.sequence),
            previous: author.head(at: entry.sequence - 1).hash,
            epoch: author.epoch.id)
        let bytes = entry.parts.body + entry.parts.contents
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            while let tag = try reader.nextField() {
                let value = try reader.delimited(tag)
                switch tag.number {
                case 1: header.rosterDigest = Digest.hash(LogDomain.rosterDigest, value)
                case 2: header.changesDigest = Digest.hash(LogDomain.changesDigest, value)
                default:
                    var inner = ByteReader(value)
                    let innerTag = try #require(try inner.nextField())
                    header.contentDigests.append(Digest.hash(LogDomain.contentDigest, try inner.delimited(innerTag)))
                }
            }
        }
        return header
    }
}
