import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Testing
import Vault

@testable import OfficeNode
@testable import PartitionSimulator

/// Logs that nobody writes to any more: how they are known, and what becomes of their entries.
@Suite("Retired logs")
struct RetirementTests {
    private static let hour: Int64 = 3_600_000
    private let clinic: Clinic

    init() throws {
        clinic = try Clinic(laptop: true, onDisk: true)
        clinic.group.run(for: 3 * Self.hour)
    }

    private var group: SimulatedGroup { clinic.group }

    private func retired(_ node: SimulatedNode) throws -> [RetiredLog] { try #require(node.brain).retiredLogs }

    private func sealed(_ node: SimulatedNode) throws -> [LogHead] { try #require(node.brain).state.sealed.sorted }

    /// Lets a node begin a new log, as after its disk was replaced, and write to it.
    @discardableResult
    private func renew(_ node: SimulatedNode, times: Int = 1) throws -> [ReplicaID] {
        try (0..<times).map { _ in
            let old = try #require(node.brain).replica
            group.give(.startReplica(NewReplicaReason(.copied, "a new disk")), to: node)
            try #require(group.runUntilQuiet())
            return old
        }
    }

    @Test("a log that its member replaced is sealed once everybody has said that they have all of it")
    func replaced() throws {
        let old = try renew(clinic.belair)
        let found = try #require(try retired(clinic.towson).first)
        #expect(found.head.replica == old[0] && found.member == clinic.belair.identity.member)
        #expect(found.successor == clinic.belair.brain?.replica)
        #expect(!found.waitingFor.isEmpty && !found.isSealed)
        #expect(try sealed(clinic.towson).isEmpty)
        group.run(for: 3 * Self.hour)
        for node in group.nodes {
            #expect(try retired(node).map(\.isSealed) == [true], "\(node.name)")
            #expect(try sealed(node) == [found.head], "\(node.name)")
        }
        try clinic.expectEqualInboxes()
    }

    @Test("a member that left is waited for no more, and its logs are sealed when the others know of it", arguments: [false, true])
    func removed(isLost: Bool) throws {
        let laptop = try #require(clinic.laptop)
        let log = try #require(laptop.brain).replica
        let member = laptop.identity.member
        if isLost { group.crash(laptop) }
        try group.perform(
            .administer(isLost ? .revoke(member, reason: "lost") : .retire(member, reason: "replaced")), at: clinic.towson)
        group.run(for: 3 * Self.hour)
        for node in [clinic.towson, clinic.belair] {
            #expect(try sealed(node).map(\.replica) == [log], "\(node.name)")
            #expect(try retired(node).first?.successor == nil)
        }
    }

    @Test("one member that is away keeps a log from being sealed, everywhere")
    func away() throws {
        let laptop = try #require(clinic.laptop)
        group.crash(laptop)
        try renew(clinic.belair)
        group.run(for: 3 * 24 * Self.hour)
        for node in [clinic.towson, clinic.belair] {
            #expect(try retired(node).map(\.waitingFor) == [[laptop.identity.member]])
            #expect(try sealed(node).isEmpty)
        }
        try group.restart(laptop)
        group.run(for: 3 * Self.hour)
        for node in group.nodes { #expect(try sealed(node).count == 1, "\(node.name)") }
        try clinic.expectEqualInboxes()
    }

    @Test("what a sealed log's author had seen is kept in memory no more, and a restart does not read it")
    func memory() throws {
        let old = try renew(clinic.belair, times: 3)
        group.run(for: 3 * Self.hour)
        for isRestarted in [false, true] {
            if isRestarted { try group.restart(clinic.towson) }
            let state = try #require(clinic.towson.brain).state
            #expect(state.sealed.heads.count == 3)
            for log in old { #expect(state.logClocks[log].entries.isEmpty) }
            #expect(!state.logClocks[try #require(clinic.belair.brain).replica].entries.isEmpty)
        }
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.onCall, at: clinic.belair)
        try #require(group.runUntilQuiet())
        try clinic.expectEqualInboxes()
    }

    @Test("what people did in a sealed log is answered, superseded and settled as ever")
    func oldThreads() throws {
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.onCall, at: clinic.belair)
        try clinic.act(.tag("photo"), on: thread, as: clinic.onCall, at: clinic.belair)
        try renew(clinic.belair)
        group.run(for: 3 * Self.hour)
        for node in group.nodes { #expect(try sealed(node).count == 1) }
        for node in group.nodes { try group.restart(node) }
        try #require(group.runUntilQuiet())
        try clinic.act(.untag("photo"), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.release(to: nil), on: thread, as: clinic.onCall, at: clinic.belair)
        try #require(group.runUntilQuiet())
        for node in group.nodes {
            let state = try clinic.page(of: thread, at: node).state
            #expect(state.tags.isEmpty, "\(node.name)")
            #expect(try node.store.reader.quarantine().isEmpty)
        }
        try clinic.expectEqualInboxes()
    }

    @Test("a node that was restored from before the sealing, and one that joins after it, catch up and find the same")
    func restoredAndNew() throws {
        try group.backUp(clinic.towson)
        let old = try renew(clinic.belair, times: 2)
        group.run(for: 3 * Self.hour)
        #expect(try sealed(clinic.towson).count == 2)
        try group.restoreBackup(clinic.towson)
        #expect(try sealed(clinic.towson).isEmpty)
        try #require(group.runUntilQuiet())
        let essex = try group.join("essex", invitedBy: clinic.towson)
        group.run(for: 5 * Self.hour)
        let expected = Set(try sealed(clinic.belair))
        #expect(expected.count == 3, "the two, and the log that Towson left with its old disk")
        #expect(expected.isSuperset(of: try old.map { replica in
            try #require(clinic.belair.store.progress.first { $0.replica == replica }).received
        }))
        for node in group.nodes { #expect(Set(try sealed(node)) == expected, "\(node.name)") }
        #expect(try essex.reader.verifyLogs().isSound)
        try clinic.expectEqualInboxes()
    }

    @Test("a machine that comes back and writes to a sealed log takes it out of the table, and nothing is lost or misread")
    func writtenToAfterAll() throws {
        // The copy lies switched off until the office has a new log and everybody has sealed the old one.
        let thread = try clinic.openThread()
        let copy = try group.clone(clinic.belair, as: "copy")
        let log = try #require(copy.brain).replica
        group.isolate(copy)
        group.run(for: group.noticeDelay + 100)
        group.pause(copy)
        try renew(clinic.belair)
        group.run(for: 3 * Self.hour)
        #expect(try sealed(clinic.towson).map(\.replica) == [log])
        group.resume(copy)
        try clinic.act(.note(text: "from the copy"), on: thread, as: clinic.onCall, at: copy)
        group.healAll()
        group.run(for: 120_000)
        // Switched off again: as long as both run, what is meant for one may reach the other.
        group.crash(copy)
        group.run(for: 120_000)
        for node in [clinic.towson, clinic.belair] {
            let texts = try clinic.page(of: thread, at: node).entries.map(\.text)
            #expect(texts.contains("from the copy"), "\(node.name)")
            #expect(try node.reader.verifyLogs().isSound)
            #expect(try !sealed(node).contains { $0.replica == log }, "\(node.name)")
        }
        group.run(for: 3 * Self.hour)
        let digests = try [clinic.towson, clinic.belair, try #require(clinic.laptop)].map { try $0.digest }
        #expect(Set(digests).count == 1)
    }

    @Test("making the inbox anew changes nothing of what is sealed")
    func rebuilt() throws {
        try renew(clinic.belair, times: 2)
        group.run(for: 3 * Self.hour)
        let before = try sealed(clinic.towson)
        let digests = try #require(clinic.towson.brain).rebuild()
        #expect(digests.before == digests.after)
        group.run(for: 2 * Self.hour)
        #expect(try sealed(clinic.towson) == before)
    }

    @Test("after a restart the first change set tells only what is news", arguments: [1, 12])
    func firstAfterRestart(retired: Int) throws {
        try renew(clinic.belair, times: retired)
        group.run(for: 3 * Self.hour)
        try group.restart(clinic.towson)
        let thread = try clinic.openThread(at: clinic.belair)
        let dot = try #require(try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson).dot)
        let body = try #require(try clinic.towson.reader.body(at: dot))
        #expect(body.isFullClock || body.clock.count <= 3, "\(body.clock.count) entries")
    }
}
