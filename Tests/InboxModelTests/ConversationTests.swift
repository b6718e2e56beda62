import Causality
import InboxModel
import Testing

@Suite("Messages, replies and how matters end")
struct ConversationTests {
    @Test("A message waits until somebody replies, then it is the patient's turn")
    func reply() {
        var offices = Offices()
        let message = offices.lastDot(at: 0)
        #expect(offices.thread().unanswered == [message])
        #expect(offices.thread().flags == [.needsReply])
        offices.reply(at: 1, by: Cast.bo)
        offices.heal()
        #expect(offices.thread().unanswered.isEmpty)
        #expect(offices.thread().status == .waitingOnPatient)
        #expect(offices.thread().flags == [])
        #expect(offices.thread().messageCount == 2)
    }

    @Test("A reply covers only what it saw")
    func replyCoversWhatItSaw() {
        var offices = Offices()
        offices.patientWrites(at: 1)
        let unseen = offices.lastDot(at: 1)
        offices.reply(at: 0, by: Cast.dana)
        offices.heal()
        #expect(offices.thread().unanswered == [unseen])
        #expect(offices.thread().status == .queued)
        #expect(offices.thread().flags == [.needsReply])
    }

    @Test("A resolution that meets a message its author had not seen leaves the thread open and says so")
    func resolveMeetsMessage() {
        var offices = Offices()
        offices.patientWrites(at: 1)
        let unseen = offices.lastDot(at: 1)
        offices.act(at: 0, by: Cast.dana, .resolve)
        #expect(offices.thread(at: 0).status == .resolved)
        offices.heal()
        #expect(offices.thread().status != .resolved)
        #expect(offices.thread().unanswered == [unseen])
        #expect(offices.thread().flags == [.needsReply, .unseenByResolver])
        offices.act(at: 1, by: Cast.bo, .resolve)
        offices.heal()
        #expect(offices.thread().status == .resolved)
        #expect(offices.thread().flags == [])
    }

