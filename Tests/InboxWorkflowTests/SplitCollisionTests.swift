import Causality
import InboxModel
import InboxWorkflow
import Testing

@Suite struct SplitCollisionTests {
    @Test("A reply is held where messages went on in another thread since its page was shown, and not after that was seen")
    func split() {
        var conversation = Conversation(replicas: 1)
        conversation.add(.opened(Cast.opening), by: .system)
        let page = conversation.merged.clock
        let part = ThreadSplit.Part(MessageID(high: 1, low: 1), in: Dot(ReplicaID(1), 1))
        let dot = conversation.add(.split(ThreadSplit([part], into: Cast.otherThread)), by: .staff(Cast.bo))
        let state = conversation.merged
        #expect(ReplyGuard.collisions(shown: page, now: state, replying: Cast.ana) == [.split(dot)])
        #expect(ReplyGuard.collisions(shown: state.clock, now: state, replying: Cast.ana).isEmpty)
    }
}
