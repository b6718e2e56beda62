import Causality
import InboxModel
import Testing

@Suite("Messages that go on in another thread")
struct SplitTests {
    private static func part(_ dot: Dot, _ message: UInt64 = 1) -> ThreadSplit.Part {
        ThreadSplit.Part(MessageID(high: 9, low: message), in: dot)
    }

    private static func split(_ dots: Dot..., into thread: Int = 1) -> ThreadChange {
        .split(ThreadSplit(dots.map { part($0) }, into: Cast.threads[thread]))
    }

    @Test("What is split off waits no longer; what came before or after it goes on waiting")
    func attention() {
        var offices = Offices()
        let first = offices.thread().unanswered
        offices.patientWrites(at: 0)
        let second = offices.lastDot(at: 0)
        offices.act(at: 0, by: Cast.bo, Self.split(second))
        #expect(offices.thread().unanswered == first)
        offices.patientWrites(at: 0)
        #expect(offices.thread().unanswered == (first + [offices.lastDot(at: 0)]).sorted())
        #expect(offices.thread().continuations(of: MessageID(high: 9, low: 1)) == [Cast.threads[1]])
    }

    @Test("Whoever splits cannot settle a message that their page did not show")
    func unseen() {
        var offices = Offices()
        offices.look(at: 1)
        offices.patientWrites(at: 0)
        let message = offices.lastDot(at: 0)
        offices.heal()
        offices.act(at: 1, by: Cast.bo, page: .kept, Self.split(message))
        #expect(offices.thread(at: 1).unanswered.contains(message))
    }

    @Test("Split off in two offices while apart, both say where it went, in the order of time, at every office")
    func apart() {
        var offices = Offices()
        let message = offices.thread().unanswered[0]
        offices.act(at: 0, by: Cast.dana, Self.split(message, into: 1))
        offices.act(at: 1, by: Cast.bo, Self.split(message, into: 2))
        offices.heal()
        for office in 0...1 {
            let thread = offices.thread(at: office)
            #expect(thread.splits.map(\.split.into) == [Cast.threads[1], Cast.threads[2]])
            #expect(thread.continuations(of: MessageID(high: 9, low: 1)) == [Cast.threads[1], Cast.threads[2]])
            #expect(thread.unanswered.isEmpty)
        }
    }

    @Test("A split and a reply that were made apart both stand")
    func reply() {
        var offices = Offices()
        let message = offices.thread().unanswered[0]
        offices.act(at: 0, by: Cast.dana, Self.split(message))
        offices.reply(at: 1, by: Cast.bo)
        offices.heal()
        let thread = offices.thread()
        #expect(thread.splits.count == 1)
        #expect(thread.answered.map(\.message) == [message])
        #expect(thread.unanswered.isEmpty)
    }

    @Test("A copy waits where the message waited, and does not where it was answered", arguments: [true, false])
    func continuation(isWaiting: Bool) {
        var offices = Offices()
        offices.act(at: 0, by: Cast.bo, .resolve)
        let part = Self.part(offices.lastDot(at: 0))
        offices.act(
            at: 0, by: .staff(Cast.bo), .inbound(0, .portal),
            .thread(0, .continued(ThreadContinuation(from: Cast.threads[1], [part], isWaiting: isWaiting))))
        #expect(offices.thread().unanswered == (isWaiting ? [offices.lastDot(at: 0)] : []))
        offices.patientWrites(at: 1)
        offices.heal()
        #expect(offices.thread().flags.contains(.needsReply))
    }

    @Test("Other names for change sets reach the messages of a split")
    func renaming() {
        let old = Dot(ReplicaID(1), 5)
        let new = Dot(ReplicaID(7), 5)
        let stamp = Stamp(Dot(ReplicaID(2), 1), .zero)
        func set(_ dot: Dot) -> ChangeSet {
            let continuation = ThreadContinuation(from: Cast.threads[1], [Self.part(dot)], isWaiting: true)
            return ChangeSet(
                stamp: stamp, actor: .system, office: nil,
                changes: [Self.split(dot), .continued(continuation)].map {
                    .thread(Cast.threads[0], context: VersionVector(), $0)
                })
        }
        #expect(set(old).namesOthers)
        #expect(set(old).renaming({ $0 }, dot: { $0 == old ? new : $0 }) == set(new))
    }
}
