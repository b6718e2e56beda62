import Causality
import InboxModel
import InboxWorkflow
import Testing

@Suite struct AccessScopeTests {
    private static let desk = QueueProfile(
        key: "towson-desk", name: "Front desk Towson", office: Cast.towson, members: [Cast.ana], backup: Cast.bo)

    private static func scope(
        _ conversation: Conversation, _ staff: StaffID, category: CategoryProfile? = nil, absences: [Absence] = []
    ) -> AccessScope {
        AccessScope(thread: conversation.merged, staff: staff, category: category, absences: absences, at: 100) { id in
            id == Cast.towsonDesk ? desk : nil
        }
    }

    private static func opened() -> Conversation {
        var conversation = Conversation(replicas: 2)
        conversation.add(.opened(Cast.opening), by: .system)
        conversation.exchange(from: 0, to: 1)
        return conversation
    }

    @Test("Members, primary and backup of the owning queue stand in for it; others do not")
    func queue() {
        let conversation = Self.opened()
        let standing = AccessScope(office: Cast.towson, coversOwner: true)
        #expect(Self.scope(conversation, Cast.ana) == standing)
        #expect(Self.scope(conversation, Cast.bo) == standing)
        #expect(Self.scope(conversation, Cast.osei) == AccessScope(office: Cast.towson))
    }

    @Test("The owner owns, and their queue no longer stands in")
    func owner() {
        var conversation = Self.opened()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana)
        #expect(Self.scope(conversation, Cast.ana) == AccessScope(office: Cast.towson, isOwner: true))
        #expect(Self.scope(conversation, Cast.bo) == AccessScope(office: Cast.towson))
    }

    @Test("Who covers for an owner who is away stands in until they are back")
    func absence() {
        var conversation = Self.opened()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana)
        let away = Absence(staff: Cast.ana, backup: Cast.osei, until: 101)
        let back = Absence(staff: Cast.ana, backup: Cast.osei, until: 100)
        #expect(Self.scope(conversation, Cast.osei, absences: [away]).coversOwner)
        #expect(!Self.scope(conversation, Cast.osei, absences: [back]).coversOwner)
        #expect(!Self.scope(conversation, Cast.ana, absences: [away]).coversOwner)
    }

    @Test("Who covers for an absent person of the owning queue stands in")
    func absenceInQueue() {
        let away = Absence(staff: Cast.bo, backup: Cast.dana, until: 101)
        #expect(Self.scope(Self.opened(), Cast.dana, absences: [away]).coversOwner)
        #expect(!Self.scope(Self.opened(), Cast.dana).coversOwner)
    }

    @Test("Of several claimants each is an owner")
    func contested() {
        var conversation = Self.opened()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana, at: 0)
        conversation.move(.claimed, to: .staff(Cast.bo), by: Cast.bo, at: 1)
        #expect(Self.scope(conversation, Cast.ana).isOwner)
        #expect(Self.scope(conversation, Cast.bo).isOwner)
        #expect(!Self.scope(conversation, Cast.dana).isOwner)
    }

    @Test("A person, or anybody of a queue, who was asked is offered the thread")
    func offered() {
        var conversation = Self.opened()
        conversation.move(.claimed, to: .staff(Cast.ana), by: Cast.ana)
        conversation.move(.offered, to: .staff(Cast.osei), by: Cast.ana)
        #expect(Self.scope(conversation, Cast.osei).isOffered)
        #expect(!Self.scope(conversation, Cast.bo).isOffered)
        conversation.move(.offered, to: .queue(Cast.towsonDesk), by: Cast.ana)
        #expect(Self.scope(conversation, Cast.bo).isOffered)
        #expect(!Self.scope(conversation, Cast.osei).isOffered)
    }

    @Test("The flag and the office are the thread's")
    func fields() {
        var conversation = Self.opened()
        conversation.add(.review(true), by: .system)
        conversation.add(.moved(Cast.belAir), by: .staff(Cast.ana))
        #expect(
            Self.scope(conversation, Cast.dana) == AccessScope(office: Cast.belAir, needsReview: true))
    }

    @Test("A category is administrative where its threads do not start under review; one that is not known is clinical")
    func category() {
        func category(needsReview: Bool) -> CategoryProfile {
            CategoryProfile(
                key: "any", name: "Any", urgency: .routine, needsReview: needsReview, responseMinutes: 60, destinations: [])
        }
        let conversation = Self.opened()
        #expect(Self.scope(conversation, Cast.dana, category: category(needsReview: false)).isAdministrative)
        #expect(!Self.scope(conversation, Cast.dana, category: category(needsReview: true)).isAdministrative)
        #expect(!Self.scope(conversation, Cast.dana).isAdministrative)
    }
}