    @Test("A message after a resolution opens the matter again")
    func messageAfterResolution() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .resolve)
        offices.heal()
        #expect(offices.thread(at: 1).status == .resolved)
        offices.patientWrites(at: 1)
        offices.heal()
        #expect(offices.thread().status == .queued)
        #expect(offices.thread().resolution == nil)
        #expect(offices.thread().flags == [.needsReply])
    }

    @Test("Reopening opens a matter that was ended, until it is ended by somebody who saw it")
    func reopened() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .resolve)
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .reopened(note: nil))
        offices.heal()
        #expect(offices.thread().status == .queued)
        #expect(offices.thread().flags == [.reopened])
        offices.act(at: 0, by: Cast.dana, .resolve)
        offices.heal()
        #expect(offices.thread().status == .resolved)
        #expect(offices.thread().flags == [])
    }

    @Test("A resolution that had not seen the reopening does not end the matter")
    func reopenedWhileResolving() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .resolve)
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .reopened(note: 0))
        offices.act(at: 0, by: Cast.dana, .resolve)
        offices.heal()
        #expect(offices.thread().status == .queued)
        #expect(offices.thread().flags == [.reopened, .unseenByResolver])
    }

    @Test("Two resolutions made while apart both end the matter, the later shown")
    func resolvedTwice() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .resolved(Resolution(outcome: "answered", told: .told)))
        offices.act(at: 1, by: Cast.bo, .resolved(Resolution(outcome: "booked", told: .notNeeded)))
        offices.heal()
        #expect(offices.thread().status == .resolved)
        #expect(offices.thread().resolution == ResolutionMark(outcome: "booked", told: .notNeeded, by: .staff(Cast.bo)))
    }

    @Test("Two replies sent apart to one message are flagged")
    func answeredTwice() {
        var offices = Offices()
        offices.reply(at: 0, by: Cast.dana)
        offices.reply(at: 1, by: Cast.bo)
        #expect(!offices.thread().flags.contains(.answeredTwice))
        offices.heal()
        #expect(offices.thread().flags == [.answeredTwice])
        #expect(offices.thread().messageCount == 3)
    }

    @Test(
        "Somebody who saw both replies settles that the patient was answered twice",
        arguments: [ThreadChange.answeredTwiceAcknowledged, .resolve])
    func answeredTwiceSettled(change: ThreadChange) {
        var offices = Offices()
        offices.reply(at: 0, by: Cast.dana)
        offices.reply(at: 1, by: Cast.bo)
        offices.heal()
        offices.act(at: 1, by: Cast.bo, change)
        offices.heal()
        #expect(!offices.thread().flags.contains(.answeredTwice))
    }

    @Test(
        "Somebody who saw only one of the replies does not settle it",
        arguments: [ThreadChange.answeredTwiceAcknowledged, .resolve])
    func answeredTwiceNotSettled(change: ThreadChange) {
        var offices = Offices()
        offices.reply(at: 0, by: Cast.dana)
        offices.reply(at: 1, by: Cast.bo)
        offices.act(at: 1, by: Cast.bo, change)
        offices.heal()
        #expect(offices.thread().flags.contains(.answeredTwice))
    }

    @Test("A third reply sent apart is flagged again after the first two were settled")
    func answeredThrice() {
        var offices = Offices(clockOffsets: [0, 0, 0])
        offices.reply(at: 0, by: Cast.dana)
        offices.reply(at: 1, by: Cast.bo)
        offices.reply(at: 2, by: Cast.supervisor)
        offices.sync(from: 0, to: 1)
        offices.act(at: 1, by: Cast.bo, .answeredTwiceAcknowledged)
        #expect(!offices.thread(at: 1).flags.contains(.answeredTwice))
        offices.heal()
        #expect(offices.thread().flags.contains(.answeredTwice))
    }

    @Test("A second answer by somebody who had seen the first is a follow-up, not an answer given twice")
    func followUp() {
        var offices = Offices()
        offices.reply(at: 0, by: Cast.dana)
        offices.heal()
        offices.act(at: 1, by: .staff(Cast.bo), .reply(0, .portal, answersAll: true))
        offices.heal()
        #expect(offices.thread().answered.first?.replies.count == 2)
        #expect(!offices.thread().flags.contains(.answeredTwice))
    }

    @Test("Two messages of one change set wait as one, whatever came before")
    func twoMessagesInOneSet() {
        var offices = Offices()
        offices.act(at: 0, by: .patient(Cast.maria), .inbound(0, .sms), .inbound(0, .sms))
        let both = offices.lastDot(at: 0)
        offices.patientWrites(at: 1)
        let later = offices.lastDot(at: 1)
        offices.heal()
        #expect(Set(offices.thread().unanswered).isSuperset(of: [both, later]))
        #expect(offices.thread().unanswered.count == 3)
        #expect(offices.thread().messageCount == 4)
    }

    @Test("Corrections, redactions and notes keep every message and everything that waits")
    func corrections() {
        var offices = Offices()
        let before = offices.thread()
        let message = MessageID(high: 1, low: 1)
        offices.act(at: 0, by: Cast.dana, .correction(of: message, content: 0))
        offices.act(at: 1, by: Cast.bo, .correction(of: message, content: nil))
        offices.act(at: 1, by: Cast.bo, .note(MessageID(high: 1, low: 2), content: 0))
        offices.heal()
        let after = offices.thread()
        #expect(after.messageCount == before.messageCount)
        #expect(after.attention == before.attention)
        #expect(after.flags == before.flags)
        #expect(after.lastActivity?.dot == offices.lastDot(at: 1))
        #expect(after.clock.covers(offices.lastDot(at: 0)) && after.clock.covers(offices.lastDot(at: 1)))
    }

    @Test("Reading and drafting are no activity of the thread")
    func privateChanges() {
        var offices = Offices()
        let before = offices.thread().lastActivity
        offices.act(at: 0, by: Cast.dana, .read)
        offices.act(at: 0, by: Cast.dana, .draft(content: 0))
        #expect(offices.thread().lastActivity == before)
        offices.act(at: 0, by: Cast.dana, .tagged("x-ray"))
        #expect(offices.thread().lastActivity?.dot == offices.lastDot(at: 0))
    }
}
