import Causality
import ChangeLog
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

@Suite("That purges purge, and that holds win, is checked")
struct InvariantPurgeTests {
    private let world: InvariantWorld
    private let thread: ThreadID

    init() throws {
        world = try InvariantWorld(seed: 51)
        thread = try world.openThread()
        try world.act(
            .resolve(outcome: "answered", told: .told, note: ""), on: thread, by: world.practice.offices[0].frontDesk, at: world.towson)
        try world.settle()
    }

    private func purge() throws {
        let order = PurgeOrder(reason: "retention ended", retentionClass: "adult-7y")
        try world.act(.purge(order), on: thread, by: world.practice.administrator, at: world.towson)
    }

    /// The change set that opened the thread, as a node holds it.
    private func opening(at node: SimulatedNode) throws -> (dot: Dot, entry: LogEntry) {
        let line = try #require(try node.store.reader.thread(thread)?.timeline.first)
        let row = try #require(try node.store.reader.logRow(at: line.stamp.dot))
        return (
            line.stamp.dot, LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
        )
    }

    private func put(_ entry: LogEntry, at dot: Dot, of node: SimulatedNode) throws {
        try node.store.write(.full) { try $0.replaceContents(of: dot, with: entry.contents) }
    }

    @Test("What an honest group does with a purge is no breach")
    func honest() throws {
        try purge()
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        #expect(world.checker.condemned[thread]?.pieces.isEmpty == false)
        #expect(try world.belair.reader.purges().first?.isComplete == true)
    }

    @Test("Content that comes back after a node said that it destroyed it is found, in its log and in its files")
    func comesBack() throws {
        let (dot, entry) = try opening(at: world.belair)
        try purge()
        try world.settle()
        #expect(world.found(.purge).isEmpty)
        try put(entry, at: dot, of: world.belair)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.purge).contains { $0.contains("and holds it") }, "\(world.found(.purge))")
    }

    @Test("Content that is destroyed though a hold stands against its purge is found")
    func destroyedThoughHeld() throws {
        world.group.cut(world.towson, world.belair)
        world.group.run(for: world.group.noticeDelay + 100)
        let hold = LegalHold(token: "2026-17", reason: "letter")
        try world.act(.placeHold(hold), on: thread, by: world.practice.administrator, at: world.belair)
        try purge()
        world.group.healAll()
        try world.settle()
        #expect(world.found(.purge).isEmpty, "\(world.found(.purge))")
        let (dot, entry) = try opening(at: world.belair)
        try put(try entry.destroying([1, 2]), at: dot, of: world.belair)
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.purge).contains { $0.contains("a hold stands against its purge") }, "\(world.found(.purge))")
    }

    @Test("Bytes that are left in a file are found")
    func leftInFile() throws {
        let world = try InvariantWorld(seed: 52, onDisk: true)
        let thread = try world.openThread()
        try world.act(
            .resolve(outcome: "answered", told: .told, note: ""), on: thread, by: world.practice.offices[0].frontDesk, at: world.towson)
        try world.settle()
        let line = try #require(try world.belair.store.reader.thread(thread)?.timeline.first)
        let row = try #require(try world.belair.store.reader.logRow(at: line.stamp.dot))
        let order = PurgeOrder(reason: "retention ended", retentionClass: "adult-7y")
        try world.act(.purge(order), on: thread, by: world.practice.administrator, at: world.towson)
        try world.settle()
        #expect(world.found(.purge).isEmpty, "\(world.found(.purge))")
        try world.belair.store.write(.full) { try $0.set(row.contents, for: "forgotten") }
        world.checker.settled(world.group, components: world.group.components)
        #expect(world.found(.purge).contains { $0.contains("the bytes are in") }, "\(world.found(.purge))")
    }
}
