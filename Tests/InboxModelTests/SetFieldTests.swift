import Causality
import InboxModel
import Testing

@Suite("Tags, read marks and drafts")
struct SetFieldTests {
    @Test("Adding a tag wins over taking it off while apart")
    func addWins() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .tagged("x-ray"))
        offices.heal()
        offices.act(at: 0, by: Cast.dana, .untagged("x-ray"))
        offices.act(at: 1, by: Cast.bo, .tagged("x-ray"))
        let kept = offices.lastDot(at: 1)
        offices.heal()
        #expect(offices.thread().tags.map(\.tag) == ["x-ray"])
        #expect(offices.thread().tags.first?.added == [kept])
    }

    @Test("A tag is gone when it was taken off by somebody who saw every adding")
    func removed() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .tagged("x-ray"))
        offices.act(at: 1, by: Cast.bo, .tagged("x-ray"))
        offices.heal()
        #expect(offices.thread().tags.first?.added.count == 2)
        offices.act(at: 1, by: Cast.bo, .untagged("x-ray"))
        offices.heal()
        #expect(offices.thread().tags.isEmpty)
    }

    @Test("Tags are told apart by their bytes, so that two spellings that look alike are kept at every office")
    func spellings() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .tagged("caf\u{E9}"))
        offices.act(at: 1, by: Cast.bo, .tagged("cafe\u{301}"))
        offices.heal()
        #expect(offices.thread().tags.map { $0.tag.utf8.count } == [6, 5])
        offices.act(at: 1, by: Cast.bo, .untagged("caf\u{E9}"))
        offices.heal()
        #expect(offices.thread().tags.map { $0.tag.utf8.count } == [6])
    }

    @Test("Read marks are each person's union of what they saw at any office")
    func readMarks() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .tagged("x-ray"))
        offices.patientWrites(at: 1)
        let (tag, message) = (offices.lastDot(at: 0), offices.lastDot(at: 1))
        offices.act(at: 0, by: Cast.dana, .read)
        offices.act(at: 1, by: Cast.dana, .read)
        offices.act(at: 1, by: Cast.bo, .read)
        offices.heal()
        let marks = offices.thread().readMarks
        #expect(marks.map(\.staff) == [Cast.dana, Cast.bo].sorted())
        let dana = marks.first { $0.staff == Cast.dana }?.seen
        let bo = marks.first { $0.staff == Cast.bo }?.seen
        #expect(dana?.covers(tag) == true && dana?.covers(message) == true)
        #expect(bo?.covers(tag) == false && bo?.covers(message) == true)
    }

    @Test("Reading by somebody who is not staff leaves no mark")
    func patientsLeaveNoMark() {
        var offices = Offices()
        offices.act(at: 0, by: .patient(Cast.maria), .thread(0, .read))
        #expect(offices.thread().readMarks.isEmpty)
    }

    @Test("One person's drafts from two offices are kept side by side until one of them replaces both")
    func twoDrafts() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .draft(content: 0))
        offices.act(at: 1, by: Cast.dana, .draft(content: 0))
        offices.heal()
        #expect(offices.thread().drafts.map(\.staff) == [Cast.dana])
        #expect(offices.thread().drafts.first?.values.entries.count == 2)
        offices.act(at: 0, by: Cast.dana, .draft(content: 1))
        offices.heal()
        let left = offices.thread().drafts.first?.values.entries.map(\.value)
        #expect(left == [ContentReference(offices.lastDot(at: 0), 1)])
    }

    @Test("A draft sent or discarded at one office keeps the text written apart at another")
    func draftDiscarded() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .draft(content: 0))
        offices.heal()
        offices.act(at: 0, by: Cast.dana, .draft(content: nil))
        offices.act(at: 1, by: Cast.dana, .draft(content: 1))
        offices.heal()
        #expect(offices.thread().drafts.first?.values.entries.map(\.value.index) == [1])
        offices.act(at: 0, by: Cast.dana, .draft(content: nil))
        offices.heal()
        #expect(offices.thread().drafts.isEmpty)
    }

    @Test("Neither taking the thread nor another's draft deletes a draft")
    func draftSurvives() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .draft(content: 0))
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.act(at: 1, by: Cast.bo, .draft(content: 2))
        offices.act(at: 1, by: Cast.bo, .draft(content: nil))
        offices.heal()
        #expect(offices.thread().drafts.map(\.staff) == [Cast.dana])
    }
}
