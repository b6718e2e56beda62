import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import PartitionSimulator
import Testing

@Suite("Replies written from a stale page")
struct HeldReplyTests {
    private let clinic: Clinic
    private let thread: ThreadID
    private let shown: VersionVector

    init() throws {
        clinic = try Clinic()
        thread = try clinic.openThread()
        shown = try clinic.page(of: thread, at: clinic.towson).state.clock
    }

    @Test("a reply is held when a message came in, kept as a draft, and what happened is listed")
    func messageArrived() throws {
        try clinic.act(.patientMessage(.portal, text: "Or Monday?"), on: thread, as: .patient(clinic.patient), at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        let before = clinic.changeSets(at: clinic.towson)
        let refusal = try refusedReply()
        guard case .messageArrived(let dots)? = refusal.collisions.first else {
            return #expect(Bool(false), "the arrived message is not listed")
        }
        #expect(dots.count == 1)
        #expect(clinic.changeSets(at: clinic.towson) == before + 1, "the draft is one change set")
        let page = try clinic.page(of: thread, at: clinic.towson)
        #expect(page.drafts.map(\.text) == ["Friday at nine."])
        #expect(page.item.flags.contains(.needsReply))
        #expect(!page.entries.contains { $0.text == "Friday at nine." }, "nothing went out")
    }

    @Test("a reply is held when somebody else answered, took the thread or resolved it")
    func otherCollisions() throws {
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.reply(.sms, text: "Friday at two.", override: false), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.resolve(outcome: "booked", told: .told, note: ""), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        let refusal = try refusedReply()
        let kinds = refusal.collisions.map { collision in
            switch collision {
            case .messageArrived: "message"
            case .answeredBy: "answer"
            case .ownershipMoved: "owner"
            case .resolved: "resolution"
            case .merged: "merge"
            case .split: "split"
            }
        }
        #expect(kinds == ["answer", "owner", "resolution"])
    }

    @Test("a note, a label or one's own claim holds nothing")
    func harmless() throws {
        try clinic.act(.note(text: "n"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.tag("t"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let reply = ThreadCommand.reply(.sms, text: "Friday at nine.", override: false)
        try clinic.act(reply, on: thread, as: clinic.ana, at: clinic.towson, shown: shown)
        #expect(try clinic.page(of: thread, at: clinic.towson).state.messageCount == 2)
    }

    @Test("the same reply goes out when its author has seen what changed, and its draft is gone")
    func override() throws {
        try clinic.act(.patientMessage(.portal, text: "Or Monday?"), on: thread, as: .patient(clinic.patient), at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        _ = try refusedReply()
        let now = try clinic.page(of: thread, at: clinic.towson).state.clock
        let reply = ThreadCommand.reply(.sms, text: "Friday at nine.", override: true)
        try clinic.act(reply, on: thread, as: clinic.ana, at: clinic.towson, shown: now)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.drafts.isEmpty)
            #expect(page.item.status == .waitingOnPatient)
            #expect(page.entries.count { $0.text == "Friday at nine." } == 1)
        }
    }

    @Test("an override from the stale page answers only what that page showed")
    func blindOverride() throws {
        try clinic.act(.patientMessage(.portal, text: "Or Monday?"), on: thread, as: .patient(clinic.patient), at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        let reply = ThreadCommand.reply(.sms, text: "Friday at nine.", override: true)
        try clinic.act(reply, on: thread, as: clinic.ana, at: clinic.towson, shown: shown)
        let page = try clinic.page(of: thread, at: clinic.towson)
        #expect(page.item.flags.contains(.needsReply), "the second message still waits")
        #expect(page.state.unanswered.count == 1)
    }

    @Test("drafts of two people stand side by side, and ownership deletes neither")
    func twoDrafts() throws {
        clinic.cutOffices()
        try clinic.act(.saveDraft(text: "From Ana"), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.saveDraft(text: "From the surgeon"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            #expect(Set(try clinic.page(of: thread, at: node).drafts.map(\.text)) == ["From Ana", "From the surgeon"])
        }
    }

    private func refusedReply() throws -> CommandRefusal {
        let reply = ThreadCommand.reply(.sms, text: "Friday at nine.", override: false)
        let refusal = try clinic.refusal(reply, on: thread, as: clinic.ana, at: clinic.towson, shown: shown)
        #expect(refusal.code == .held)
        return refusal
    }
}
