import Causality
import InboxModel
import InboxWorkflow
import Testing

@Suite struct ReplyGuardTests {
    /// A thread with one message, and the clock of the page that showed it.
    private static func asked() -> (Conversation, page: VersionVector) {
        var conversation = Conversation(replicas: 2)
        conversation.add(.opened(Cast.opening), by: .system)
        conversation.receive()
        conversation.exchange(from: 0, to: 1)
        return (conversation, conversation.merged.clock)
    }

    private static func collisions(_ page: VersionVector, _ conversation: Conversation) -> [Collision] {
        ReplyGuard.collisions(shown: page, now: conversation.merged, replying: Cast.ana)
    }

    @Test("A page that shows everything lets the reply out")
    func current() {
        let (conversation, page) = Self.asked()
        #expect(Self.collisions(page, conversation).isEmpty)
    }

    @Test("Notes, labels, drafts, reading and due times hold no reply")
    func harmless() {
        var (conversation, page) = Self.asked()
        let quiet: [ThreadChange] = [
            .note(MessageID(high: 6, low: 99), content: 0), .tagged("implant"), .draft(content: 0), .read, .due(5),
            .priority(.high), .ownership(OwnershipChange(act: .offered, from: nil, to: .staff(Cast.bo))),
        ]
        for change in quiet { conversation.add(change, by: .staff(Cast.bo)) }
        #expect(Self.collisions(page, conversation).isEmpty)
    }

    @Test("A message that came in is reported")
    func arrived() {
        var (conversation, page) = Self.asked()
        let first = conversation.receive()
        let second = conversation.receive(at: 1)
        #expect(Self.collisions(page, conversation) == [.messageArrived([first, second])])
    }

    @Test("A message that came in and was answered is reported with its answer")
    func arrivedAndAnswered() {
        var (conversation, page) = Self.asked()
        let message = conversation.receive()
        let answer = conversation.reply(by: Cast.bo)
        #expect(Self.collisions(page, conversation) == [.messageArrived([message]), .answeredBy(answer)])
    }

    @Test("A message that came in and was resolved unanswered is reported with the resolution")
    func arrivedAndResolved() {
        var (conversation, page) = Self.asked()
        let message = conversation.receive()
        let end = conversation.add(
            .resolved(Resolution(outcome: "duplicate", told: .notNeeded)), by: .staff(Cast.bo))
        #expect(Self.collisions(page, conversation) == [.messageArrived([message]), .resolved(end)])
    }

    @Test("A colleague's answer is reported, and so are two sent apart")
    func answered() {
        var (conversation, page) = Self.asked()
        let here = conversation.reply(by: Cast.bo)
        let there = conversation.reply(by: Cast.osei, at: 1)
        #expect(Self.collisions(page, conversation) == [.answeredBy(here), .answeredBy(there)])
    }

    @Test("A message to the patient that answers nothing is reported")
    func unasked() {
        var (conversation, _) = Self.asked()
        conversation.reply(by: Cast.bo)
        let page = conversation.merged.clock
        let news = conversation.reply(by: Cast.bo)
        #expect(Self.collisions(page, conversation) == [.answeredBy(news)])
    }

    @Test("A second click on the same page is held: the first reply was not on it")
    func doubleClick() {
        var (conversation, page) = Self.asked()
        let first = conversation.reply(by: Cast.ana, seen: page)
        #expect(Self.collisions(page, conversation) == [.answeredBy(first)])
    }

    @Test("Ownership that moved to somebody else is reported", arguments: [
        (OwnershipAct.claimed, Owner.staff(Cast.bo)), (.released, .queue(Cast.towsonDesk)),
        (.assigned, .staff(Cast.bo)), (.assigned, .staff(Cast.ana)), (.escalated, .staff(Cast.osei)),
    ])
    func moved(act: OwnershipAct, owner: Owner) {
        var (conversation, page) = Self.asked()
        conversation.move(act, to: owner, by: Cast.dana)
        #expect(Self.collisions(page, conversation) == [.ownershipMoved(to: owner)])
    }

    @Test("Taking the thread oneself holds no reply", arguments: [OwnershipAct.claimed, .accepted])
    func ownClaim(act: OwnershipAct) {
        var (conversation, page) = Self.asked()
        conversation.move(act, to: .staff(Cast.ana), by: Cast.ana)
        #expect(Self.collisions(page, conversation).isEmpty)
    }

    @Test("A colleague's claim made apart is reported though one's own counts first")
    func contested() {
        var (conversation, _) = Self.asked()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana)
        let page = conversation.state().clock
        conversation.move(.claimed, to: .staff(Cast.bo), by: Cast.bo, at: 1)
        #expect(conversation.merged.owner == .staff(Cast.ana))
        #expect(Self.collisions(page, conversation) == [.ownershipMoved(to: .staff(Cast.bo))])
    }

    @Test("Ownership that moved away and back is reported")
    func movedBack() {
        var (conversation, _) = Self.asked()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana)
        let page = conversation.merged.clock
        conversation.move(.assigned, to: .staff(Cast.bo), by: Cast.dana)
        conversation.move(.assigned, to: .staff(Cast.ana), by: Cast.dana)
        #expect(Self.collisions(page, conversation) == [.ownershipMoved(to: .staff(Cast.ana))])
    }

    @Test("A resolution is reported; one that a later message ended is not")
    func resolved() {
        var (conversation, page) = Self.asked()
        let end = conversation.add(.resolved(Resolution(outcome: "answered", told: .told)), by: .staff(Cast.bo))
        #expect(Self.collisions(page, conversation) == [.resolved(end)])
        let message = conversation.receive()
        #expect(Self.collisions(page, conversation) == [.messageArrived([message])])
    }

    @Test("A merge is reported; one that was taken back is not")
    func merged() {
        var (conversation, page) = Self.asked()
        conversation.add(.mergedInto(Cast.otherThread), by: .staff(Cast.bo))
        #expect(Self.collisions(page, conversation) == [.merged(Cast.otherThread)])
        conversation.add(.mergedInto(nil), by: .staff(Cast.bo))
        #expect(Self.collisions(page, conversation).isEmpty)
    }

    @Test("A reply that names a message of another thread does not hold every later reply")
    func foreignAnswer() {
        var (conversation, _) = Self.asked()
        let posting = MessagePosting(
            id: MessageID(high: 6, low: 99), direction: .outbound, channel: .portal, content: 0,
            answers: [Dot(ReplicaID(9), 4)])
        conversation.add(.message(posting), by: .staff(Cast.bo))
        let page = conversation.merged.clock
        conversation.add(.tagged("implant"), by: .staff(Cast.bo))
        #expect(Self.collisions(page, conversation).isEmpty)
    }
}
