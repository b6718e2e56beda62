import Causality
import ChangeLog
import InboxModel
import Testing
import Vault

@Suite("Contents")
struct ContentTests {
    private func opened(_ index: UInt16, of entry: LogEntry, _ author: Author, epoch: Bool = false) throws -> [UInt8] {
        try ChangeSetOpener(group: author.group).content(
            index, of: entry, replica: author.replica, key: epoch ? .epoch(author.epoch) : .thread(author.thread))
    }

    @Test("contents open to what was said, each under its key")
    func open() throws {
        let author = try Author()
        let texts = ["", "a", String(repeating: "ü", count: 30_000)]
        var drafts = texts.map { ContentDraft($0, under: .thread(author.thread)) }
        drafts.append(ContentDraft(author.thread.bytes, under: .epoch))
        let entry = try author.seal(author.body([Samples.message]), contents: drafts)
        for (index, text) in texts.enumerated() {
            #expect(try opened(UInt16(index), of: entry, author) == Array(text.utf8))
        }
        let key = try opened(3, of: entry, author, epoch: true)
        #expect(key == author.thread.bytes)
        let copy = try key.withUnsafeBytes { try ContentKey(copying: $0) }
        let again = try ChangeSetOpener(group: author.group).content(
            1, of: entry, replica: author.replica, key: .thread(copy))
        #expect(again == [97])
    }

    @Test("a content does not open under another key or a key of the other kind")
    func wrongKey() throws {
        let author = try Author()
        let drafts = [ContentDraft("said", under: .thread(author.thread)), ContentDraft("key", under: .epoch)]
        let entry = try author.seal(author.body([Samples.message]), contents: drafts)
        let stranger = try Author(seed: 2)
        #expect(refusal { _ = try opened(0, of: entry, author, epoch: true) } == .cannotOpen)
        #expect(refusal { _ = try opened(1, of: entry, author) } == .cannotOpen)
        let opener = ChangeSetOpener(group: author.group)
        for key in [ChangeSetOpener.SealingKey.thread(stranger.thread), .epoch(stranger.epoch)] {
            #expect(refusal { _ = try opener.content(0, of: entry, replica: author.replica, key: key) } == .cannotOpen)
        }
    }

    @Test("a content moved to another number, change set, replica or group does not open")
    func moved() throws {
        let author = try Author()
        let drafts = ["one", "two"].map { ContentDraft($0, under: .thread(author.thread)) }
        let entry = try author.seal(author.body([Samples.message]), contents: drafts)
        let half = entry.contents.count / 2
        let swapped = LogEntry(
            sequence: 1, hash: entry.hash, body: entry.body,
            contents: (Array(entry.contents.suffix(half)) + Array(entry.contents.prefix(half)))[...])
        #expect(refusal { _ = try opened(0, of: swapped, author) } == .cannotOpen)
        #expect(refusal { _ = try opened(1, of: swapped, author) } == .cannotOpen)
        let renumbered = LogEntry(sequence: 2, hash: entry.hash, body: entry.body, contents: entry.contents)
        #expect(refusal { _ = try opened(0, of: renumbered, author) } == .cannotOpen)
        let second = try author.seal(author.body([Samples.message]), contents: drafts)
        let mixed = LogEntry(sequence: 2, hash: second.hash, body: second.body, contents: entry.contents)
        #expect(refusal { _ = try opened(0, of: mixed, author) } == .cannotOpen)
        let key = ChangeSetOpener.SealingKey.thread(author.thread)
        let opener = ChangeSetOpener(group: author.group)
        #expect(refusal { _ = try opener.content(0, of: entry, replica: ReplicaID(3), key: key) } == .cannotOpen)
        let elsewhere = ChangeSetOpener(group: GroupID(genesis: [1]))
        #expect(refusal { _ = try elsewhere.content(0, of: entry, replica: author.replica, key: key) } == .cannotOpen)
    }

    @Test("an altered content does not open", arguments: [0, 10, 20])
    func altered(distance: Int) throws {
        let author = try Author()
        let entry = try author.seal(
            author.body([Samples.message]), contents: [ContentDraft("hello", under: .thread(author.thread))])
        var contents = Array(entry.contents)
        contents[contents.count - 1 - distance] ^= 1
        let altered = LogEntry(sequence: 1, hash: entry.hash, body: entry.body, contents: contents[...])
        #expect(refusal { _ = try opened(0, of: altered, author) } == .cannotOpen)
    }

    @Test("there is no content beyond the last, and none in a change set without")
    func none() throws {
        let author = try Author.ofEveryShape()
        #expect(refusal { _ = try opened(1, of: author.log[0], author) } == .noSuchContent)
        #expect(refusal { _ = try opened(0, of: author.log[1], author) } == .noSuchContent)
        #expect(refusal { _ = try opened(.max, of: author.log[4], author) } == .noSuchContent)
    }

    @Test("a destroyed content leaves hash and signature valid, the others readable, and says that it was destroyed")
    func purged() throws {
        let author = try Author()
        let drafts = ["stays", "goes", "stays too"].map { ContentDraft($0, under: .thread(author.thread)) }
        try author.seal(author.body([Samples.message]), contents: drafts)
        try author.write(1)
        let frame = try author.frame(
            first: 1, hash: author.head.hash,
            entries: [
                purge(1, of: author.log[0]), author.log[1].parts
            ])
        let run = try read(frame, of: author)
        #expect(run.head == author.head)
        let entry = run.entries[0].entry
        #expect(try opened(0, of: entry, author) == Array("stays".utf8))
        #expect(refusal { _ = try opened(1, of: entry, author) } == .purged)
        #expect(try opened(2, of: entry, author) == Array("stays too".utf8))
        #expect(frame.count < (try author.frame(1...2)).count + 32)
    }

    @Test("the digest of a destroyed content cannot be another's")
    func purgedWrongly() throws {
        let author = try Author()
        try author.write(1)
        var parts = purge(0, of: author.log[0])
        parts.contents[parts.contents.count - 1] ^= 1
        let frame = try author.frame(first: 1, hash: author.head.hash, entries: [parts])
        #expect(refusal { _ = try read(frame, of: author) } == .badSignature)
    }
}

/// The entry with content `index` replaced by its digest, as a purge leaves it.
func purge(_ index: Int, of entry: LogEntry) -> (body: [UInt8], contents: [UInt8]) {
    var contents: [UInt8] = []
    var rest = Array(entry.contents)[...]
    var number = 0
    while !rest.isEmpty {
        rest = rest.dropFirst()
        let length = varint(&rest)
        var content = rest.prefix(length)
        rest = rest.dropFirst(length)
        if number == index {
            content = content.dropFirst()
            _ = varint(&content)
            let digest = Digest.hash(LogDomain.contentDigest, Array(content))
            contents += [0x1A, 34, 0x12, 32] + digest.bytes
        } else {
            contents += [0x1A] + bytes(ofVarint: length) + content
        }
        number += 1
    }
    return (Array(entry.body), contents)
}

private func varint(_ bytes: inout ArraySlice<UInt8>) -> Int {
    var value = 0
    var shift = 0
    while let byte = bytes.popFirst() {
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { break }
        shift += 7
    }
    return value
}

private func bytes(ofVarint value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + bytes(ofVarint: value >> 7)
}
