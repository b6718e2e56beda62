import Causality
import ChangeLog
import InboxModel
import Testing

@testable import OfficeNode

@Suite("What the author of a log can have seen")
struct LogClocksTests {
    private let author = ReplicaID(1)
    private let peer = ReplicaID(2)

    private func body(_ sequence: UInt64, clock: [(ReplicaID, UInt64)] = [], context: [(ReplicaID, UInt64)] = []) -> ChangeSetBody {
        let seen = VersionVector(context.map { VersionVector.Entry($0.0, $0.1) })
        let set = ChangeSet(
            stamp: Stamp(Dot(author, sequence), HybridTimestamp(milliseconds: Int64(sequence))), actor: .system, office: nil,
            changes: [.thread(ThreadID(high: 1, low: 1), context: seen, .tagged("x"))])
        return ChangeSetBody(
            set: set, clock: clock.map { TaggedClockEntry($0.0, $0.1, tag: 0) }, isFullClock: sequence == 1)
    }

    @Test("a context is believed as far as the log's own clock entries and numbers go, and no further")
    func contexts() {
        var clocks = LogClocks()
        func isBelieved(_ body: ChangeSetBody) -> Bool {
            clocks.advance(body, of: author)
            return clocks.cover(body.set, by: author)
        }
        #expect(isBelieved(body(1)))
        #expect(!isBelieved(body(2, context: [(peer, 1)])), "it has told of nothing of the peer's")
        #expect(isBelieved(body(3, clock: [(peer, 5)], context: [(peer, 5)])))
        #expect(isBelieved(body(4, context: [(peer, 5), (author, 3)])), "what it told before counts on")
        #expect(!isBelieved(body(5, context: [(peer, 6)])))
        #expect(!isBelieved(body(6, context: [(author, 6)])), "nobody has seen what is being written")
        #expect(!isBelieved(body(7, context: [(ReplicaID(3), 1)])))
        #expect(isBelieved(body(8, clock: [(ReplicaID(3), 1), (peer, 9)], context: [(ReplicaID(3), 1), (peer, 9)])))
    }

    @Test("each log has a clock of its own")
    func apart() {
        var clocks = LogClocks()
        clocks.advance(body(1, clock: [(peer, 5)]), of: author)
        #expect(clocks[author][peer]?.sequence == 5)
        #expect(clocks[peer][author] == nil)
    }

    @Test("a whole clock takes the place of what was told before, so that it may be read from there")
    func wholeClock() {
        var clocks = LogClocks()
        clocks.advance(body(1, clock: [(peer, 5)]), of: author)
        var later = body(2, clock: [(ReplicaID(3), 4)], context: [(peer, 5)])
        later.isFullClock = true
        clocks.advance(later, of: author)
        #expect(!clocks.cover(later.set, by: author))
        #expect(clocks[author][ReplicaID(3)]?.sequence == 4)
    }

    @Test("the author of a branch calls its own log by the name that it had")
    func branch() {
        let branch = ReplicaID(9)
        let set = ChangeSet(
            stamp: Stamp(Dot(branch, 4), .zero), actor: .system, office: nil,
            changes: [.thread(ThreadID(high: 1, low: 1), context: VersionVector(Dot(author, 3)), .tagged("x"))])
        #expect(LogClocks().cover(set, by: author))
        #expect(!LogClocks().cover(set, by: branch))
    }
}
