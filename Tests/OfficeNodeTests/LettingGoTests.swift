import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import SyncEngine
import Testing
import Vault

@Suite("A laptop that holds only some threads")
struct LettingGoTests {
    static let hour: Int64 = 3600 * 1000
    static let canary = "zqxw8213canary"

    let clinic: Clinic
    let laptop: SimulatedNode
    let thread: ThreadID
    let recent = LaptopScope(age: 2 * LettingGoTests.hour)

    /// Two offices and a laptop with disks; one thread, answered and resolved.
    init() throws {
        clinic = try Clinic(laptop: true, onDisk: true)
        laptop = try #require(clinic.laptop)
        thread = try clinic.openThread(subject: "About \(Self.canary)", text: "My \(Self.canary) hurts.")
        try clinic.act(.reply(.portal, text: "Cool the \(Self.canary).", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.note(text: "The \(Self.canary) again."), on: thread, as: clinic.ana, at: clinic.towson)
        try resolve(thread)
        try #require(clinic.group.runUntilQuiet())
        laptop.laptopScope = recent
    }

    private func resolve(_ thread: ThreadID, at node: SimulatedNode? = nil) throws {
        try clinic.act(
            .resolve(outcome: "answered", told: .told, note: "\(Self.canary) settled"), on: thread, as: clinic.ana,
            at: node ?? clinic.towson)
    }

    /// As long as it takes until what has left the scope is let go, where everybody is connected.
    private func waitUntilOld() throws {
        clinic.group.run(for: 3 * Self.hour + 900_000)
        try #require(clinic.group.runUntilQuiet())
    }

    private func texts(of thread: ThreadID, at node: SimulatedNode) throws -> [String] {
        let page = try clinic.page(of: thread, at: node)
        return [page.item.subject] + page.entries.map(\.text).filter { !$0.isEmpty }
    }

    @Test("lets go of what was said in threads that ended long ago, keeps the record, and says so in the place of each text")
    func letsGo() throws {
        let before = try texts(of: thread, at: clinic.towson)
        clinic.group.run(for: Self.hour)
        #expect(try texts(of: thread, at: laptop) == before, "let go while something had happened lately")
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        let page = try clinic.page(of: thread, at: laptop)
        #expect(page.missing == 5)
        let shown = try texts(of: thread, at: laptop)
        #expect(shown.count == before.count && shown.allSatisfy { $0 == InboxReader.notHeld })
        #expect(try laptop.reader.search(Self.canary).isEmpty)
        for office in [clinic.towson, clinic.belair] {
            #expect(try texts(of: thread, at: office) == before)
            #expect(try clinic.letGoCount(of: thread, at: office) == 0)
            #expect(try office.reader.search(Self.canary).count >= 3)
        }
        try clinic.expectEqualInboxes()
        #expect(try laptop.reader.verifyLogs().isSound)
        #expect(try #require(laptop.brain).partialThreadCount == 1)
    }

    @Test("afterwards no file of the laptop holds its words or its sealed contents, in the log or in free pages")
    func nothingLeft() throws {
        for number in 0..<20 { _ = try clinic.openThread(text: "Another matter, \(number), in the same pages.") }
        let sealed = try clinic.held(of: thread, at: laptop).values
        #expect(sealed.count == 5)
        let traces = try clinic.traces(of: Self.canary, sealed, on: laptop)
        #expect(traces.contains { $0.contains("word") } && traces.count > sealed.count, "the search finds nothing to begin with")
        try waitUntilOld()
        #expect(try clinic.traces(of: Self.canary, sealed, on: laptop).isEmpty)
        #expect(try laptop.reader.search("another").count >= 20, "the index has lost what is held")
        #expect(try !clinic.traces(of: Self.canary, sealed, on: clinic.towson).isEmpty)
    }

    @Test("keeps what one office has not said that it has, and lets it go when it has")
    func waitsForEveryOffice() throws {
        clinic.group.isolate(clinic.belair)
        let late = try clinic.group.perform(
            .openThread(
                ThreadDraft(
                    patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, subject: "Late",
                    text: "Only towson has it.")), at: clinic.towson)
        let other = try #require(late.thread)
        clinic.group.run(for: 60_000)
        try resolve(other)
        clinic.group.run(for: 4 * Self.hour)
        #expect(try clinic.held(of: other, at: laptop).count == 3)
        try clinic.heal()
        try waitUntilOld()
        #expect(try clinic.held(of: other, at: laptop).isEmpty)
        #expect(try clinic.held(of: other, at: clinic.belair).count == 3)
    }

    @Test("never lets go of its own words before the offices have them")
    func keepsItsOwn() throws {
        clinic.group.isolate(laptop)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.act(.note(text: "Seen on the road."), on: thread, as: clinic.onCall, at: laptop)
        clinic.group.run(for: 4 * Self.hour)
        #expect(try clinic.page(of: thread, at: laptop).entries.contains { $0.text == "Seen on the road." })
        try clinic.heal()
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        #expect(try clinic.page(of: thread, at: clinic.belair).entries.contains { $0.text == "Seen on the road." })
    }

    @Test("holds what is open, what is recent, and what its people and queues own")
    func scope() throws {
        let open = try clinic.openThread(text: "Nobody has answered.")
        let queue = try clinic.practice.queueKey(of: thread, at: laptop)
        laptop.laptopScope = LaptopScope(age: 2 * Self.hour, queues: ["nobody", queue])
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: laptop).count == 5, "its queue owns it")
        #expect(laptop.warnings.contains { $0.code == "laptop" && $0.message.contains("nobody") })
        laptop.laptopScope = recent
        clinic.group.run(for: 2 * Self.hour)
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        #expect(try clinic.held(of: open, at: laptop).count == 2)
    }

    @Test("looks at all threads, a slice a turn, however many there are")
    func manyThreads() throws {
        var ended: [ThreadID] = []
        var open: [ThreadID] = []
        for number in 0..<70 {
            let draft = ThreadDraft(
                patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, subject: "\(number)",
                text: "Matter \(number)")
            let thread = try #require(try clinic.group.perform(.openThread(draft), at: clinic.towson).thread)
            // More than one turn reads, all over the range that more than one turn passes.
            if number % 3 == 0 { ended.append(thread) } else { open.append(thread) }
        }
        for thread in ended { try resolve(thread) }
        try waitUntilOld()
        #expect(try #require(laptop.brain).partialThreadCount == ended.count + 1)
        for thread in ended { #expect(try clinic.held(of: thread, at: laptop).isEmpty) }
        for thread in open { #expect(try clinic.held(of: thread, at: laptop).count == 2) }
    }

    @Test("an office that is told the same holds everything")
    func officesHoldAll() throws {
        clinic.towson.laptopScope = recent
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: clinic.towson).count == 5)
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
    }

    /// Bel Air as it was before `work`, reaching nobody but the laptop.
    private func belairFromBackup(before work: () throws -> Void) throws {
        try clinic.group.backUp(clinic.belair)
        try work()
        clinic.group.isolate(clinic.belair)
        try clinic.group.restoreBackup(clinic.belair)
        clinic.group.heal(clinic.belair, laptop)
        clinic.group.run(for: 600_000)
    }

    @Test("who reaches only the laptop waits for an office, and takes nothing for held or destroyed")
    func waitsForOffice() throws {
        var other: ThreadID?
        try belairFromBackup {
            let opened = try clinic.openThread(text: "Later than the copy.")
            try resolve(opened)
            try waitUntilOld()
            #expect(try clinic.held(of: opened, at: laptop).isEmpty)
            other = opened
        }
        let thread = try #require(other)
        let peers = try #require(clinic.belair.brain).status.peers
        let fromLaptop = try #require(peers.first { $0.member == laptop.identity.member })
        #expect(fromLaptop.state == .partial && fromLaptop.partialThere > 0)
        #expect(try clinic.belair.store.reader.thread(thread) == nil)
        try clinic.heal()
        #expect(try clinic.held(of: thread, at: clinic.belair).count == 3)
        #expect(try texts(of: thread, at: clinic.belair) == texts(of: thread, at: clinic.towson))
        try clinic.expectEqualInboxes()
    }

    @Test("a new office has everything from the others")
    func newcomer() throws {
        try waitUntilOld()
        let essex = try clinic.group.join("essex", kind: .office, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.held(of: thread, at: essex).count == 5)
        #expect(try texts(of: thread, at: essex) == texts(of: thread, at: clinic.towson))
    }

    @Test("a purge destroys what the laptop let go as it does what it holds")
    func purge() throws {
        try waitUntilOld()
        try clinic.act(.purge(PurgeTests.order), on: thread, as: clinic.admin, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair, laptop] {
            #expect(try clinic.held(of: thread, at: node).isEmpty)
            #expect(try clinic.letGoCount(of: thread, at: node) == 0, "\(node.name)")
            #expect(try clinic.page(of: thread, at: node).item.subject == "(purged)")
            #expect(try #require(try node.reader.purges().first).isComplete)
        }
    }

    @Test("what is destroyed everywhere the laptop sends again, as destroyed")
    func servesPurged() throws {
        var other: ThreadID?
        try belairFromBackup {
            let opened = try clinic.openThread(text: "Later than the copy.")
            try resolve(opened)
            try waitUntilOld()
            try clinic.act(.purge(PurgeTests.order), on: opened, as: clinic.admin, at: clinic.towson)
            try #require(clinic.group.runUntilQuiet())
            other = opened
        }
        #expect(try clinic.page(of: try #require(other), at: clinic.belair).item.subject == "(purged)")
    }

    @Test("a hold obliges the offices, not the laptop")
    func hold() throws {
        try clinic.act(.placeHold(PurgeTests.hold), on: thread, as: clinic.admin, at: clinic.towson)
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        #expect(try clinic.held(of: thread, at: clinic.belair).count == 5)
    }

    @Test("a rebuild, a restart and a restored backup know what was let go")
    func rebuilt() throws {
        try waitUntilOld()
        let digests = try #require(laptop.brain).rebuild()
        #expect(digests.before == digests.after)
        clinic.group.run(for: 10_000)
        #expect(try clinic.page(of: thread, at: laptop).missing == 5)
        clinic.group.crash(laptop)
        try clinic.group.restart(laptop)
        #expect(try #require(laptop.brain).partialThreadCount == 1)
        try clinic.group.backUp(laptop)
        try clinic.group.restoreBackup(laptop)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: laptop).missing == 5)
        #expect(try laptop.reader.verifyLogs().isSound)
        try clinic.expectEqualInboxes()
    }

    @Test("a copy of it knows what it lacks, and comes in slices of the usual size however much that is")
    func copied() throws {
        try waitUntilOld()
        let value = try #require(try laptop.store.reader.setting("let-go:\(thread)"))
        try laptop.store.write(.normal) { transaction in
            for number in 1...8_000 { try transaction.set(value, for: "let-go:\(ThreadID(high: 1, low: UInt64(number)))") }
        }
        var reading = try BackupReading(try laptop.reader, identity: nil, now: clinic.group.now)
        let store = try ReplicaStore(.memory)
        var restoring = try BackupRestoring(store, header: reading.header)
        while let (bytes, _) = try reading.next() {
            #expect(bytes.count < 2 * BackupReading.sliceBytes)
            try restoring.take(bytes)
        }
        let summary = try restoring.finish()
        let random = SeededRandomSource(seed: 7, stream: "copy")
        let node = try OfficeNode(store: store, identity: laptop.identity, random: random)
        #expect(try node.checkRestored(summary).isSound)
        #expect(node.partialThreadCount == 8_001)
        #expect(try node.makeReader().page(of: thread)?.missing == 5)
    }

    @Test("a laptop that dies at any moment of letting go goes on with it", arguments: 1...4)
    func crashes(commits: Int) throws {
        let sealed = try clinic.held(of: thread, at: laptop).values
        clinic.group.run(for: 2 * Self.hour - 60_000)
        for _ in 0..<commits {
            clinic.group.crashAfterNextCommit(laptop)
            clinic.group.run(for: 1_200_000)
            if !laptop.isRunning { try clinic.group.restart(laptop) }
        }
        try waitUntilOld()
        #expect(try clinic.held(of: thread, at: laptop).isEmpty)
        #expect(try clinic.traces(of: Self.canary, sealed, on: laptop).isEmpty)
    }
}

extension SamplePractice {
    /// The key of the queue that owns a thread.
    fileprivate func queueKey(of thread: ThreadID, at node: SimulatedNode) throws -> String {
        let state = try #require(try node.store.reader.state(of: thread))
        let owners = state.owners.entries.map(\.value.owner)
        let queue = try #require(try node.store.reader.queues().first { owners.contains(.queue($0.id)) })
        return try #require(queue.profile).key
    }
}
