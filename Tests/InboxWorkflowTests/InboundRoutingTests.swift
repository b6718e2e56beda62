import InboxModel
import InboxWorkflow
import Testing

@Suite struct InboundRoutingTests {
    private static func category(
        _ urgency: UrgencyClass = .routine, needsReview: Bool = false, minutes: UInt32 = 30
    ) -> CategoryProfile {
        CategoryProfile(
            key: "post-op", name: "After surgery", urgency: urgency, needsReview: needsReview, responseMinutes: minutes,
            destinations: [.init(office: Cast.towson, queue: Cast.towsonClinical)])
    }

    private static func opening(
        _ category: CategoryProfile, office: (OfficeID, OfficeProfile) = (Cast.towson, Cast.towsonProfile),
        at moment: Int64 = 1_000, calendar: BusinessCalendar? = nil
    ) throws -> [ThreadChange] {
        try InboundRouting.opening(
            patient: Cast.maria, office: office, category: (Cast.postOp, category), language: "es", receivedAt: moment,
            calendar: calendar)
    }

    @Test("A thread opens at its office's queue and is due when the window has passed")
    func opens() throws {
        let expected = ThreadOpening(
            patient: Cast.maria, office: Cast.towson, category: Cast.postOp, urgency: .soon, queue: Cast.towsonClinical,
            language: "es")
        #expect(try Self.opening(Self.category(.soon)) == [.opened(expected), .due(1_000 + 30 * 60_000)])
    }

    @Test("Urgency sets the priority a thread starts with", arguments: [
        (UrgencyClass.routine, Priority.normal), (.soon, .normal), (.urgent, .high), (.emergency, .urgent),
    ])
    func priority(urgency: UrgencyClass, priority: Priority) throws {
        var conversation = Conversation()
        for change in try Self.opening(Self.category(urgency)) { conversation.add(change, by: .system) }
        let state = conversation.merged
        #expect(state.priority == priority)
        #expect(state.category?.urgency == urgency)
    }

    @Test("A category that needs clinical review flags its threads", arguments: [true, false])
    func review(needsReview: Bool) throws {
        let changes = try Self.opening(Self.category(needsReview: needsReview))
        #expect(changes.contains(.review(true)) == needsReview)
        #expect(!changes.contains(.review(false)))
    }

    @Test("A calendar counts the window in business time")
    func businessTime() throws {
        let calendar = try BusinessCalendar(week: [.monday: [OpeningSpan(opens: 480, closes: 1020)]], utcOffsetMinutes: 0)
        // Sunday evening; the office opens on Monday at 8.
        let changes = try Self.opening(Self.category(), at: Cast.utc(3, 1, 19, 0), calendar: calendar)
        #expect(changes.last == .due(Cast.utc(3, 2, 8, 30)))
    }

    @Test("A category without a queue for the office is an error that names both")
    func noDestination() {
        let error = #expect(throws: RoutingError.self) {
            try Self.opening(Self.category(), office: (Cast.belAir, Cast.belAirProfile))
        }
        #expect(error?.code == .noDestination)
        #expect(error?.message.contains("\"post-op\"") == true)
        #expect(error?.message.contains("\"belair\"") == true)
    }

    @Test("A window that leaves the calendar of 64 bits ends at the last moment")
    func overflow() throws {
        #expect(try Self.opening(Self.category(minutes: .max), at: .max - 1).last == .due(.max))
    }

    @Test("A further message gives a thread that waited for nothing a new due time")
    func furtherMessage() throws {
        var conversation = Conversation()
        for change in try Self.opening(Self.category()) { conversation.add(change, by: .system) }
        conversation.receive()
        func added() -> [ThreadChange] {
            InboundRouting.inbound(
                state: conversation.merged, category: Self.category(), receivedAt: 50_000, calendar: nil)
        }
        #expect(added().isEmpty)
        conversation.reply(by: Cast.ana)
        #expect(added() == [.due(50_000 + 30 * 60_000)])
        conversation.receive()
        conversation.add(.due(nil), by: .staff(Cast.ana))
        #expect(added().isEmpty)
    }

    @Test("A thread that never had a due time gets one from any message")
    func firstDue() {
        var conversation = Conversation()
        conversation.add(.opened(Cast.opening), by: .system)
        conversation.receive()
        let added = InboundRouting.inbound(
            state: conversation.merged, category: Self.category(), receivedAt: 0, calendar: nil)
        #expect(added == [.due(30 * 60_000)])
    }
}
