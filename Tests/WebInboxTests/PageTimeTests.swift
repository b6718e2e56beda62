import InboxModel
import Testing

@testable import WebInbox

@Suite("Moments in words")
struct PageTimeTests {
    private static let now: Int64 = 1_760_000_000_000
    private let time = PageTime(OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"), now: Self.now)

    @Test("what other nodes wrote as a moment may be any number", arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
    func anyNumber(moment: Int64) {
        let due = time.due(moment)
        #expect(due.isOverdue == (moment < Self.now))
        #expect(!due.isSoon && !time.age(moment).isEmpty)
        #expect(time.model(due)["iso"] != nil && time.moment(moment)["title"] != nil)
    }

    @Test("how long something has to wait yet, or waited", arguments: [
        (0, "due in 1 s", false, true), (59_999, "due in 59 s", false, true), (60_000, "due in 1 min", false, true),
        (3_600_000, "due in 60 min", false, false), (7_200_000, "due in 2 h", false, false), (-1, "overdue 1 s", true, false),
        (-172_800_000, "overdue 2 days", true, false),
    ] as [(Int64, String, Bool, Bool)])
    func due(left: Int64, words: String, isOverdue: Bool, isSoon: Bool) {
        #expect(time.due(Self.now + left) == PageTime.Due(time: Self.now + left, words: words, isOverdue: isOverdue, isSoon: isSoon))
    }

    @Test("today begins and ends by the office's clock")
    func day() {
        let midnight: Int64 = 1_759_982_400_000
        func today(_ now: Int64) -> PageTime.Day {
            PageTime(OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"), now: now).today
        }
        #expect(today(midnight - 1) != today(midnight))
        #expect(today(midnight) == today(midnight + 86_399_999))
    }
}
