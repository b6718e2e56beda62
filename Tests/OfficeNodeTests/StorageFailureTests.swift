import Causality
import GRDB
import InboxModel
import OfficeNode
import PartitionSimulator
@testable import ReplicaStore
import Testing

@Suite("A replica that cannot be written")
struct StorageFailureTests {
    @Test("a full disk refuses commands whole, and the node goes on where it was once there is room")
    func fullDisk() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.towson.limitPages()
        let long = String(repeating: "tooth ", count: 4_000)
        var accepted: [Dot] = []
        var refusal: CommandRefusal?
        for number in 0..<200 where refusal == nil {
            let command = Command.thread(thread, shown: nil, .note(text: "\(number) \(long)"))
            switch try clinic.group.submit(command, at: clinic.towson, by: clinic.ana) {
            case .success(let outcome): accepted.append(try #require(outcome.dot))
            case .failure(let failure): refusal = failure
            }
        }
        #expect(refusal?.code == .storage)
        #expect(refusal?.message.contains("tooth") == false, "no patient content in errors")
        #expect(clinic.towson.warnings.contains { $0.code == "storage" })

        let before = try clinic.towson.digest
        let count = clinic.changeSets(at: clinic.towson)
        let again = try clinic.group.submit(
            .thread(thread, shown: nil, .note(text: "again \(long)")), at: clinic.towson, by: clinic.ana)
        #expect(throws: CommandRefusal.self) { try again.get() }
        #expect(try clinic.towson.digest == before)
        #expect(clinic.changeSets(at: clinic.towson) == count)
        #expect(try clinic.towson.reader.store.checkIntegrity().isEmpty)

        try clinic.towson.limitPages(to: 1_000_000)
        let outcome = try clinic.act(.note(text: "room again"), on: thread, as: clinic.ana, at: clinic.towson)
        #expect(outcome.dot?.sequence == (accepted.last?.sequence ?? clinic.towson.held(outcome.dot!.replica) - 1) + 1, "no gap")
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
        for node in [clinic.towson, clinic.belair] { #expect(try node.reader.verifyLogs().isSound) }
    }

    @Test("runs that cannot be stored are declined, kept by their sender, and taken when there is room")
    func fullDiskWhileReceiving() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.belair.limitPages()
        let long = String(repeating: "tooth ", count: 4_000)
        for number in 0..<40 {
            try clinic.act(.note(text: "\(number) \(long)"), on: thread, as: clinic.ana, at: clinic.towson)
            clinic.group.run(for: 500)
        }
        clinic.group.run(for: 60_000)
        #expect(clinic.belair.warnings.contains { $0.code == "storage" })
        #expect(clinic.changeSets(at: clinic.belair) < clinic.changeSets(at: clinic.towson))
        #expect(try clinic.belair.reader.store.checkIntegrity().isEmpty)
        try clinic.belair.limitPages(to: 1_000_000)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
        #expect(try clinic.belair.reader.verifyLogs().isSound)
    }

    @Test("a connection that begins while neither end can write is used once both can")
    func connectedWhileFull() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        let before = clinic.changeSets(at: clinic.belair)
        clinic.group.healAll()
        // A transaction inside another one fails: neither node can store that it is connected, and nobody says so again.
        try clinic.towson.store.write(.normal) { _ in
            try clinic.belair.store.write(.normal) { _ in
                clinic.group.run(limit: 20_000) { clinic.group.isConnected(clinic.towson, clinic.belair) }
                clinic.group.run(for: 1_000)
            }
        }
        for node in [clinic.towson, clinic.belair] { #expect(node.warnings.contains { $0.code == "storage" }) }
        #expect(clinic.changeSets(at: clinic.belair) == before)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
        #expect(clinic.changeSets(at: clinic.belair) == before + 1)
    }

    @Test("a closed database answers every command and stops nothing")
    func closed() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.towson.store.close()
        #expect(try clinic.refusal(.claim, on: thread, as: clinic.ana, at: clinic.towson).code == .storage)
        clinic.group.run(for: 30_000)
        #expect(clinic.towson.isRunning)
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
    }
}

extension SimulatedNode {
    /// Lets the database have this many pages, or those it has and a few more.
    func limitPages(to count: Int? = nil) throws {
        try store.withDatabase { database in
            let limit = try count ?? Int.fetchOne(database, sql: "PRAGMA page_count").map { $0 + 20 } ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(limit)")
        }
    }
}
