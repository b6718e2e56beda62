import Causality
import InboxModel
import Testing
import Vault

@testable import ChangeLog

@Suite("Limits")
struct LimitTests {
    @Test("a content may be as long as the limit and no longer")
    func content() throws {
        let author = try Author()
        let most = LogLimits.contentBytesMax - SymmetricKey.overhead
        let entry = try author.seal(
            author.body([Samples.message]), contents: [ContentDraft([UInt8](repeating: 1, count: most), under: .epoch)])
        #expect(try read(author.frame(1...1), of: author).entries[0].entry.parts == entry.parts)
        let long = ContentDraft([UInt8](repeating: 1, count: most + 1), under: .epoch)
        #expect(refusal { try author.seal(author.body([Samples.message]), contents: [long]) } == .tooLarge)
        #expect(author.head.sequence == 1)
        let received =
            field(2, [UInt8](repeating: 0, count: 60)) + field(3, field(1, [UInt8](repeating: 0, count: most + 17)))
        try expectMalformed(received, author)
    }

    @Test("changes may be as long as the limit and no longer")
    func changes() throws {
        let author = try Author()
        let tag = Change.thread(Samples.thread, context: VersionVector(), .tagged(String(repeating: "t", count: 1000)))
        #expect(refusal { try author.seal(author.body(Array(repeating: tag, count: 250))) } == nil)
        #expect(refusal { try author.seal(author.body(Array(repeating: tag, count: 300))) } == .tooLarge)
        #expect(author.head.sequence == 1)
        try expectMalformed(field(2, [UInt8](repeating: 0, count: LogLimits.changesBytesMax + 1)), author)
    }

    @Test("a change set may have as many contents as the limit and no more")
    func contents() throws {
        let author = try Author()
        let drafts = Array(repeating: ContentDraft("x", under: .epoch), count: LogLimits.contentsMax)
        try author.seal(author.body([Samples.message]), contents: drafts)
        #expect(try read(author.frame(1...1), of: author).entries.count == 1)
        #expect(refusal { try author.seal(author.body([]), contents: drafts + [drafts[0]]) } == .tooLarge)
        #expect(author.head.sequence == 1)
        let one = field(3, field(1, [UInt8](repeating: 0, count: 16)))
        try expectMalformed(
            field(2, [UInt8](repeating: 0, count: 60)) + Array(repeating: one, count: 65).flatMap { $0 }, author)
    }

    @Test("a change set may have as many changes as the limit and no more")
    func changeCount() throws {
        let author = try Author()
        let read = Change.thread(Samples.thread, context: VersionVector(), .read)
        let most = Array(repeating: read, count: LogLimits.changesMax)
        try author.seal(author.body(most))
        #expect(refusal { try author.seal(author.body(most + [read])) } == .tooLarge)
        let body = bytes(of: Samples.body(most)) + field(7, [])
        #expect(throws: ByteReader.Failure.self) { try decode(body, of: Dot(ReplicaID(1), 1)) }
    }

