import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Lists, pages and search")
struct InboxPageTests {
    @Test("the daily list shows each thread where it belongs, at every office")
    func lists() throws {
        let clinic = try Clinic()
        let office = clinic.practice.offices[0]
        let queued = try clinic.openThread(subject: "Queued")
        let owned = try clinic.openThread(subject: "Owned")
        let answered = try clinic.openThread(subject: "Answered")
        let resolved = try clinic.openThread(subject: "Resolved")
        let clinical = try clinic.openThread(office: 1, category: clinic.practice.medication, subject: "Clinical")
        try clinic.act(.claim, on: owned, as: clinic.ana, at: clinic.towson)
        try clinic.act(.reply(.sms, text: "Yes.", override: false), on: answered, as: clinic.ana, at: clinic.towson)
        try clinic.act(.resolve(outcome: "done", told: .told, note: ""), on: resolved, as: clinic.ana, at: clinic.towson)
        try clinic.act(.snooze(until: clinic.group.now + 3_600_000), on: queued, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let now = clinic.group.now

        let expected: [(ThreadFilter, Set<ThreadID>)] = [
            (ThreadFilter(.open), [queued, owned, answered, clinical]),
            (ThreadFilter(.open, awakeAt: now), [owned, answered, clinical]),
            (ThreadFilter(.snoozed(now: now)), [queued]),
            (ThreadFilter(.needsReply), [queued, owned, clinical]),
            (ThreadFilter(.mine(office.frontDesk)), [owned]),
            (ThreadFilter(.queues([clinic.practice.offices[1].queue])), [clinical]),
            (ThreadFilter(.unassigned), [queued, clinical]),
            (ThreadFilter(.waitingOnPatient), [answered]),
            (ThreadFilter(.clinicalReview), [clinical]),
            (ThreadFilter(.resolved), [resolved]),
            (ThreadFilter(.overdue(now: now + 2 * 3_600_000)), [clinical]),
            (ThreadFilter(.open, office: clinic.practice.offices[1].id), [clinical]),
            (ThreadFilter(.all, patient: clinic.patient), [queued, owned, answered, resolved, clinical]),
            (ThreadFilter(.contested), []), (ThreadFilter(.conflicts), []),
        ]
        for node in [clinic.towson, clinic.belair] {
            for (filter, threads) in expected {
                #expect(Set(try node.reader.list(filter).map(\.id)) == threads, "\(filter.list) at \(node.name)")
            }
            let counts = try node.reader.store.counts(now: now, staff: office.frontDesk, queues: [office.queue])
            #expect(counts.open == 4 && counts.snoozed == 1 && counts.mine == 1 && counts.waitingOnPatient == 1)
        }
        #expect(try clinic.towson.reader.list(ThreadFilter(.open)).first?.id == clinical, "the most urgent first")
    }

    @Test("a list goes on after its cursor without repeating or leaving out a thread")
    func paging() throws {
        let clinic = try Clinic()
        var opened: Set<ThreadID> = []
        for number in 0..<7 { opened.insert(try clinic.openThread(subject: "Thread \(number)")) }
        var seen: [ThreadID] = []
        var cursor: ThreadCursor?
        repeat {
            let page = try clinic.belair.reader.list(ThreadFilter(.open), limit: 3, after: cursor)
            seen += page.map(\.id)
            cursor = page.last?.cursor
            if page.count < 3 { cursor = nil }
        } while cursor != nil
        #expect(seen.count == 7 && Set(seen) == opened)
    }

    @Test("a snooze ends when the patient writes")
    func snoozeWakes() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.act(.snooze(until: clinic.group.now + 3_600_000), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.patientMessage(.sms, text: "Hello?"), on: thread, as: .patient(clinic.patient), at: clinic.towson)
        #expect(try clinic.page(of: thread, at: clinic.towson).state.snoozedUntil == nil)
    }

    @Test("what was said is found on every node, and what was corrected or redacted only as pages show it")
    func search() throws {
        let clinic = try Clinic(laptop: true)
        let thread = try clinic.openThread(subject: "Wisdom teeth", text: "My jaw is swollen.")
        try clinic.act(.note(text: "Allergic to penicillin."), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.reply(.sms, text: "Use a compress.", override: false), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        for node in clinic.group.nodes {
            for words in ["swollen", "penicillin", "compress", "wisdom", "jaw swollen"] {
                #expect(try node.reader.search(words).map(\.thread) == [thread], "\(words) at \(node.name)")
            }
            #expect(try node.reader.search("swollen").first?.text == "My jaw is swollen.")
            #expect(try node.reader.search("swollen").first?.patient == "Patient 0")
            #expect(try node.reader.search("absent").isEmpty)
        }
        let page = try clinic.page(of: thread, at: clinic.towson)
        let note = try #require(page.entries.first { $0.text.contains("penicillin") }?.kind.messageID)
        let message = try #require(page.entries.first { $0.text.contains("swollen") }?.kind.messageID)
        try clinic.act(.correct(note, text: "Allergic to latex."), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.correct(message, text: nil), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in clinic.group.nodes {
            #expect(try node.reader.search("penicillin").isEmpty)
            #expect(try node.reader.search("latex").map(\.text) == ["Allergic to latex."])
            #expect(try node.reader.search("swollen").isEmpty)
        }
    }

    @Test("a redaction wins over a correction made apart, on every page")
    func redactionWins() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let message = try #require(try clinic.page(of: thread, at: clinic.towson).entries.lazy.compactMap(\.kind.messageID).first)
        clinic.cutOffices()
        try clinic.act(.correct(message, text: nil), on: thread, as: clinic.ana, at: clinic.towson)
        clinic.group.run(for: 1_000)
        try clinic.act(.correct(message, text: "Corrected"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let entry = try #require(try clinic.page(of: thread, at: node).entries.first { $0.kind.isMessage })
            #expect(entry.text == "(redacted)" && entry.isCorrected)
        }
    }

    @Test("many change sets are indexed in slices, and all are found in the end")
    func indexedInSlices() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let brain = try #require(clinic.towson.brain)
        let events = (0..<450).map { number in
            NodeEvent.command(
                CommandRequest(
                    id: UInt64(number), actor: clinic.ana,
                    command: .thread(thread, shown: nil, .note(text: "lot word\(number)"))))
        }
        _ = brain.handle(events, now: clinic.group.now)
        #expect(clinic.towson.store.progress.contains { $0.indexed < $0.merged }, "one turn indexes only a slice")
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            #expect(try node.reader.search("lot", limit: 1_000).count == 450)
            #expect(try node.reader.search("word449").count == 1)
        }
    }

    @Test("the history names who did what where, in order")
    func history() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.setPriority(.high), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        try clinic.act(.note(text: "Done."), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let pages = try [clinic.towson, clinic.belair].map { try clinic.page(of: thread, at: $0) }
        for page in pages {
            let ana = "Front desk Towson"
            #expect(page.entries.map(\.actor) == ["the node", "the node", ana, "Surgeon Towson", ana])
            #expect(page.entries.map(\.office) == ["Towson", "Towson", "Towson", "Bel Air", "Towson"])
            #expect(page.entries[0].kind == .changed("opened as Scheduling"))
            #expect(page.entries[3].kind == .changed("priority high"))
            #expect(page.entries.map(\.stamp) == page.entries.map(\.stamp).sorted())
            #expect(page.entries.filter(\.wasApart).map(\.kind) == [.changed("priority high")], "two people acted at once")
        }
    }
}
