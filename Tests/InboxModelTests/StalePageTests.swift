import Causality
import InboxModel
import Testing

/// Pages stand open while the node goes on merging. What counts is what the page showed, not what the node had.
@Suite("A click made on a stale page")
struct StalePageTests {
    @Test("A claim made on a page that did not show another claim is contested, even at the same office")
    func claim() {
        var offices = Offices()
        offices.look(at: 0)
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.heal()
        offices.act(at: 0, by: Cast.dana, page: .kept, .claim(by: Cast.dana))
        offices.heal()
        #expect(offices.thread().flags.contains(.contested))
        #expect(offices.thread().claimants == [.staff(Cast.bo), .staff(Cast.dana)])
    }

    @Test("A reply sent from a page that did not show the last message leaves that message waiting")
    func reply() {
        var offices = Offices()
        offices.look(at: 0)
        offices.patientWrites(at: 0)
        let unseen = offices.lastDot(at: 0)
        offices.reply(at: 0, by: Cast.dana, page: .kept)
        #expect(offices.thread().unanswered == [unseen])
    }

    @Test("Resolving on a page that did not show the last message does not end the matter")
    func resolve() {
        var offices = Offices()
        offices.look(at: 0)
        offices.patientWrites(at: 0)
        offices.act(at: 0, by: Cast.dana, page: .kept, .resolve)
        #expect(offices.thread().flags == [.needsReply, .unseenByResolver])
    }

    @Test("A snooze from a page that did not show the last message, written at the same office, does not hide it")
    func snooze() {
        var offices = Offices()
        offices.look(at: 0)
        offices.patientWrites(at: 0)
        offices.act(at: 0, by: Cast.dana, page: .kept, .snoozed(until: 900))
        #expect(offices.thread().snoozedUntil == nil)
        offices.act(at: 0, by: Cast.dana, .snoozed(until: 950))
        #expect(offices.thread().snoozedUntil == 950)
    }

    @Test("Two replies from one page opened before either are one answer too many")
    func answeredTwice() {
        var offices = Offices()
        offices.look(at: 0)
        offices.reply(at: 0, by: Cast.dana, page: .kept)
        offices.reply(at: 0, by: Cast.bo, page: .kept)
        #expect(offices.thread().flags.contains(.answeredTwice))
    }

    @Test("Lowering a priority on a page that did not show the raise keeps the raise")
    func priority() {
        var offices = Offices()
        offices.look(at: 0)
        offices.act(at: 0, by: Cast.bo, .priority(.urgent))
        offices.act(at: 0, by: Cast.dana, page: .kept, .priority(.low))
        #expect(offices.thread().priority == .urgent)
    }

    @Test("A read mark covers what the page showed and no more")
    func read() {
        var offices = Offices()
        offices.look(at: 0)
        offices.patientWrites(at: 0)
        let unseen = offices.lastDot(at: 0)
        offices.act(at: 0, by: Cast.dana, page: .kept, .read)
        #expect(offices.thread().readMarks.first?.seen.covers(unseen) == false)
    }
}
