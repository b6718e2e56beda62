import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Fetching what a laptop let go")
struct FetchingTests {
    static let hour: Int64 = 3600 * 1000

    let clinic: Clinic
    let laptop: SimulatedNode
    let thread: ThreadID
    let texts: [String]

    /// Two offices and a laptop that let the one thread go.
    init() throws {
        clinic = try Clinic(laptop: true)
        laptop = try #require(clinic.laptop)
        thread = try clinic.openThread(subject: "About a knee", text: "My knee hurts.")
        try clinic.act(.reply(.portal, text: "Cool the knee.", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.resolve(outcome: "answered", told: .told, note: "settled"), on: thread, as: clinic.ana, at: clinic.towson)
        texts = try clinic.page(of: thread, at: clinic.towson).entries.map(\.text)
        laptop.laptopScope = LaptopScope(age: 2 * Self.hour)
        clinic.group.run(for: 3 * Self.hour + 900_000)
        try #require(clinic.group.runUntilQuiet())
        try #require(try clinic.held(of: thread, at: laptop).isEmpty)
    }

    @Test("a person fetches a thread, reads and finds it, and it is let go again when it has become old once more")
    func fetched() throws {
        try clinic.group.perform(.fetch(thread), at: laptop, by: clinic.onCall)
        try #require(clinic.group.runUntilQuiet())
        let page = try clinic.page(of: thread, at: laptop)
        #expect(page.missing == 0 && page.item.subject == "About a knee")
        #expect(page.entries.map(\.text) == texts)
        #expect(try laptop.reader.search("knee").count == 3)
        #expect(try laptop.reader.verifyLogs().isSound)
        clinic.group.run(for: Self.hour)
        #expect(try clinic.page(of: thread, at: laptop).missing == 0, "let go before its time")
        clinic.group.run(for: 2 * Self.hour + 600_000)
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        #expect(try laptop.reader.search("knee").isEmpty)
    }

    @Test("a thread that becomes active again is fetched by itself")
    func activeAgain() throws {
        try clinic.act(.patientMessage(.phone, text: "It hurts again."), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let page = try clinic.page(of: thread, at: laptop)
        #expect(page.missing == 0)
        #expect(page.entries.map(\.text).contains("My knee hurts.") && page.entries.map(\.text).contains("It hurts again."))
    }

    @Test("while no office can be reached fetching is refused, what is new can be read, and the rest comes afterwards")
    func cutOff() throws {
        clinic.group.isolate(laptop)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        let refusal = try clinic.refusal(of: .fetch(thread), as: clinic.onCall, at: laptop)
        #expect(refusal.code == .conflict && refusal.message.contains("no office"))
        try clinic.act(.patientMessage(.phone, text: "It hurts again."), on: thread, as: clinic.onCall, at: laptop)
        clinic.group.run(for: 60_000)
        let page = try clinic.page(of: thread, at: laptop)
        #expect(page.entries.contains { $0.text == "It hurts again." } && page.missing == 4)
        try clinic.heal()
        #expect(try clinic.page(of: thread, at: laptop).missing == 0)
    }

    @Test("whoever may not read the thread cannot fetch it")
    func notAllowed() throws {
        #expect(try clinic.refusal(of: .fetch(thread), as: clinic.admin, at: laptop).code == .notAllowed)
    }

    @Test("a laptop that is told to hold everything again fetches everything")
    func everythingAgain() throws {
        let other = try clinic.openThread(text: "Something else.")
        laptop.laptopScope = nil
        clinic.group.run(for: Self.hour + 600_000)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: laptop).entries.map(\.text) == texts)
        #expect(try clinic.page(of: other, at: laptop).missing == 0)
        #expect(try #require(laptop.brain).partialThreadCount == 0)
    }

    @Test("what was purged meanwhile is not asked for, and is shown as purged")
    func purgedMeanwhile() throws {
        try clinic.act(.purge(PurgeTests.order), on: thread, as: clinic.admin, at: clinic.towson)
        try clinic.group.perform(.fetch(thread), at: laptop, by: clinic.onCall)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: laptop).item.subject == "(purged)")
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
    }

    @Test("where only a relay can be reached it is had from the relay, which cannot read it")
    func fromRelay() throws {
        let relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        clinic.group.cut(laptop, clinic.towson)
        clinic.group.cut(laptop, clinic.belair)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        #expect(clinic.group.isConnected(laptop, relay))
        try clinic.group.perform(.fetch(thread), at: laptop, by: clinic.onCall)
        clinic.group.run(for: 60_000)
        #expect(try clinic.page(of: thread, at: laptop).entries.map(\.text) == texts)
    }

    @Test("a line that loses frames only makes it slower")
    func lossyLine() throws {
        clinic.group.setConditions(.bad)
        try clinic.group.perform(.fetch(thread), at: laptop, by: clinic.onCall)
        clinic.group.run(for: 600_000)
        #expect(try clinic.page(of: thread, at: laptop).missing == 0)
    }
}
