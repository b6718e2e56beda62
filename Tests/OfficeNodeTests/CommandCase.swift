import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

/// A thread command, what must have happened before it, and what pages of both offices must show after it.
struct CommandCase: CustomTestStringConvertible, Sendable {
    typealias Preparation = @Sendable (Clinic, ThreadID) throws -> Void
    typealias Check = @Sendable (ThreadPage, Clinic) throws -> Void

    let testDescription: String
    let prepare: Preparation
    let actor: @Sendable (Clinic) -> Actor
    let command: @Sendable (Clinic, ThreadPage) throws -> ThreadCommand
    let check: Check

    init(
        _ name: String, as actor: @escaping @Sendable (Clinic) -> Actor = { $0.ana },
        after prepare: @escaping Preparation = { _, _ in },
        _ command: @escaping @Sendable (Clinic, ThreadPage) throws -> ThreadCommand, check: @escaping Check
    ) {
        testDescription = name
        self.actor = actor
        self.prepare = prepare
        self.command = command
        self.check = check
    }

    static let later: Int64 = 1_760_000_000_000

    static let all = conversation + ownership + fields

    // MARK: What is said

    private static let conversation = [
        CommandCase(
            "a patient's message", as: { .patient($0.patient) }, { _, _ in .patientMessage(.sms, text: "Still there?") }
        ) { page, _ in
            #expect(page.entries.last?.text == "Still there?")
            #expect(page.state.messageCount == 2)
            #expect(page.state.flags.contains(.needsReply))
            #expect(page.entries.last?.actor == "Patient 0")
        },
        CommandCase("a reply", { _, _ in .reply(.sms, text: "Friday at nine.", override: false) }) { page, _ in
            #expect(page.entries.last?.text == "Friday at nine.")
            #expect(page.item.status == .waitingOnPatient)
            #expect(!page.state.flags.contains(.needsReply))
            #expect(page.entries.last?.actor == "Front desk Towson")
            #expect(page.entries.last?.office == "Towson")
        },
        CommandCase("a note", { _, _ in .note(text: "Prefers mornings.") }) { page, _ in
            guard case .note = page.entries.last?.kind else { return #expect(Bool(false), "the last entry is no note") }
            #expect(page.entries.last?.text == "Prefers mornings.")
            #expect(page.state.messageCount == 1, "a note is no message")
        },
        CommandCase("a correction", { _, page in .correct(try message(page), text: "May I come on Monday?") }) { page, _ in
            #expect(page.entries.first { $0.kind.isMessage }?.text == "May I come on Monday?")
            #expect(page.entries.first { $0.kind.isMessage }?.isCorrected == true)
        },
        CommandCase("a redaction", { _, page in .correct(try message(page), text: nil) }) { page, _ in
            #expect(page.entries.first { $0.kind.isMessage }?.text == "(redacted)")
        },
        CommandCase("a draft", { _, _ in .saveDraft(text: "Dear patient") }) { page, _ in
            #expect(page.drafts.map(\.text) == ["Dear patient"])
            #expect(page.drafts.map(\.name) == ["Front desk Towson"])
            #expect(!page.entries.contains { $0.text == "Dear patient" }, "a draft is nobody's history")
        },
        CommandCase(
            "a draft thrown away", after: { try $0.act(.saveDraft(text: "Dear"), on: $1, as: $0.ana, at: $0.towson) },
            { _, _ in .saveDraft(text: nil) }
        ) { page, _ in #expect(page.drafts.isEmpty) },
        CommandCase("a read mark", { _, _ in .markRead }) { page, clinic in
            #expect(page.state.readMarks.map(\.staff) == [clinic.practice.offices[0].frontDesk])
        },
    ]

    // MARK: Who is accountable

    private static let ownership = [
        CommandCase("a claim", { _, _ in .claim }) { page, clinic in
            #expect(page.state.owner == .staff(clinic.practice.offices[0].frontDesk))
            #expect(page.item.status == .owned)
            #expect(page.item.owner == "Front desk Towson")
        },
        CommandCase("a release to the queue it came from", after: claimed, { _, _ in .release(to: nil) }) { page, clinic in
            #expect(page.state.owner == .queue(clinic.practice.offices[0].queue))
            #expect(page.item.status == .queued)
        },
        CommandCase(
            "a release to another queue", after: claimed, { clinic, _ in .release(to: clinic.practice.offices[1].queue) }
        ) { page, clinic in #expect(page.state.owner == .queue(clinic.practice.offices[1].queue)) },
        CommandCase(
            "an offer", after: claimed,
            { clinic, _ in .offer(to: .staff(clinic.practice.offices[0].surgeon), note: "Please look.") }
        ) { page, clinic in
            #expect(page.state.owner == .staff(clinic.practice.offices[0].frontDesk), "the sender stays accountable")
            #expect(page.state.offeredTo == .staff(clinic.practice.offices[0].surgeon))
            #expect(page.entries.last?.text == "Please look.")
        },
        CommandCase("an acceptance", as: { $0.surgeon }, after: offered, { _, _ in .accept }) { page, clinic in
            #expect(page.state.owner == .staff(clinic.practice.offices[0].surgeon))
            #expect(page.state.offeredTo == nil)
        },
        CommandCase("a decline", as: { $0.surgeon }, after: offered, { _, _ in .decline(note: "In theatre.") }) { page, clinic in
            #expect(page.state.owner == .staff(clinic.practice.offices[0].frontDesk))
            #expect(page.state.offeredTo == nil)
            #expect(page.entries.last?.text == "In theatre.")
        },
        CommandCase(
            "an assignment", as: { $0.surgeon },
            { clinic, _ in .assign(to: .staff(clinic.practice.offices[0].frontDesk), note: "Yours.") }
        ) { page, clinic in #expect(page.state.owner == .staff(clinic.practice.offices[0].frontDesk)) },
        CommandCase("an escalation", { _, _ in .escalate(level: 2, note: "No answer yet.") }) { page, _ in
            #expect(page.item.status == .escalated)
            #expect(page.state.escalationLevel == 2)
            #expect(page.entries.contains { $0.text == "No answer yet." })
        },
        CommandCase(
            "an acknowledged escalation",
            after: { try $0.act(.escalate(level: 1, note: ""), on: $1, as: $0.ana, at: $0.towson) },
            { _, _ in .acknowledgeEscalation }
        ) { page, _ in #expect(page.state.escalationLevel == 0) },
    ]

    // MARK: Fields

    private static let fields = [
        CommandCase("filing as clinical", { clinic, _ in .setCategory(clinic.practice.medication) }) { page, _ in
            #expect(page.item.category == "Medication")
            #expect(page.state.needsReview, "a clinical category asks for review")
        },
        CommandCase("a priority", { _, _ in .setPriority(.urgent) }) { page, _ in #expect(page.item.priority == .urgent) },
        CommandCase("asking for review", { _, _ in .setReview(true) }) { page, _ in
            #expect(page.item.flags.contains(.clinicalReview))
        },
        CommandCase("a label", { _, _ in .tag("insurance") }) { page, _ in
            #expect(page.state.tags.map(\.tag) == ["insurance"])
        },
        CommandCase(
            "a label taken off", after: { try $0.act(.tag("insurance"), on: $1, as: $0.ana, at: $0.towson) },
            { _, _ in .untag("insurance") }
        ) { page, _ in #expect(page.state.tags.isEmpty) },
        CommandCase("a due time", { _, _ in .setDue(later) }) { page, _ in #expect(page.item.due == later) },
        CommandCase("no due time", { _, _ in .setDue(nil) }) { page, _ in #expect(page.item.due == nil) },
        CommandCase("a snooze", { _, _ in .snooze(until: later) }) { page, _ in #expect(page.state.snoozedUntil == later) },
        CommandCase(
            "a wake-up", after: { try $0.act(.snooze(until: later), on: $1, as: $0.ana, at: $0.towson) },
            { _, _ in .snooze(until: nil) }
        ) { page, _ in #expect(page.state.snoozedUntil == nil) },
        CommandCase("a move to another office", { clinic, _ in .move(clinic.practice.offices[1].id) }) { page, _ in
            #expect(page.item.office == "Bel Air")
        },
        CommandCase("a language", { _, _ in .setLanguage("es") }) { page, _ in #expect(page.state.language == "es") },
        CommandCase("a resolution", { _, _ in .resolve(outcome: "booked", told: .told, note: "Friday.") }) { page, _ in
            #expect(page.item.status == .resolved)
            #expect(page.state.resolution?.outcome == "booked")
            #expect(page.entries.last?.text == "Friday.")
        },
        CommandCase("a reopening", after: resolved, { _, _ in .reopen(note: "Called again.") }) { page, _ in
            #expect(page.item.status != .resolved)
            #expect(page.item.flags.contains(.reopened))
            #expect(page.entries.last?.text == "Called again.")
        },
        CommandCase(
            "a patient's message to a resolved thread", as: { .patient($0.patient) }, after: resolved,
            { _, _ in .patientMessage(.portal, text: "One more thing") }
        ) { page, _ in
            #expect(page.item.status != .resolved)
            #expect(page.item.flags.contains(.needsReply))
        },
    ]

    @Sendable private static func claimed(_ clinic: Clinic, _ thread: ThreadID) throws {
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
    }

    @Sendable private static func offered(_ clinic: Clinic, _ thread: ThreadID) throws {
        try claimed(clinic, thread)
        let surgeon = Owner.staff(clinic.practice.offices[0].surgeon)
        try clinic.act(.offer(to: surgeon, note: ""), on: thread, as: clinic.ana, at: clinic.towson)
    }

    @Sendable private static func resolved(_ clinic: Clinic, _ thread: ThreadID) throws {
        try clinic.act(.resolve(outcome: "booked", told: .told, note: ""), on: thread, as: clinic.ana, at: clinic.towson)
    }

    private static func message(_ page: ThreadPage) throws -> MessageID {
        try #require(page.entries.lazy.compactMap(\.kind.messageID).first)
    }
}

extension ThreadPageEntry.Kind {
    var isMessage: Bool { if case .message = self { true } else { false } }

    var messageID: MessageID? {
        switch self {
        case .message(let id, _, _), .note(let id): id
        default: nil
        }
    }
}
