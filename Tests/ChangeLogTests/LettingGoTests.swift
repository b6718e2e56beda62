import Causality
import ChangeLog
import InboxModel
import Testing
import Vault

@Suite("Contents that were let go")
struct LettingGoTests {
    /// A change set with three contents under the thread's key.
    private func entry(of author: Author) throws -> LogEntry {
        let drafts = ["stays", "goes", "goes too"].map { ContentDraft($0, under: .thread(author.thread)) }
        return try author.seal(author.body([Samples.message]), contents: drafts)
    }

    private func opened(_ index: UInt16, of entry: LogEntry, _ author: Author) throws -> [UInt8] {
        try ChangeSetOpener(group: author.group).content(index, of: entry, replica: author.replica, key: .thread(author.thread))
    }

    @Test("the others stay readable, the hash stays valid, and it says that others hold it, not that it was destroyed")
    func letGo() throws {
        let author = try Author()
        let whole = try entry(of: author)
        let partial = try whole.lettingGo([1, 2])
        #expect(try opened(0, of: partial, author) == Array("stays".utf8))
        #expect(refusal { _ = try opened(1, of: partial, author) } == .notHeld)
        #expect(try partial.heldContents() == [0])
        #expect(try partial.remainingContents() == [0, 1, 2])
        #expect(try Set(partial.contentsLetGo().keys) == [1, 2])
        #expect(try whole.holdsAllContents && !partial.holdsAllContents)
        var hasher = ChainHasher(group: author.group)
        let hash = try hasher.hash(of: partial, at: Dot(author.replica, 1), after: .zero, epoch: author.epoch.id)
        #expect(hash == whole.hash)
        #expect(try partial.lettingGo([0, 1]).contentsLetGo().count == 3, "what was let go stays so")
    }

    @Test("what comes back is taken only if it is what the author sealed")
    func takenBack() throws {
        let author = try Author()
        let whole = try entry(of: author)
        let partial = try whole.lettingGo([1, 2])
        let one = try #require(try whole.heldContent(1))
        let two = try #require(try whole.heldContent(2))
        #expect(try partial.takingBack([1: one, 2: two]) == whole)
        #expect(try partial.takingBack([1: two, 2: one]) == partial, "moved")
        #expect(try partial.takingBack([1: one.dropLast() + [one[one.count - 1] ^ 1]]) == partial, "altered")
        #expect(try partial.takingBack([1: [], 0: one]) == partial, "empty, or not let go")
    }

    @Test("destroying takes what was let go for destroyed, and letting go leaves alone what was destroyed")
    func destroyed() throws {
        let author = try Author()
        let partial = try entry(of: author).lettingGo([1, 2])
        let purged = try partial.destroying([0, 1])
        #expect(refusal { _ = try opened(1, of: purged, author) } == .purged)
        #expect(refusal { _ = try opened(2, of: purged, author) } == .notHeld)
        #expect(try purged.lettingGo([0, 1, 2]) == purged)
        #expect(try purged.remainingContents() == [2])
    }

    @Test("a run that carries it is refused: nobody sends what only says that it is elsewhere")
    func refused() throws {
        let author = try Author()
        let partial = try entry(of: author).lettingGo([1])
        let frame = try author.frame(first: 1, hash: author.head.hash, entries: [(Array(partial.body), Array(partial.contents))])
        #expect(refusal { _ = try read(frame, of: author) } == .malformed)
    }
}
