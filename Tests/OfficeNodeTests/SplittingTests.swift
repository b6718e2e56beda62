import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Messages about another matter")
struct SplittingTests {
    private let clinic: Clinic
    private let thread: ThreadID

    init() throws {
        clinic = try Clinic()
        thread = try clinic.openThread()
    }

    private func write(_ text: String, to thread: ThreadID? = nil, at node: SimulatedNode? = nil) throws -> MessageID {
        try clinic.act(
            .patientMessage(.sms, text: text), on: thread ?? self.thread, as: .patient(clinic.patient), at: node ?? clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        return try message(text, in: thread ?? self.thread)
    }

    private func message(_ text: String, in thread: ThreadID, at node: SimulatedNode? = nil) throws -> MessageID {
        for entry in try clinic.page(of: thread, at: node ?? clinic.towson).entries where entry.text == text {
            if case .message(let id, _, _) = entry.kind { return id }
        }
        throw Missing()
    }

    private struct Missing: Error {}

    private var other: SplitTarget { .new(clinic.practice.scheduling, office: nil, subject: "The invoice") }

    @Test("a message goes on in a new thread with an owner, waits there and not here, and both offices see where it went")
    func newThread() throws {
        let message = try write("And the invoice is wrong.")
        let outcome = try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson)
        let into = try #require(outcome.into)
        #expect(outcome.thread == thread)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            let here = try clinic.page(of: thread, at: node)
            let there = try clinic.page(of: into, at: node)
            #expect(here.state.continuations(of: message) == [into])
            #expect(here.entries.contains { $0.text == "And the invoice is wrong." }, "it stays readable where it was written")
            #expect(here.state.unanswered.count == 1, "the first matter still waits")
            #expect(there.item.subject == "The invoice" && there.state.opening?.patient == clinic.patient)
            #expect(there.state.owner == .queue(clinic.practice.offices[0].queue))
            #expect(there.item.flags.contains(.needsReply))
            let copies = there.entries.filter { $0.origin != nil }
            #expect(copies.map(\.text) == ["And the invoice is wrong."])
            #expect(copies.first?.origin?.thread == thread)
            guard case .message(let copy, .inbound, .sms)? = copies.first?.kind else { throw Missing() }
            #expect(copy != message)
        }
        #expect(try clinic.towson.reader.search("invoice", limit: 10).contains { $0.thread == into })
    }

    @Test("the patient has waited since they wrote, not since somebody split")
    func due() throws {
        let message = try write("And the invoice is wrong.")
        let written = try #require(try clinic.page(of: thread, at: clinic.towson).state.lastInbound).timestamp.milliseconds
        clinic.group.run(for: 3_600_000)
        let into = try #require(
            try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson).into)
        let minutes = try #require(
            try clinic.towson.reader.directory().categories.first { $0.id == clinic.practice.scheduling }?.profile?.responseMinutes)
        #expect(try clinic.page(of: into, at: clinic.towson).state.due == written + Int64(minutes) * 60_000)
    }

    @Test("a message that was answered waits nowhere, and nothing is due")
    func answered() throws {
        let message = try write("And the invoice is wrong.")
        try clinic.act(.reply(.sms, text: "Friday at nine.", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        let into = try #require(
            try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson).into)
        let state = try clinic.page(of: into, at: clinic.towson).state
        #expect(state.unanswered.isEmpty && state.due == nil && state.owner != nil)
        #expect(state.messageCount == 1)
    }

    @Test("a message goes on in a thread that the patient has already, which was resolved and is open again")
    func existing() throws {
        let second = try clinic.openThread(subject: "Invoice", text: "The invoice?")
        try clinic.act(.resolve(outcome: "answered", told: .told, note: ""), on: second, as: clinic.ana, at: clinic.towson)
        let message = try write("And the invoice is wrong.")
        try clinic.act(.split([message], into: .existing(second)), on: thread, as: clinic.ana, at: clinic.towson)
        let page = try clinic.page(of: second, at: clinic.towson)
        #expect(page.item.flags.contains(.needsReply) && page.state.status == .queued)
        #expect(page.entries.last { $0.origin != nil }?.text == "And the invoice is wrong.")
        try clinic.act(.reply(.sms, text: "Mended.", override: false), on: second, as: clinic.ana, at: clinic.towson)
        #expect(try clinic.page(of: second, at: clinic.towson).state.unanswered.isEmpty)
    }

    @Test("split off at two offices while apart: every office shows both, each thread has an owner, and nothing is lost")
    func apart() throws {
        let message = try write("And the invoice is wrong.")
        clinic.cutOffices()
        let here = try #require(
            try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson).into)
        let there = try #require(
            try clinic.act(
                .split([message], into: .new(clinic.practice.scheduling, office: clinic.practice.offices[1].id, subject: "A bill")),
                on: thread, as: clinic.surgeon, at: clinic.belair
            ).into)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let state = try clinic.page(of: thread, at: node).state
            #expect(Set(state.continuations(of: message)) == [here, there])
            for id in [here, there] {
                let page = try clinic.page(of: id, at: node)
                #expect(page.state.owner != nil && page.item.flags.contains(.needsReply))
                #expect(page.entries.contains { $0.text == "And the invoice is wrong." })
            }
        }
    }

    @Test("a reply from a page that had not seen the split is held")
    func held() throws {
        let message = try write("And the invoice is wrong.")
        let shown = try clinic.page(of: thread, at: clinic.belair).state.clock
        try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let refusal = try clinic.refusal(
            .reply(.sms, text: "About the invoice", override: false), on: thread, as: clinic.surgeon, at: clinic.belair, shown: shown)
        #expect(refusal.code == .held)
        #expect(refusal.collisions.contains { if case .split = $0 { true } else { false } })
    }

    @Test("clinical review goes with the message; splitting is no way around it")
    func review() throws {
        let flagged = try clinic.openThread(category: clinic.practice.medication, text: "My jaw swells.")
        try #require(try clinic.page(of: flagged, at: clinic.towson).state.needsReview)
        let message = try message("My jaw swells.", in: flagged)
        let into = try #require(
            try clinic.act(.split([message], into: other), on: flagged, as: clinic.ana, at: clinic.towson).into)
        #expect(try clinic.page(of: into, at: clinic.towson).state.needsReview)
        let reply = ThreadCommand.reply(.sms, text: "Take two.", override: false)
        #expect(try clinic.refusal(reply, on: into, as: clinic.ana, at: clinic.towson).code == .notAllowed)
    }

    @Test("what was corrected goes on as corrected; purging one thread leaves the other's copy")
    func correctedAndPurged() throws {
        let message = try write("And the invoce is wrong.")
        try clinic.act(.correct(message, text: "And the invoice is wrong."), on: thread, as: clinic.ana, at: clinic.towson)
        let into = try #require(
            try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson).into)
        #expect(try clinic.page(of: into, at: clinic.towson).entries.contains { $0.text == "And the invoice is wrong." })
        try clinic.act(.resolve(outcome: "answered", told: .told, note: ""), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(
            .purge(PurgeOrder(reason: "retention ended", retentionClass: "adult")), on: thread, as: clinic.admin, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            #expect(try !clinic.page(of: thread, at: node).entries.contains { $0.text.contains("invoice is wrong") })
            #expect(try clinic.page(of: into, at: node).entries.contains { $0.text == "And the invoice is wrong." })
        }
    }

    @Test("what makes no sense is refused in words and changes nothing")
    func refusals() throws {
        let message = try write("And the invoice is wrong.")
        try clinic.act(.reply(.sms, text: "Friday at nine.", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        let reply = try self.message("Friday at nine.", in: thread)
        let redacted = try write("My card is 4111.")
        try clinic.act(.correct(redacted, text: nil), on: thread, as: clinic.ana, at: clinic.towson)
        let stranger = try #require(
            try clinic.group.perform(
                .openThread(
                    ThreadDraft(
                        patient: clinic.practice.patients[1], office: clinic.practice.offices[0].id,
                        category: clinic.practice.scheduling, subject: "Other", text: "Mine")), at: clinic.towson
            ).thread)
        let unseen = try clinic.page(of: thread, at: clinic.towson).state.clock
        let late = try write("One more thing.")
        let before = clinic.changeSets(at: clinic.towson)
        func code(_ messages: [MessageID], _ target: SplitTarget, shown: VersionVector? = nil) throws -> CommandRefusal.Code {
            try clinic.refusal(.split(messages, into: target), on: thread, as: clinic.ana, at: clinic.towson, shown: shown).code
        }
        #expect(try code([], other) == .invalid)
        #expect(try code([MessageID(high: 1, low: 1)], other) == .notFound)
        #expect(try code([reply], other) == .conflict)
        #expect(try code([redacted], other) == .conflict)
        #expect(try code([late], other, shown: unseen) == .conflict)
        #expect(try code([message], .existing(thread)) == .notFound)
        #expect(try code([message], .existing(stranger)) == .conflict)
        #expect(try code([message], .new(CategoryID(high: 1, low: 1), office: nil, subject: "x")) == .notFound)
        #expect(try code([message], .new(clinic.practice.scheduling, office: nil, subject: " ")) == .invalid)
        #expect(clinic.changeSets(at: clinic.towson) == before)
        try clinic.act(.split([message], into: other), on: thread, as: clinic.ana, at: clinic.towson)
        #expect(try code([message], other) == .conflict, "it went on elsewhere already")
        let patient = try clinic.refusal(.split([late], into: other), on: thread, as: .patient(clinic.patient), at: clinic.towson)
        #expect(patient.code == .notAllowed)
    }
}
