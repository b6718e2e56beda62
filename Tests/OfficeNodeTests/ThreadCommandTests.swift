import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Commands on threads")
struct ThreadCommandTests {
    @Test("does what it says, as one change set, at both offices", arguments: CommandCase.all)
    func command(_ test: CommandCase) throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try test.prepare(clinic, thread)
        let before = clinic.changeSets(at: clinic.towson)
        let command = try test.command(clinic, try clinic.page(of: thread, at: clinic.towson))
        let outcome = try clinic.act(command, on: thread, as: test.actor(clinic), at: clinic.towson)

        #expect(clinic.changeSets(at: clinic.towson) == before + 1, "one action is one change set")
        let dot = try #require(outcome.dot)
        #expect(dot == Dot(dot.replica, clinic.towson.store.progress.first { $0.replica == dot.replica }?.received.sequence ?? 0))
        #expect(outcome.clock?.covers(dot) == true, "the outcome's clock is the context of what follows")
        #expect(outcome.thread == thread)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] { try test.check(try clinic.page(of: thread, at: node), clinic) }
        try clinic.expectEqualInboxes()
    }

    @Test("opening a thread files it with the category's queue, its urgency and its response window")
    func opening() throws {
        let clinic = try Clinic()
        let opened = clinic.group.now
        let thread = try clinic.openThread(category: clinic.practice.medication, subject: "Pain", text: "It hurts.")
        let page = try clinic.page(of: thread, at: clinic.belair)
        #expect(page.item.subject == "Pain")
        #expect(page.item.patient == "Patient 0")
        #expect(page.item.owner == "Queue Towson")
        #expect(page.item.category == "Medication")
        #expect(page.item.priority == .high)
        #expect(page.item.flags == [.needsReply, .clinicalReview])
        #expect(page.item.status == .queued)
        #expect(page.item.code.hasPrefix("TOW-"))
        #expect(page.item.messageCount == 1)
        let due = try #require(page.item.due)
        #expect(due >= opened + 3_600_000 && due <= opened + 3_601_000)
        #expect(page.entries.map(\.text).contains("It hurts."))
    }

    @Test("a claim by the settled owner and a label that is not there make no change set")
    func nothingToDo() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        let before = clinic.changeSets(at: clinic.towson)
        #expect(try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson).dot == nil)
        #expect(try clinic.act(.untag("none"), on: thread, as: clinic.ana, at: clinic.towson).dot == nil)
        #expect(clinic.changeSets(at: clinic.towson) == before)
    }

    @Test("a thread goes on in another one and comes back")
    func merging() throws {
        let clinic = try Clinic()
        let (one, other) = (try clinic.openThread(), try clinic.openThread())
        try clinic.act(.merge(into: other), on: one, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: one, at: clinic.belair).item.status == .merged)
        #expect(try clinic.refusal(.merge(into: one), on: other, as: clinic.ana, at: clinic.towson).code == .conflict)
        try clinic.act(.merge(into: nil), on: one, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: one, at: clinic.belair).item.status == .queued)
    }

    @Test("a patient's record, consent and links are kept as versions with their clock")
    func patients() throws {
        let clinic = try Clinic()
        let (one, other) = (clinic.practice.patients[0], clinic.practice.patients[1])
        let scope = ConsentScope(.sms, .care)
        for command: Command in [
            .putPatient(one, PatientDetails(name: "Nia Okafor", phone: "410-555-0100"), shown: nil),
            .recordConsent(one, Consent(scope, isGranted: true), shown: nil),
            .recordConsent(one, Consent(scope, isGranted: false), shown: nil),
            .linkPatients(one, other),
        ] {
            let before = clinic.changeSets(at: clinic.towson)
            let outcome = try clinic.group.perform(command, at: clinic.towson, by: clinic.ana)
            #expect(outcome.patient == one && outcome.dot != nil && outcome.clock != nil)
            #expect(clinic.changeSets(at: clinic.towson) == before + 1)
        }
        try #require(clinic.group.runUntilQuiet())
        let state = try #require(try clinic.belair.reader.store.patient(one))
        #expect(state.shown?.name == "Nia Okafor")
        #expect(state.consent(in: scope) == false)
        #expect(state.links.map(\.patient) == [other])
        try clinic.group.perform(.unlinkPatients(one, other), at: clinic.belair, by: clinic.bo)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.towson.reader.store.patient(one)?.links.isEmpty == true)
    }

    @Test("commands given together are one transaction and one change set each")
    func batch() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let brain = try #require(clinic.towson.brain)
        let before = clinic.changeSets(at: clinic.towson)
        let commands: [ThreadCommand] = [.claim, .tag(""), .tag("a"), .reply(.sms, text: "Yes.", override: false)]
        let events = commands.enumerated().map { index, command in
            NodeEvent.command(
                CommandRequest(id: UInt64(index), actor: clinic.ana, command: .thread(thread, shown: nil, command)))
        }
        var answers: [UInt64: Bool] = [:]
        for case .answer(let id, let result) in brain.handle(events, now: clinic.group.now) {
            answers[id] = (try? result.get()) != nil
        }
        #expect(answers == [0: true, 1: false, 2: true, 3: true], "a refusal undoes nothing of the others")
        #expect(clinic.changeSets(at: clinic.towson) == before + 3)
    }
}

extension Clinic {
    /// How many change sets a node holds, of all logs.
    func changeSets(at node: SimulatedNode) -> UInt64 { node.store.progress.reduce(0) { $0 + $1.received.sequence } }
}
