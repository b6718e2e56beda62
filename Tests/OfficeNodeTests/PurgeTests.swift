import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Holds and purges at nodes")
struct PurgeTests {
    static let order = PurgeOrder(reason: "retention ended", retentionClass: "adult-7y")
    static let hold = LegalHold(token: "2026-17", reason: "lawyer's letter")
    /// A word that nothing else begins like, so that no index shortens it to its end.
    static let canary = "zqxw4417canary"

    let clinic: Clinic
    let thread: ThreadID

    /// Two offices with disks, and a laptop; one thread, answered and resolved.
    init() throws {
        clinic = try Clinic(laptop: true, onDisk: true)
        thread = try clinic.openThread(subject: "About \(Self.canary)", text: "My \(Self.canary) hurts.")
        try clinic.act(.reply(.portal, text: "Cool the \(Self.canary).", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.note(text: "The \(Self.canary) again."), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(
            .resolve(outcome: "answered", told: .told, note: "\(Self.canary) settled"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
    }

    private var nodes: [SimulatedNode] { [clinic.towson, clinic.belair] + [clinic.laptop].compactMap { $0 } }

    private func purge(at node: SimulatedNode) throws {
        try clinic.act(.purge(Self.order), on: thread, as: clinic.admin, at: node)
    }

    /// The contents that a node holds of the thread.
    private func held(at node: SimulatedNode) throws -> Int {
        var count = 0
        for line in try #require(try node.store.reader.thread(thread)).timeline {
            let row = try #require(try node.store.reader.logRow(at: line.stamp.dot))
            let entry = LogEntry(
                sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            count += try entry.heldContents().count
        }
        return count
    }

    private func certificate(at node: SimulatedNode) throws -> PurgeCertificate {
        try #require(try node.reader.purges().first { $0.thread == thread })
    }

    /// What of the thread lies on a disk: its words in the clear (in the search index), its sealed contents as `sealed` gives them.
    private func traces(of sealed: [[UInt8]], on node: SimulatedNode) throws -> [String] {
        let disk = try #require(node.disk)
        var found: [String] = []
        for file in disk.files {
            let bytes = disk.contents(of: file)
            if contains(bytes, Array(Self.canary.utf8)) { found.append("the word in \(file)") }
            for content in sealed where contains(bytes, content) { found.append("\(content.count) sealed bytes in \(file)") }
        }
        return found
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        var start = 0
        while let place = bytes[start...].firstIndex(of: first), place + part.count <= bytes.count {
            if bytes[place..<place + part.count].elementsEqual(part) { return true }
            start = place + 1
        }
        return false
    }

    /// The contents of the thread as a node's log holds them, keys included.
    private func sealedContents(at node: SimulatedNode) throws -> [[UInt8]] {
        try #require(try node.store.reader.thread(thread)).timeline.compactMap { line in
            let bytes = try node.store.reader.logRow(at: line.stamp.dot)?.contents ?? []
            // From inside, so that no tag or length is among them.
            return bytes.count > 40 ? Array(bytes[8..<40]) : nil
        }
    }

    @Test("a purge hides at once, and destroys when every member has acknowledged it")
    func purgeInOrder() throws {
        clinic.cutOffices()
        clinic.group.cut(clinic.towson, try #require(clinic.laptop))
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        let contents = try held(at: clinic.towson)
        try purge(at: clinic.towson)
        clinic.group.run(for: 60_000)
        let page = try clinic.page(of: thread, at: clinic.towson)
        #expect(page.item.subject == "(purged)")
        #expect(page.entries.filter { $0.kind.isMessage }.map(\.text) == ["(purged)", "(purged)"])
        #expect(page.purges.first?.by.isEmpty == false)
        let reader = try clinic.towson.reader
        #expect(try reader.search(Self.canary).isEmpty)
        #expect(try !reader.list(ThreadFilter(.resolved)).contains { $0.id == thread })
        #expect(try !reader.list(ThreadFilter(.all)).contains { $0.id == thread })
        #expect(try reader.list(ThreadFilter(.purged)).map(\.id) == [thread])
        #expect(try held(at: clinic.towson) == contents, "destroyed before the others knew")
        #expect(try certificate(at: clinic.towson).waitingFor == ["belair", "laptop"])
        try clinic.heal()
        for node in nodes {
            #expect(try held(at: node) == 0, "\(node.name)")
            #expect(try certificate(at: node).isComplete, "\(node.name)")
            #expect(try node.reader.verifyLogs().isSound)
            #expect(try clinic.page(of: thread, at: node).item.subject == "(purged)")
        }
        try clinic.expectEqualInboxes()
    }

    @Test("afterwards no file of any member holds its words or its sealed contents, in the log or in free pages")
    func nothingLeft() throws {
        for number in 0..<30 { _ = try clinic.openThread(text: "Another matter, \(number), in the same pages.") }
        let sealed = try sealedContents(at: clinic.towson)
        #expect(sealed.count >= 4)
        for node in nodes {
            let traces = try traces(of: sealed, on: node)
            #expect(traces.contains { $0.contains("word") } && traces.count > sealed.count, "the search finds nothing to begin with")
        }
        try purge(at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        for node in nodes { #expect(try traces(of: sealed, on: node).isEmpty, "\(node.name)") }
        #expect(try clinic.towson.reader.search("another").count >= 30, "the index has lost what was not purged")
    }

    @Test("a hold that somebody placed without knowing of the purge stops it everywhere")
    func concurrentHold() throws {
        clinic.cutOffices()
        try clinic.act(.placeHold(Self.hold), on: thread, as: clinic.admin, at: clinic.belair)
        try purge(at: clinic.towson)
        clinic.group.run(for: 60_000)
        try clinic.heal()
        for node in nodes {
            #expect(try held(at: node) > 0)
            #expect(try clinic.page(of: thread, at: node).entries.contains { $0.text == "My \(Self.canary) hurts." })
            #expect(try node.reader.search(Self.canary).count >= 3)
            #expect(try node.reader.holds().map(\.hold) == [Self.hold])
        }
        let refusal = try clinic.refusal(.purge(Self.order), on: thread, as: clinic.admin, at: clinic.towson)
        #expect(refusal.code == .conflict)
        try clinic.act(.releaseHold(token: Self.hold.token), on: thread, as: clinic.admin, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try held(at: clinic.towson) > 0, "releasing a hold sets an old purge going again")
        try purge(at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in nodes { #expect(try held(at: node) == 0) }
    }

    @Test("a member that is away holds a purge back until it comes, or is removed")
    func memberAway() throws {
        let laptop = try #require(clinic.laptop)
        clinic.group.crash(laptop)
        clinic.group.run(for: 60_000)
        try purge(at: clinic.towson)
        clinic.group.run(for: 120_000)
        #expect(try held(at: clinic.belair) > 0)
        #expect(try certificate(at: clinic.belair).waitingFor == ["laptop"])
        try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "lost")), at: clinic.towson)
        clinic.group.run(for: 120_000)
        #expect(try held(at: clinic.towson) == 0)
        #expect(try held(at: clinic.belair) == 0)
        #expect(try certificate(at: clinic.towson).isComplete)
    }

    @Test("a member that comes later is never given what was purged")
    func newcomer() throws {
        try purge(at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let essex = try clinic.group.join("essex", kind: .office, invitedBy: clinic.towson, onDisk: true)
        try #require(clinic.group.runUntilQuiet())
        #expect(try held(at: essex) == 0)
        #expect(try essex.reader.verifyLogs().isSound)
        #expect(try essex.digest == clinic.towson.digest)
        #expect(try clinic.page(of: thread, at: essex).item.subject == "(purged)")
    }

    @Test("a restored backup learns of the purge and destroys what it brought back")
    func restoredBackup() throws {
        let sealed = try sealedContents(at: clinic.belair)
        try clinic.group.backUp(clinic.belair)
        try purge(at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try held(at: clinic.belair) == 0)
        try clinic.group.restoreBackup(clinic.belair)
        #expect(try held(at: clinic.belair) > 0)
        clinic.group.run(for: 300_000)
        #expect(try held(at: clinic.belair) == 0)
        #expect(try traces(of: sealed, on: clinic.belair).isEmpty)
        #expect(try held(at: clinic.towson) == 0, "it came back")
    }

    @Test("what a patient writes without knowing of the purge is kept, can be read and waits for a reply")
    func lateMessage() throws {
        clinic.cutOffices()
        try clinic.act(
            .patientMessage(.phone, text: "Something new"), on: thread, as: clinic.onCall, at: clinic.belair)
        try purge(at: clinic.towson)
        try clinic.heal()
        for node in nodes {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.entries.filter { $0.kind.isMessage }.map(\.text) == ["(purged)", "(purged)", "Something new"])
            #expect(page.state.flags.contains(.needsReply))
            #expect(try node.reader.list(ThreadFilter(.open)).contains { $0.id == thread })
            #expect(try node.reader.search("something").count == 1)
            #expect(try held(at: node) == 2, "the message and the key that it is sealed under")
        }
    }

    @Test("what is said after a purge is sealed under a new key, and everybody can read it")
    func newKey() throws {
        try purge(at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        try clinic.act(.patientMessage(.phone, text: "Something new"), on: thread, as: clinic.onCall, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        try clinic.act(.note(text: "Seen"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in nodes {
            let texts = try clinic.page(of: thread, at: node).entries.map(\.text)
            #expect(texts.contains("Something new") && texts.contains("Seen"))
            #expect(try held(at: node) == 3, "a key, a message and a note")
        }
    }

    @Test("a correction that arrives late is destroyed with what it corrects")
    func lateCorrection() throws {
        let message = try #require(
            try clinic.page(of: thread, at: clinic.towson).entries.compactMap { entry -> MessageID? in
                if case .message(let id, .inbound, _) = entry.kind { id } else { nil }
            }.first)
        clinic.cutOffices()
        try clinic.act(.correct(message, text: "My other \(Self.canary) hurts."), on: thread, as: clinic.onCall, at: clinic.belair)
        try purge(at: clinic.towson)
        try clinic.heal()
        for node in nodes {
            #expect(try held(at: node) == 0)
            #expect(try !clinic.page(of: thread, at: node).entries.contains { $0.text.contains(Self.canary) })
            #expect(try node.reader.search(Self.canary).isEmpty)
        }
        let refusal = try clinic.refusal(.correct(message, text: "Once more"), on: thread, as: clinic.onCall, at: clinic.belair)
        #expect(refusal.code == .conflict)
    }

    @Test("a node that dies at any moment of destroying goes on with it", arguments: 1...6)
    func crashes(commits: Int) throws {
        let sealed = try sealedContents(at: clinic.belair)
        clinic.cutOffices()
        try purge(at: clinic.towson)
        clinic.group.healAll()
        for _ in 0..<commits {
            clinic.group.crashAfterNextCommit(clinic.belair)
            clinic.group.run(for: 3_000)
            if !clinic.belair.isRunning { try clinic.group.restart(clinic.belair) }
        }
        clinic.group.run(for: 10_000)
        if !clinic.belair.isRunning { try clinic.group.restart(clinic.belair) }
        try #require(clinic.group.runUntilQuiet())
        #expect(try certificate(at: clinic.towson).isComplete)
        #expect(try traces(of: sealed, on: clinic.belair).isEmpty)
    }

    @Test("only those who look after records may hold and purge, and only what is resolved is purged")
    func refusals() throws {
        for actor in [clinic.ana, clinic.surgeon, clinic.onCall] {
            #expect(try clinic.refusal(.purge(Self.order), on: thread, as: actor, at: clinic.towson).code == .notAllowed)
            #expect(try clinic.refusal(.placeHold(Self.hold), on: thread, as: actor, at: clinic.towson).code == .notAllowed)
        }
        let open = try clinic.openThread()
        #expect(try clinic.refusal(.purge(Self.order), on: open, as: clinic.admin, at: clinic.towson).code == .conflict)
        let empty = PurgeOrder(reason: " ", retentionClass: "adult")
        #expect(try clinic.refusal(.purge(empty), on: thread, as: clinic.admin, at: clinic.towson).code == .invalid)
        #expect(
            try clinic.refusal(.releaseHold(token: "none"), on: thread, as: clinic.admin, at: clinic.towson).code == .notFound)
        try clinic.act(.placeHold(Self.hold), on: thread, as: clinic.admin, at: clinic.towson)
        #expect(try clinic.refusal(.placeHold(Self.hold), on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
        #expect(try clinic.refusal(.purge(Self.order), on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
        try clinic.act(.releaseHold(token: Self.hold.token), on: thread, as: clinic.admin, at: clinic.towson)
        try purge(at: clinic.towson)
        #expect(try clinic.refusal(.purge(Self.order), on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
    }

    @Test("a page that was loaded before a hold was placed does not purge past it")
    func staleHold() throws {
        let shown = try clinic.page(of: thread, at: clinic.towson).state.clock
        try clinic.act(.placeHold(Self.hold), on: thread, as: clinic.admin, at: clinic.towson)
        try clinic.act(.releaseHold(token: Self.hold.token), on: thread, as: clinic.admin, at: clinic.towson)
        let refusal = try clinic.refusal(.purge(Self.order), on: thread, as: clinic.admin, at: clinic.towson, shown: shown)
        #expect(refusal.code == .conflict)
    }

    @Test("making the inbox anew from the log changes nothing of a purge")
    func rebuilt() throws {
        try purge(at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let digests = try #require(clinic.towson.brain).rebuild()
        #expect(digests.before == digests.after)
        clinic.group.run(for: 10_000)
        #expect(try clinic.towson.reader.search(Self.canary).isEmpty)
        #expect(try clinic.page(of: thread, at: clinic.towson).item.subject == "(purged)")
    }
}
