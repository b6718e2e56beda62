import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

@Suite("Clocks that are wrong")
struct ClockTests {
    @Test("a clock far ahead is reported once an hour by name, and nobody follows it")
    func ahead() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.belair.clockSkew = 3 * 3_600_000
        for _ in 0..<3 {
            try clinic.act(.note(text: "n"), on: thread, as: clinic.surgeon, at: clinic.belair)
            try #require(clinic.group.runUntilQuiet())
        }
        let warnings = clinic.towson.warnings.filter { $0.code == "clock" }
        #expect(warnings.count == 1)
        #expect(warnings.first?.message.contains("belair") == true)
        let (here, there) = (try #require(clinic.towson.brain?.status), try #require(clinic.belair.brain?.status))
        let belair = try #require(there.member?.id)
        let lead = try #require(here.clockLeads[belair])
        #expect(abs(lead - 3 * 3_600_000) < 10_000)
        #expect(here.clockLeads.count == 1 && there.clockLeads.isEmpty)
        let outcome = try clinic.act(.note(text: "mine"), on: thread, as: clinic.ana, at: clinic.towson)
        let page = try clinic.page(of: thread, at: clinic.towson)
        let own = try #require(page.entries.first { $0.stamp.dot == outcome.dot })
        #expect(abs(own.stamp.timestamp.milliseconds - clinic.group.now) < 1_000, "its own time is the wall clock's")
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()

        clinic.group.run(for: 3_600_001)
        try clinic.act(.note(text: "later"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        #expect(clinic.towson.warnings.filter { $0.code == "clock" }.count == 2)

        // The clock is set; its stamps go on from where they were until the others' clocks have come there.
        clinic.belair.clockSkew = 0
        clinic.group.run(for: 3 * 3_600_000)
        try clinic.act(.note(text: "right"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        #expect(clinic.towson.brain?.status.clockLeads.isEmpty == true)
    }

    @Test("a redaction is shown though its author's clock is behind that of the message")
    func redactionFromThePast() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.belair.clockSkew = 3 * 3_600_000
        try clinic.act(.note(text: "Wrong patient."), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        let page = try clinic.page(of: thread, at: clinic.towson)
        let note = try #require(page.entries.first { $0.text == "Wrong patient." }?.kind.messageID)
        try clinic.act(.correct(note, text: nil), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            let texts = try clinic.page(of: thread, at: node).entries.map(\.text)
            #expect(texts.contains("(redacted)") && !texts.contains("Wrong patient."))
        }
    }

    @Test("a wall clock that is set back neither repeats a timestamp nor reorders one node's history")
    func setBack() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        var stamps: [Stamp] = []
        for (number, skew) in [0, -86_400_000, 60_000, -3_600_000].enumerated() {
            clinic.towson.clockSkew = Int64(skew)
            if number == 2 { try clinic.group.restart(clinic.towson) }
            let outcome = try clinic.act(.note(text: "\(number)"), on: thread, as: clinic.ana, at: clinic.towson)
            let page = try clinic.page(of: thread, at: clinic.towson)
            stamps.append(try #require(page.entries.first { $0.stamp.dot == outcome.dot }).stamp)
        }
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
    }
}
