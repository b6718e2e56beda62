import Causality
import InboxModel
import Testing

@Suite("Threads shared with outside partners")
struct SharingTests {
    private static let lee = StaffID(high: 0, low: 0x1EE)
    private static let day: Int64 = 86_400_000
    private static let soon: Int64 = 1_700_000_000_000 + 3 * day
    private static let later: Int64 = 1_700_000_000_000 + 9 * day

    @Test("A share lasts until its time, for the account that it names and no other")
    func until() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: Self.soon))
        let thread = offices.thread()
        #expect(thread.isShared(with: Self.lee, at: Self.soon - 1) && !thread.isShared(with: Self.lee, at: Self.soon))
        #expect(!thread.isShared(with: Cast.bo, at: Self.soon - 1))
        #expect(thread.sharedAccounts == [SharedAccount(staff: Self.lee, until: Self.soon)])
    }

    @Test("Taking back ends it; sharing again by somebody who saw that begins it again")
    func takenBack() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: Self.soon))
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .unshared(Self.lee))
        offices.heal()
        #expect(offices.thread().sharedUntil(with: Self.lee) == nil && offices.thread().sharedAccounts.isEmpty)
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: Self.later))
        offices.heal()
        #expect(offices.thread(at: 1).sharedUntil(with: Self.lee) == Self.later)
    }

    @Test("A withdrawal wins over a share that somebody gave without knowing of it", arguments: [0, 1])
    func withdrawalWins(first: Int) {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: Self.soon))
        offices.heal()
        for office in [first, 1 - first] {
            offices.act(at: office, by: Cast.dana, office == 0 ? .unshared(Self.lee) : .shared(Self.lee, until: Self.later))
        }
        offices.heal()
        #expect(offices.thread().sharedUntil(with: Self.lee) == nil)
        #expect(offices.thread().shares.entries.count == 2, "nothing that was said is lost")
        offices.act(at: 1, by: Cast.bo, .shared(Self.lee, until: Self.later))
        offices.heal()
        #expect(offices.thread().sharedUntil(with: Self.lee) == Self.later)
    }

    @Test("Of shares given apart the earliest end counts, and each account is by itself")
    func apart() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: Self.later))
        offices.act(at: 1, by: Cast.bo, .shared(Self.lee, until: Self.soon))
        offices.act(at: 1, by: Cast.bo, .unshared(Cast.supervisor))
        offices.heal()
        #expect(offices.thread().sharedUntil(with: Self.lee) == Self.soon)
        #expect(offices.thread().sharedUntil(with: Cast.supervisor) == nil)
    }

    @Test("No share lasts longer than ninety days from when it was written, whatever it says")
    func bounded() throws {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .shared(Self.lee, until: .max))
        let thread = offices.thread()
        let written = try #require(thread.shares.latest?.stamp.timestamp.milliseconds)
        #expect(thread.sharedUntil(with: Self.lee) == written + 90 * Self.day)
    }

    @Test("Of two things said of one account in one change set the later counts, and two accounts keep their own")
    func oneSet() {
        var offices = Offices()
        offices.act(
            at: 0, by: .staff(Cast.dana), .thread(0, .shared(Self.lee, until: Self.soon)), .thread(0, .shared(Cast.bo, until: Self.soon)),
            .thread(0, .unshared(Self.lee)))
        offices.heal()
        #expect(offices.thread().sharedAccounts.map(\.staff) == [Cast.bo])
    }
}
