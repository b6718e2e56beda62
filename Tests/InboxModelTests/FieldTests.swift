import Causality
import InboxModel
import Testing

@Suite("Fields written while apart")
struct FieldTests {
    /// What is shown after the changes were made at the two offices while apart, Towson's first.
    private static func merged(_ towson: ThreadChange, _ belAir: ThreadChange) -> ThreadState {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, towson)
        offices.act(at: 1, by: Cast.bo, belAir)
        offices.heal()
        return offices.thread()
    }

    /// What is shown after the changes were made one after the other, each author having seen the one before.
    private static func inTurn(_ changes: ThreadChange...) -> ThreadState {
        var offices = Offices()
        for (number, change) in changes.enumerated() {
            offices.act(at: number % 2, by: Cast.dana, change)
            offices.heal()
        }
        return offices.thread()
    }

    @Test("Of two priorities the more urgent is shown, whichever came later")
    func priority() {
        #expect(Self.merged(.priority(.urgent), .priority(.low)).priority == .urgent)
        #expect(Self.merged(.priority(.low), .priority(.urgent)).priority == .urgent)
        #expect(Offices().thread().priority == .normal)
    }

    @Test("A priority is lowered by somebody who saw the raise")
    func priorityLowered() {
        #expect(Self.inTurn(.priority(.urgent), .priority(.low)).priority == .low)
    }

    @Test("Clinical review stays where somebody asked for it, until somebody who saw that clears it")
    func review() {
        #expect(Self.merged(.review(true), .review(false)).needsReview)
        #expect(Self.merged(.review(false), .review(true)).flags.contains(.clinicalReview))
        #expect(!Self.inTurn(.review(true), .review(false)).needsReview)
    }

    @Test("Of two escalations the higher level is shown")
    func escalation() {
        let thread = Self.merged(.escalated(level: 2), .escalated(level: 1))
        #expect(thread.escalationLevel == 2)
        #expect(thread.status == .escalated)
    }

    @Test("An escalation ends with an acknowledgement that saw it, not with a lower level")
    func escalationLowered() {
        #expect(Self.inTurn(.escalated(level: 3), .escalated(level: 1)).escalationLevel == 3)
        #expect(Self.inTurn(.escalated(level: 3), .escalationAcknowledged).escalationLevel == 0)
        #expect(Self.inTurn(.escalated(level: 3), .escalationAcknowledged, .escalated(level: 1)).escalationLevel == 1)
    }

    @Test(
        "An acknowledgement does not clear an escalation that it had not seen",
        arguments: [ThreadChange.escalationAcknowledged, .resolve])
    func escalationUnseen(change: ThreadChange) {
        var offices = Offices()
        offices.act(at: 0, by: .automation("ladder"), .thread(0, .escalated(level: 1)))
        offices.heal()
        offices.act(at: 0, by: Cast.dana, change)
        offices.act(at: 1, by: .automation("ladder"), .thread(0, .escalated(level: 2)))
        offices.heal()
        #expect(offices.thread().escalationLevel == 2)
        #expect(offices.thread().status == .escalated)
    }

    @Test("Of two categories the one of the higher urgency class is shown, and the thread is filed twice until settled")
    func category() {
        for (first, second) in [(Cast.postOp, Cast.billing), (Cast.billing, Cast.postOp)] {
            func urgency(_ id: CategoryID) -> UrgencyClass { id == Cast.postOp ? .urgent : .routine }
            let thread = Self.merged(.category(first, urgency(first)), .category(second, urgency(second)))
            #expect(thread.category == FiledCategory(Cast.postOp, .urgent))
            #expect(thread.flags.contains(.filedTwice))
        }
        let settled = Self.inTurn(.category(Cast.postOp, .urgent), .category(Cast.billing, .routine))
        #expect(settled.category == FiledCategory(Cast.billing, .routine))
        #expect(!settled.flags.contains(.filedTwice))
    }

    @Test("Of two categories of one urgency class the greater dot's is shown")
    func categoryTie() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .category(Cast.billing, .soon))
        offices.act(at: 1, by: Cast.bo, .category(Cast.postOp, .soon))
        let isGreater = offices.lastDot(at: 0) > offices.lastDot(at: 1)
        offices.heal()
        #expect(offices.thread().category?.category == (isGreater ? Cast.billing : Cast.postOp))
    }

    @Test("The same category filed at two offices is not filed twice")
    func sameCategory() {
        let thread = Self.merged(.category(Cast.postOp, .urgent), .category(Cast.postOp, .urgent))
        #expect(!thread.flags.contains(.filedTwice))
    }

    @Test("Of two due times the earlier is shown, and a time before none")
    func due() {
        #expect(Self.merged(.due(500), .due(900)).due == 500)
        #expect(Self.merged(.due(900), .due(500)).due == 500)
        #expect(Self.merged(.due(900), .due(nil)).due == 900)
        #expect(Self.inTurn(.due(500), .due(900)).due == 900)
        #expect(Self.inTurn(.due(500), .due(nil)).due == nil)
    }

    @Test("Of two snoozes the earlier wake-up is shown, and waking before both")
    func snooze() {
        #expect(Self.merged(.snoozed(until: 500), .snoozed(until: 900)).snoozedUntil == 500)
        #expect(Self.merged(.snoozed(until: 900), .snoozed(until: nil)).snoozedUntil == nil)
        #expect(Self.inTurn(.snoozed(until: 500), .snoozed(until: 900)).snoozedUntil == 900)
    }

    @Test("A message that the snoozing person had not seen wakes the thread for ever, and never moves the due time")
    func snoozeMeetsMessage() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .due(700))
        offices.heal()
        offices.patientWrites(at: 1)
        offices.act(at: 0, by: Cast.dana, .snoozed(until: 900))
        #expect(offices.thread(at: 0).snoozedUntil == 900)
        offices.heal()
        #expect(offices.thread().snoozedUntil == nil)
        #expect(offices.thread().due == 700)
        offices.reply(at: 1, by: Cast.bo)
        offices.heal()
        #expect(offices.thread().snoozedUntil == nil)
        offices.act(at: 0, by: Cast.dana, .snoozed(until: 950))
        #expect(offices.thread().snoozedUntil == 950)
    }

    @Test("A thread moved to two offices is shown at the one named later, and at its first until then")
    func office() {
        #expect(Offices().thread().office == Cast.towson)
        #expect(Self.merged(.moved(Cast.towson), .moved(Cast.belAir)).office == Cast.belAir)
    }

    @Test("The later of two languages and of two subjects is shown")
    func latest() {
        #expect(Offices().thread().language == "es")
        let thread = Self.merged(.language("pt"), .language("en"))
        #expect(thread.language == "en")
        #expect(thread.languages.entries.count == 2)
        #expect(Self.merged(.subject(content: 1), .subject(content: 2)).subject?.index == 2)
    }

    @Test("A thread merged into two others goes on in the one of the smaller id, until somebody takes that back")
    func merged() {
        let thread = Self.merged(.mergedInto(Cast.threads[2]), .mergedInto(Cast.threads[1]))
        #expect(thread.mergedInto == Cast.threads[1])
        #expect(thread.status == .merged)
        #expect(Self.inTurn(.mergedInto(Cast.threads[1]), .mergedInto(nil)).mergedInto == nil)
    }

    @Test("Content keys made at two offices are both kept, ascending by tag")
    func contentKeys() {
        let thread = Self.merged(.contentKey(tag: 2, content: 0), .contentKey(tag: 1, content: 3))
        #expect(thread.contentKeys.map(\.tag) == [1, 2])
        #expect(thread.contentKeys.map(\.reference.index) == [3, 0])
    }

    @Test("A change of a newer version leaves the thread as it is and does not stand in the way of what follows")
    func unknown() {
        var offices = Offices()
        let before = offices.thread()
        offices.act(at: 0, by: .staff(Cast.dana), .unknown)
        #expect(offices.thread() == before)
        offices.act(at: 0, by: .staff(Cast.dana), .unknown, .thread(0, .tagged("x-ray")))
        offices.heal()
        #expect(offices.thread(at: 1).tags.map(\.tag) == ["x-ray"])
        offices.act(at: 1, by: Cast.bo, .untagged("x-ray"))
        offices.heal()
        #expect(offices.thread().tags.isEmpty)
    }
}
