import Causality
import ChangeLog
import InboxModel
import Testing
import Vault

@Suite("Verifying runs")
struct RunVerificationTests {
    @Test("a run of any length verifies with one signature and opens", arguments: [1, 2, 100, 4096])
    func lengths(count: Int) throws {
        let author = try Author()
        for _ in 0..<count { try author.seal(author.body([Samples.message])) }
        let run = try read(author.frame(1...UInt64(count)), of: author)
        #expect(run.entries.count == count)
        #expect(run.head == author.head)
        #expect(run.entries.map(\.entry.sequence) == Array(1...UInt64(count)))
        #expect(run.entries.map(\.entry.hash) == author.log.map(\.hash))
        #expect(run.entries.allSatisfy { $0.body?.set.changes == [Samples.message] && !$0.needsKey })
        #expect(run.entries.last?.body?.set.dot == Dot(author.replica, UInt64(count)))
    }

    @Test("any part of a log verifies from the head before it", arguments: [(1, 1), (1, 6), (2, 5), (6, 6), (3, 6)])
    func parts(first: UInt64, last: UInt64) throws {
        let author = try Author.ofEveryShape()
        let run = try read(author.frame(first...last), of: author, after: author.head(at: first - 1))
        #expect(run.head == author.head(at: last))
        for entry in run.entries { #expect(entry.entry.parts == author.log[Int(entry.entry.sequence) - 1].parts) }
    }

    @Test("roster changes come with the entry, with and without changes beside them")
    func rosterChanges() throws {
        let author = try Author.ofEveryShape()
        let run = try read(author.frame(1...6), of: author)
        #expect(run.entries.map(\.rosterChanges) == [nil, [9, 9], nil, [7], nil, nil])
        #expect(run.entries[1].body == nil)
        #expect(run.entries.allSatisfy { !$0.needsKey })
    }

    @Test("without the epoch's key a run is verified, and its changes open later to the same")
    func missingKey() throws {
        let author = try Author.ofEveryShape()
        let frame = try author.frame(1...6)
        let known = try read(frame, of: author)
        let waiting = try read(frame, of: author, key: .some(nil))
        #expect(waiting.entries.map(\.needsKey) == [true, false, true, true, true, true])
        #expect(waiting.entries.allSatisfy { $0.body == nil })
        #expect(waiting.entries.map(\.rosterChanges) == known.entries.map(\.rosterChanges))
        let opener = ChangeSetOpener(group: author.group)
        for (entry, other) in zip(waiting.entries, known.entries) {
            let before = author.head(at: entry.entry.sequence - 1).hash
            let body = try opener.changes(of: entry.entry, replica: author.replica, previous: before, key: author.epoch)
            #expect(body == other.body)
            #expect(try opener.rosterChanges(of: entry.entry) == other.rosterChanges)
        }
    }

    @Test("a run altered in any one byte is refused, and no byte of it reads as verified")
    func everyByteAltered() throws {
        let author = try Author.ofEveryShape()
        let frame = try author.frame(1...6)
        var random = SplitMix64(seed: 3)
        for index in frame.indices {
            var altered = frame
            altered[index] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            var preparer = RunPreparer(group: author.group, heads: [], keys: author.keys)
            switch preparer.prepare(altered) {
            case .run: Issue.record("altered at byte \(index) of \(frame.count) and accepted")
            case .control: #expect(index < 4, "byte \(index) is no part of the frame's own field")
            case .refusedRun(let refusal, let byteCount):
                #expect(byteCount == frame.count)
                if case .invalid(let error) = refusal.reason {
                    #expect([.malformed, .badSignature, .tooLarge].contains(error.code), "byte \(index): \(error)")
                }
            }
        }
    }

    @Test("a run cut off anywhere is refused")
    func everyTruncation() throws {
        let author = try Author.ofEveryShape()
        let frame = try author.frame(1...6)
        let range = try #require(RunReader.runRange(in: frame))
        for end in range.lowerBound..<range.upperBound {
            var reader = RunReader(group: author.group)
            let code = refusal {
                _ = try reader.read(
                    frame, in: range.lowerBound..<end, after: LogHead(empty: author.replica), author: author.key,
                    key: author.epoch)
            }
            #expect(code == .malformed || code == .badSignature, "cut at \(end): \(String(describing: code))")
            #expect(RunReader.runRange(in: Array(frame[..<end])) == nil)
        }
    }

    @Test("entries reordered, removed, repeated or put in are refused", arguments: Tampering.allCases)
    func tampered(how: Tampering) throws {
        let author = try Author()
        try author.write(5)
        var entries = author.log.map(\.parts)
        switch how {
        case .swapped: entries.swapAt(1, 2)
        case .reversed: entries.reverse()
        case .firstRemoved: entries.removeFirst()
        case .middleRemoved: entries.remove(at: 2)
        case .lastRemoved: entries.removeLast()
        case .repeated: entries.insert(entries[1], at: 2)
        case .added: entries.append(entries[0])
        case .emptied: entries[2] = ([], [])
        case .contentsSwapped: (entries[1].contents, entries[2].contents) = (entries[2].contents, entries[1].contents)
        case .contentsRemoved: entries[1].contents = []
        case .contentsRepeated: entries[1].contents += entries[1].contents
        }
        let frame = try author.frame(first: 1, hash: author.head.hash, entries: entries)
        #expect(refusal { _ = try read(frame, of: author) } == .badSignature)
    }

    enum Tampering: CaseIterable {
        case swapped, reversed, firstRemoved, middleRemoved, lastRemoved, repeated, added, emptied, contentsSwapped
        case contentsRemoved, contentsRepeated
    }

    @Test("a run made of two histories of one replica is refused")
    func spliced() throws {
        let (one, other) = try (Author(), Author())
        try one.write(4)
        try other.seal(other.body([]))
        try other.write(3)
        #expect(one.epoch.id == other.epoch.id && one.member == other.member)
        let entries = one.log[..<2].map(\.parts) + other.log[2...].map(\.parts)
        for hash in [one.head.hash, other.head.hash] {
            let frame = try one.frame(first: 1, hash: hash, entries: entries)
            #expect(refusal { _ = try read(frame, of: one) } == .badSignature)
        }
        #expect(refusal { _ = try read(other.frame(3...4), of: other, after: one.head(at: 2)) } == .badSignature)
    }

    @Test("a run of another group, replica, author, epoch or place is refused with the right code")
    func elsewhere() throws {
        let author = try Author()
        try author.write(4)
        let frame = try author.frame(2...3)
        let anchor = author.head(at: 1)
        let stranger = try Author(seed: 2)
        #expect(refusal { _ = try read(frame, of: author, after: anchor) } == nil)
        #expect(
            refusal { _ = try read(frame, of: author, after: anchor, group: GroupID(genesis: [1])) } == .badSignature)
        #expect(refusal { _ = try read(frame, of: author, after: anchor, signedBy: stranger.key) } == .badSignature)
        #expect(refusal { _ = try read(frame, of: author, after: LogHead(author.replica, 1, .zero)) } == .badSignature)
        #expect(
            refusal { _ = try read(frame, of: author, after: LogHead(author.replica, 2, anchor.hash)) } == .malformed)
        #expect(refusal { _ = try read(frame, of: author, after: LogHead(ReplicaID(9), 1, anchor.hash)) } == .malformed)
        #expect(refusal { _ = try read(frame, of: author, after: anchor, key: stranger.epoch) } == .cannotOpen)
    }

    @Test("fields of a run's header that were changed are refused")
    func headerChanged() throws {
        let author = try Author()
        try author.write(3)
        let stranger = try Author(seed: 2)
        var header = try author.header(first: 1, hash: author.head.hash)
        func code(_ change: (inout RunHeader) throws -> Void, after anchor: LogHead? = nil) throws -> LogError.Code? {
            var changed = header
            try change(&changed)
            var writer = RunWriter()
            for entry in author.log { writer.add(sequence: entry.sequence, body: entry.body, contents: entry.contents) }
            let frame = writer.frame(changed)
            return refusal { _ = try read(frame, of: author, after: anchor) }
        }
        #expect(try code { _ in } == nil)
        #expect(try code { $0.epoch = stranger.epoch.id } == .badSignature)
        #expect(try code { $0.replica = ReplicaID(5) } == .malformed)
        #expect(try code({ $0.replica = ReplicaID(5) }, after: LogHead(empty: ReplicaID(5))) == .badSignature)
        #expect(try code { $0.first = 2 } == .malformed)
        #expect(try code({ $0.first = 2 }, after: LogHead(author.replica, 1, author.head(at: 1).hash)) == .badSignature)
        #expect(try code { $0.first = 0 } == .malformed)
        #expect(try code { $0.first = .max } == .malformed)
        #expect(try code { $0.signature = try author.sign(author.head(at: 2).hash) } == .badSignature)
        #expect(try code { $0.signature = try stranger.sign(author.head.hash) } == .badSignature)
        #expect(try code { $0.signature = try Signature(copying: [UInt8](repeating: 0, count: 64)) } == .badSignature)
        header.signature = try author.sign(.zero)
        #expect(try code { _ in } == .badSignature)
    }

    @Test("the epoch that a run names is part of what is signed")
    func otherEpoch() throws {
        let author = try Author()
        let other = try Author(seed: 1, epoch: EpochKey(random: SeededRandomSource(seed: 9, stream: "epoch")))
        try author.write(2)
        try other.write(2)
        let entries = author.log.map(\.parts)
        // The same author signs, under the name of an epoch that the changes were not sealed under.
        let frame = try other.frame(first: 1, hash: other.head.hash, entries: entries)
        #expect(refusal { _ = try read(frame, of: other) } == .badSignature)
    }
}

extension Author {
    /// A log of six change sets that differ in shape: with and without contents, roster changes and changes.
    static func ofEveryShape() throws -> Author {
        let author = try Author()
        try author.seal(
            author.body([Samples.message]), contents: [ContentDraft("hello", under: .thread(author.thread))])
        try author.seal(nil, roster: [9, 9])
        try author.seal(author.body([]))
        try author.seal(author.body([Samples.message], clock: [TaggedClockEntry(ReplicaID(7), 7, tag: 7)]), roster: [7])
        let drafts = ["", "a", String(repeating: "b", count: 300)].map {
            ContentDraft($0, under: .thread(author.thread))
        }
        try author.seal(author.body([Samples.message]), contents: drafts)
        try author.seal(author.body(Array(Samples.changes.prefix(4)), by: .automation("rule")))
        return author
    }
}
