import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("Delivery between nodes")
struct DeliveryTests {
    @Test(
        "every message is shown exactly once, however frames are lost, repeated and reordered",
        arguments: [
            LinkConditions(delay: 5...50, duplication: 500_000), LinkConditions(delay: 5...500, reordering: 700_000),
            LinkConditions(delay: 5...50, loss: 300_000),
            LinkConditions(delay: 5...600, loss: 150_000, duplication: 200_000, reordering: 300_000),
        ])
    func exactlyOnce(_ conditions: LinkConditions) throws {
        let clinic = try Clinic(laptop: true)
        clinic.group.setConditions(conditions)
        let thread = try clinic.openThread()
        for number in 0..<24 {
            let node = clinic.group.nodes[number % 3]
            try clinic.act(.note(text: "note \(number)."), on: thread, as: clinic.onCall, at: node)
            clinic.group.run(for: Int64(number * 37 % 400))
        }
        try #require(clinic.group.runUntilQuiet(limit: 900_000))
        let faults = conditions.loss + conditions.duplication + conditions.reordering
        let counts = clinic.group.frameCounts
        #expect(faults > 0 && counts.lost + counts.duplicated + counts.reordered > 20, "the faults happened")
        for node in clinic.group.nodes {
            let texts = try clinic.page(of: thread, at: node).entries.map(\.text)
            for number in 0..<24 { #expect(texts.count { $0 == "note \(number)." } == 1, "note \(number) at \(node.name)") }
        }
        try clinic.expectEqualInboxes()
    }

    @Test("a change set waits for what its author had seen, though it arrives first")
    func dependencies() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        let towson = try #require(clinic.towson.brain?.replica)
        let belair = try #require(clinic.belair.brain?.replica)
        // The laptop hears of the office's log from nobody.
        clinic.group.drops = { $0.to == laptop.index && $0.carries(towson) }
        let thread = try openedAtTowson(clinic)
        try #require(clinic.group.run(limit: 60_000) { (try? clinic.belair.reader.page(of: thread)) != nil })
        // What does not fit into a change set is refused, and takes nothing of the clock with it that the next one needs.
        let members = (0..<20_000).map { StaffID(high: 9, low: UInt64($0)) }
        let queue = QueueProfile(key: "x", name: "X", office: nil, members: members)
        let oversized = Command.putDocument(.queue(QueueID(high: 9, low: 9), queue))
        let refusal = try clinic.refusal(of: oversized, as: clinic.admin, at: clinic.belair)
        #expect(refusal.code == .invalid)
        try clinic.act(.note(text: "Seen."), on: thread, as: clinic.onCall, at: clinic.belair)
        try #require(clinic.group.run(limit: 60_000) { laptop.held(belair) == clinic.belair.held(belair) }, "it arrives")
        #expect(laptop.progress(belair).merged < laptop.held(belair), "and waits")
        #expect(try laptop.reader.page(of: thread) == nil)

        try clinic.group.restart(laptop)
        clinic.group.run(for: 10_000)
        #expect(try laptop.reader.page(of: thread) == nil, "it waits over a restart too")
        clinic.group.drops = { _ in false }
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: laptop).entries.last?.text == "Seen.")
        try clinic.expectEqualInboxes()
    }

    @Test("a log whose author is not known yet is refused, and taken once the roster names the author")
    func unknownAuthor() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        let towson = try #require(clinic.towson.brain?.replica)
        clinic.group.drops = { $0.to == laptop.index && $0.carries(towson) }
        let annapolis = try clinic.group.join("annapolis", invitedBy: clinic.towson)
        let author = try #require(annapolis.brain?.replica)
        try #require(clinic.group.run(limit: 60_000) { clinic.belair.held(author) > 0 })
        clinic.group.run(for: 30_000)
        #expect(laptop.held(author) == 0, "nobody told the laptop who that is")
        clinic.group.drops = { _ in false }
        try #require(clinic.group.runUntilQuiet())
        #expect(laptop.held(author) == 1)
        try clinic.expectEqualInboxes()
    }

    @Test("a node without the epoch key keeps what it is sent, says that it waits, and merges all of it once the key is there")
    func lateKey() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let annapolis = try clinic.group.join("annapolis", invitedBy: clinic.towson)
        clinic.group.isolate(annapolis)
        clinic.group.crash(annapolis)
        // As if the key had been granted in the log only, the way a later epoch's is.
        try annapolis.store.write(.full) { try $0.set(nil, for: "welcome-grant") }
        try clinic.group.restart(annapolis)
        #expect(annapolis.brain?.status.isWaitingForKey == true)
        let draft = ThreadDraft(
            patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, subject: "s",
            text: "t")
        let before = clinic.changeSets(at: annapolis)
        let endpoint = try clinic.refusal(of: .setEndpoint("tcp://new.example:1"), as: .system, at: annapolis)
        #expect(endpoint.code == .waitingForKey)
        #expect(try clinic.refusal(of: .openThread(draft), as: .system, at: annapolis).code == .notFound)
        #expect(clinic.changeSets(at: annapolis) == before)

        try clinic.heal()
        #expect(annapolis.brain?.status.isWaitingForKey == false)
        #expect(try clinic.page(of: thread, at: annapolis).item.subject == "Appointment")
        try clinic.group.perform(.openThread(draft), at: annapolis)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
    }

    @Test("a key that arrives after the change sets it opens lets them be merged, without a restart")
    func keyAfterChangeSets() throws {
        let group = SimulatedGroup(seed: 1)
        let towson = try group.found("towson", office: OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"))
        let founder = try #require(towson.brain?.replica)
        let annapolis = try group.join("annapolis", invitedBy: towson)
        let admission = towson.held(founder)
        group.isolate(annapolis)
        group.crash(annapolis)
        try annapolis.store.write(.full) { try $0.set(nil, for: "welcome-grant") }
        try group.restart(annapolis)
        let brain = try #require(annapolis.brain)
        // First the log without the admission, which carries the key, then the admission alone.
        let rows = try towson.store.reader.rows(of: founder, from: 1, bytesMax: .max)
        for (range, merged) in [(1...admission - 1, 0), (admission...admission, admission)] {
            let frame = try run(of: founder, rows: rows.filter { range.contains($0.sequence) }, author: towson)
            var preparer = brain.makePreparer()
            let key = towson.identity.curve.publicKey
            _ = brain.handle([.connected(key), .frame(from: key, preparer.prepare(frame))], now: group.now)
            #expect(annapolis.held(founder) == range.upperBound)
            #expect(annapolis.progress(founder).merged == merged)
        }
        #expect(try annapolis.reader.store.offices().count == 1)
    }

    @Test("a change set that names another history than the one held waits for that history, and is shown nowhere")
    func anotherHistory() throws {
        // Two runs of one seed are one clinic; then its founding node writes two different things under one name.
        let (here, there) = (try Clinic(seed: 7), try Clinic(seed: 7))
        let thread = try here.openThread()
        #expect(try there.openThread() == thread)
        here.group.crash(here.belair)
        try here.act(.note(text: "left"), on: thread, as: here.ana, at: here.towson)
        try there.act(.note(text: "right"), on: thread, as: there.ana, at: there.towson)
        try #require(there.group.runUntilQuiet())
        try there.act(.note(text: "dependent"), on: thread, as: there.surgeon, at: there.belair)

        let belair = try #require(there.belair.brain?.replica)
        let brain = try #require(here.towson.brain)
        let rows = try there.belair.store.reader.rows(of: belair, from: here.towson.held(belair) + 1, bytesMax: .max)
        let frame = try run(of: belair, rows: rows, author: there.belair)
        var preparer = brain.makePreparer()
        let key = there.belair.identity.curve.publicKey
        let directives = brain.handle([.connected(key), .frame(from: key, preparer.prepare(frame))], now: there.group.now)
        let warnings = directives.compactMap { if case .warning(let warning) = $0 { warning.code } else { nil } }
        #expect(warnings == [])
        #expect(try here.towson.store.reader.quarantine().isEmpty)
        #expect(here.towson.progress(belair).merged == here.towson.held(belair) - 1)
        here.group.run(for: 5_000)
        #expect(try here.page(of: thread, at: here.towson).entries.map(\.text).contains("dependent") == false)
        #expect(try here.towson.reader.search("dependent").isEmpty)
        #expect(try here.towson.reader.search("left").count == 1)
        #expect(try here.towson.reader.verifyLogs().isSound, "it is part of the record")
        let rebuilt = try brain.rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    @Test("frames from strangers and damaged frames of members change nothing and stop nothing")
    func damagedFrames() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let brain = try #require(clinic.belair.brain)
        let key = clinic.towson.identity.curve.publicKey
        var captured: [[UInt8]] = []
        clinic.group.drops = { frame in
            captured.append(frame.bytes)
            return false
        }
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let before = try clinic.belair.digest
        for frame in captured {
            for index in stride(from: 0, to: frame.count, by: max(1, frame.count / 16)) {
                var damaged = frame
                damaged[index] ^= 0xA5
                var preparer = brain.makePreparer()
                for bytes in [damaged, Array(frame.prefix(index))] {
                    _ = brain.handle([.frame(from: key, preparer.prepare(bytes))], now: clinic.group.now)
                    _ = brain.handle(
                        [.frame(from: try stranger(), preparer.prepare(bytes))], now: clinic.group.now)
                }
            }
        }
        #expect(try clinic.belair.digest == before)
        #expect(brain.status.strangerFrames > 0)
        clinic.group.drops = { _ in false }
        try clinic.act(.reply(.sms, text: "Yes.", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
    }

    private func openedAtTowson(_ clinic: Clinic) throws -> ThreadID {
        let draft = ThreadDraft(
            patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling,
            subject: "Appointment", text: "May I come on Friday?")
        return try #require(try clinic.group.perform(.openThread(draft), at: clinic.towson).thread)
    }
}
