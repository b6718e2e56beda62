import Causality
import InboxModel
import Testing

@Suite("Directory documents")
struct DocumentTests {
    private static func office(_ name: String) -> Step {
        .directory(.office(Cast.towson, OfficeProfile(key: "TOW", name: name, timeZone: "America/New_York")))
    }

    private static func state(_ offices: Offices) -> DocumentState<OfficeProfile> {
        offices.inbox(at: 0).offices[Cast.towson] ?? DocumentState()
    }

    @Test("Versions written while apart are both kept, the newest in force, until somebody who saw both writes")
    func concurrentVersions() {
        var offices = Offices()
        offices.act(at: 1, by: .staff(Cast.bo), Self.office("Old Towson"))
        offices.act(at: 0, by: .staff(Cast.dana), Self.office("Towson"))
        offices.heal()
        #expect(Self.state(offices).current?.name == "Towson")
        #expect(Self.state(offices).versions.entries.count == 2)
        #expect(Self.state(offices).isConflicted)
        offices.act(at: 1, by: .staff(Cast.bo), Self.office("Towson Main"))
        offices.heal()
        #expect(Self.state(offices).current?.name == "Towson Main")
        #expect(!Self.state(offices).isConflicted)
    }

    @Test("The same version written at two offices is no conflict")
    func sameVersion() {
        var offices = Offices()
        offices.act(at: 0, by: .staff(Cast.dana), Self.office("Towson"))
        offices.act(at: 1, by: .staff(Cast.bo), Self.office("Towson"))
        offices.heal()
        #expect(Self.state(offices).versions.entries.count == 2)
        #expect(!Self.state(offices).isConflicted)
    }

    @Test("Lists in a profile have one order, whatever order they were given in")
    func sortedLists() {
        let queue = QueueProfile(key: "q", name: "Q", office: nil, members: Cast.staff.reversed())
        #expect(queue == QueueProfile(key: "q", name: "Q", office: nil, members: Cast.staff))
        let staff = StaffProfile(key: "s", name: "S", role: .surgeon, offices: Cast.offices.reversed())
        #expect(staff == StaffProfile(key: "s", name: "S", role: .surgeon, offices: Cast.offices))
    }
}
