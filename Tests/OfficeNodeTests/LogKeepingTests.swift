import Causality
import GRDB
import InboxModel
import OfficeNode
import PartitionSimulator
@testable import ReplicaStore
import Testing

@Suite("The log: restarts, rebuilding, verification")
struct LogKeepingTests {
    /// One way of damaging a log, and what the verification says of it.
    struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sql: String
        let finding: String
    }

    static let damages = [
        Damage(
            testDescription: "an emptied body", sql: "UPDATE log SET body = zeroblob(length(body)) WHERE id = ?",
            finding: "malformed"),
        Damage(
            testDescription: "exchanged contents",
            sql: "UPDATE log SET contents = (SELECT contents FROM log AS other WHERE other.id = log.id - 1) WHERE id = ?",
            finding: "altered"),
        Damage(testDescription: "an altered hash", sql: "UPDATE log SET hash = zeroblob(32) WHERE id = ?", finding: "altered"),
        Damage(testDescription: "a missing row", sql: "DELETE FROM log WHERE id = ?", finding: "missing"),
        Damage(
            testDescription: "a replaced signature", sql: "UPDATE signature SET signature = zeroblob(64) WHERE id = ?",
            finding: "change set"),
    ]

    @Test("finds the damage and names the change set", arguments: damages)
    func damaged(_ damage: Damage) throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        for number in 0..<4 { try clinic.act(.note(text: "\(number)"), on: thread, as: clinic.ana, at: clinic.towson) }
        try #require(clinic.group.runUntilQuiet())
        let before = try clinic.towson.reader.verifyLogs()
        #expect(before.isSound && before.logs.count == 2)
        #expect(before.logs.map(\.changeSets).reduce(0, +) == clinic.changeSets(at: clinic.towson))
        #expect(Set(before.logs.map(\.author)) == ["towson", "belair"])

        let replica = try #require(clinic.towson.brain?.replica)
        let sequence = clinic.towson.held(replica) - 2
        try clinic.towson.store.withDatabase { database in
            let number = try #require(
                try Int64.fetchOne(
                    database, sql: "SELECT no FROM replica WHERE id = ?", arguments: [Int64(bitPattern: replica.rawValue)]))
            let key = LogKey(number: number, sequence: sequence).rawValue
            try database.execute(sql: damage.sql, arguments: [key])
            #expect(database.changesCount == 1)
        }
        let after = try clinic.towson.reader.verifyLogs()
        let faults = after.logs.compactMap(\.fault)
        #expect(faults.count == 1, "the other log is sound")
        #expect(faults.first?.contains("\(Dot(replica, sequence))") == true, "\(faults)")
        #expect(faults.first?.contains(damage.finding) == true, "\(faults)")
    }

    @Test("the end of a log cannot be cut off unseen")
    func missingEnd() throws {
        let clinic = try Clinic()
        try clinic.towson.store.withDatabase {
            try $0.execute(sql: "DELETE FROM log WHERE id IN (SELECT max(id) FROM log GROUP BY id >> 40)")
        }
        #expect(try clinic.towson.reader.verifyLogs().logs.allSatisfy { $0.fault?.contains("missing") == true })
    }

    @Test("rebuilding from the log gives the same inbox, and mends tables that were damaged")
    func rebuild() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let digest = try clinic.belair.digest
        let brain = try #require(clinic.belair.brain)
        let same = try brain.rebuild()
        #expect(same.before == digest && same.after == digest)
        clinic.group.run(for: 5_000)
        #expect(try clinic.belair.reader.search("friday").count == 1, "the search index was made anew too")

        try clinic.belair.store.withDatabase { try $0.execute(sql: "DELETE FROM timeline") }
        let mended = try brain.rebuild()
        #expect(mended.before != digest && mended.after == digest)
        try clinic.act(.note(text: "Goes on."), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
    }

    @Test(
        "a node killed after any commit of a piece of work goes on from there, and loses nothing it acknowledged",
        arguments: 0..<12)
    func killed(_ moment: Int) throws {
        let clinic = try Clinic(seed: UInt64(moment) + 100)
        let thread = try clinic.openThread()
        let killed = moment % 2 == 0 ? clinic.towson : clinic.belair
        var acknowledged: [Dot] = []
        for step in 0..<6 {
            if step == moment / 2 { clinic.group.crashAfterNextCommit(killed) }
            let node = step % 2 == 0 ? clinic.towson : clinic.belair
            let actor = step % 2 == 0 ? clinic.ana : clinic.surgeon
            let command = Command.thread(thread, shown: nil, .note(text: "n\(step)"))
            if let result = try? clinic.group.submit(command, at: node, by: actor) {
                acknowledged.append(try #require(try result.get().dot))
            }
            clinic.group.run(for: 20)
            if !killed.isRunning { try clinic.group.restart(killed) }
            clinic.group.run(for: 300)
        }
        clinic.group.run(limit: 5_000) { !killed.isRunning || killed.life > 1 }
        if !killed.isRunning { try clinic.group.restart(killed) }
        #expect(killed.life > 1, "it was killed")
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
        for node in [clinic.towson, clinic.belair] {
            for dot in acknowledged { #expect(node.held(dot.replica) >= dot.sequence, "\(dot) at \(node.name)") }
            let texts = try clinic.page(of: thread, at: node).entries.map(\.text)
            for step in 0..<6 { #expect(texts.count { $0 == "n\(step)" } <= 1) }
            #expect(try node.reader.verifyLogs().isSound)
        }
    }
}