    @Test("text may be as long as the limit and no longer")
    func labels() throws {
        let most = String(repeating: "l", count: LogLimits.labelBytesMax)
        let change = Change.thread(Samples.thread, context: VersionVector(), .tagged(most))
        #expect(try decode(bytes(of: Samples.body([change])), of: Dot(ReplicaID(0xA1), 1)).set.changes == [change])
        let long = Change.thread(Samples.thread, context: VersionVector(), .tagged(most + "l"))
        #expect(throws: ByteReader.Failure.self) {
            try decode(bytes(of: Samples.body([long])), of: Dot(ReplicaID(0xA1), 1))
        }
    }

    @Test("what a receiver would refuse is not sealed, and the log goes on")
    func unreadable() throws {
        let author = try Author()
        let long = String(repeating: "l", count: LogLimits.labelBytesMax + 1)
        let clock = [TaggedClockEntry(ReplicaID(2), 1, tag: 0), TaggedClockEntry(ReplicaID(1), 1, tag: 0)]
        let bodies = [
            author.body([.thread(Samples.thread, context: VersionVector(), .tagged(long))]),
            author.body([.thread(Samples.thread, context: VersionVector(), .subject(content: 64))]),
            author.body([], clock: clock)
        ]
        for body in bodies { #expect(refusal { try author.seal(body) } == .malformed) }
        #expect(author.head.sequence == 0)
        try author.write(1)
        #expect(try read(author.frame(1...1), of: author).head == author.head)
    }

    @Test("a change set may be as large as fits into a run and no larger")
    func changeSet() throws {
        let author = try Author()
        let drafts = Array(repeating: ContentDraft([UInt8](repeating: 1, count: 130_000), under: .epoch), count: 8)
        let room = LogLimits.changeSetBytesMax - 8 * 130_100
        let last = ContentDraft([UInt8](repeating: 1, count: room), under: .epoch)
        try author.seal(author.body([]), contents: drafts + [last])
        #expect(try read(author.frame(1...1), of: author).head == author.head)
        #expect(refusal { try author.seal(author.body([]), contents: drafts + [drafts[0]]) } == .tooLarge)
        #expect(author.head.sequence == 1)
    }

    @Test("text that is not UTF-8 and ids that are not 16 bytes are refused")
    func text() {
        let bodies = [
            field(7, field(18, [0xFF, 0xFE])), field(7, field(18, [0xC3])), field(6, [UInt8](repeating: 0, count: 15)),
            field(7, field(1, [])), field(7, field(22, [UInt8](repeating: 0, count: 17))), field(7, field(24, [1]))
        ]
        for body in bodies {
            #expect(throws: ByteReader.Failure.self) { try decode(body, of: Dot(ReplicaID(1), 1)) }
        }
    }

    @Test("a content number beyond the limit is refused", arguments: [UInt16(64), .max])
    func contentNumber(number: UInt16) throws {
        let change = Change.thread(Samples.thread, context: VersionVector(), .subject(content: number))
        #expect(throws: ByteReader.Failure.self) {
            try decode(bytes(of: Samples.body([change])), of: Dot(ReplicaID(0xA1), 1))
        }
    }

    @Test("a run may have as many entries as the limit and no more")
    func entries() throws {
        let author = try Author()
        for _ in 0...LogLimits.runEntriesMax { try author.seal(nil, roster: [1]) }
        let most = UInt64(LogLimits.runEntriesMax)
        #expect(try read(author.frame(1...most), of: author).entries.count == LogLimits.runEntriesMax)
        #expect(refusal { _ = try read(author.frame(1...most + 1), of: author) } == .tooLarge)
    }

    @Test("a run may be as long as the limit and no longer")
    func runBytes() throws {
        let author = try Author()
        let text = [UInt8](repeating: 1, count: 100_000)
        for _ in 0..<11 { try author.seal(author.body([]), contents: [ContentDraft(text, under: .epoch)]) }
        #expect(refusal { _ = try read(author.frame(1...10), of: author) } == nil)
        #expect(refusal { _ = try read(author.frame(1...11), of: author) } == .tooLarge)
        var preparer = RunPreparer(group: author.group, heads: [], keys: author.keys)
        guard case .refusedRun(let refused, _) = preparer.prepare(try author.frame(1...11)),
            case .invalid(let error) = refused.reason
        else {
            Issue.record("a run beyond the limit was not refused")
            return
        }
        #expect(error.code == .tooLarge)
    }

    @Test("a writer of runs stops at its goal of bytes and at the limit of entries")
    func writer() throws {
        var writer = RunWriter()
        for number in 1...UInt64(LogLimits.runEntriesMax) {
            #expect(writer.hasRoom)
            writer.add(sequence: number, body: [UInt8](), contents: [UInt8]())
        }
        #expect(!writer.hasRoom)
        #expect(writer.last == UInt64(LogLimits.runEntriesMax))
        var full = RunWriter()
        full.add(sequence: 1, body: [UInt8](repeating: 0, count: LogLimits.runBytesGoal), contents: [UInt8]())
        #expect(!full.hasRoom)
    }

    private func field(_ number: UInt32, _ value: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.data(number, value)
        return writer.bytes
    }

    private func expectMalformed(_ entry: [UInt8], _ author: Author) throws {
        let frame = try author.frame(first: 1, hash: .zero, entries: [(entry, [])])
        #expect(refusal { _ = try read(frame, of: author) } == .malformed)
    }
}
