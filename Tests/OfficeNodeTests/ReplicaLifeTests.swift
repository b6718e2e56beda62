import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

/// Two offices on disks that can be put back.
@Suite("Lives of a replica")
struct ReplicaLifeTests {
    private let group: SimulatedGroup
    private let towson: SimulatedNode
    private let belair: SimulatedNode
    private let practice: SamplePractice
    private let thread: ThreadID

    init() throws {
        group = SimulatedGroup(seed: 41)
        towson = try group.found(
            "towson", office: OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"), onDisk: true)
        practice = try SamplePractice(
            in: group, at: towson, offices: [(key: "tow", name: "Towson"), (key: "bel", name: "Bel Air")], patients: 1)
        belair = try group.join("belair", office: practice.offices[1].id, invitedBy: towson, onDisk: true)
        let draft = ThreadDraft(
            patient: practice.patients[0], office: practice.offices[1].id, category: practice.scheduling, subject: "Appointment",
            text: "May I come on Friday?")
        thread = try #require(try group.perform(.openThread(draft), at: towson).thread)
        try #require(group.runUntilQuiet())
    }

    @Test("a node that was put back to an old state begins a new log, fetches what it had written, and goes on")
    func restored() throws {
        let old = try #require(belair.brain?.replica)
        try group.backUp(belair)
        for number in 1...3 { try note("note \(number)", at: belair) }
        try #require(group.runUntilQuiet())
        let written = towson.held(old)
        try group.restoreBackup(belair)
        #expect(belair.held(old) == written - 3)
        try #require(group.runUntilQuiet())

        let new = try #require(belair.brain?.replica)
        #expect(new != old)
        #expect(belair.held(old) == written, "what the others hold of its old log came back")
        try note("after the restore", at: belair)
        try #require(group.runUntilQuiet())
        #expect(towson.held(old) == written, "nothing is written to the old log any more")
        #expect(towson.held(new) == belair.held(new))
        #expect(Set(try group.digests()).count == 1)
        for node in group.nodes { #expect(try node.reader.verifyLogs().isSound) }
        #expect(try towson.reader.roster().authors[new] == belair.identity.member)
        let warning = try #require(belair.warnings.first { $0.code == "replica" })
        #expect(warning.message.contains("belair") && warning.message.contains("towson holds change set"))
        #expect(towson.notices.contains(.newReplica(member: "belair", new, reason: nil)))
    }

    @Test("a node that is told so by its shell begins a new log before it does anything else")
    func told() throws {
        let node = try #require(belair.brain)
        let old = node.replica
        let before = belair.held(old)
        let reason = NewReplicaReason(.copied, "clinic-7")
        let directives = node.handle([.startReplica(reason), .command(noteRequest("first of the new log"))], now: group.now)
        #expect(node.replica != old)
        #expect(belair.held(old) == before)
        #expect(belair.held(node.replica) == 2, "the change set that names its author, and the note")
        #expect(directives.contains { if case .notice(.newReplica("belair", node.replica, reason)) = $0 { true } else { false } })
        try group.restart(belair)
        #expect(belair.brain?.replica == node.replica, "it goes on with the new log after a restart")
        try #require(group.runUntilQuiet())
        #expect(Set(try group.digests()).count == 1)
    }

    @Test("the first change set of a new log names its author and carries a whole clock")
    func firstChangeSet() throws {
        let node = try #require(belair.brain)
        _ = node.handle([.startReplica(NewReplicaReason(.restored))], now: group.now)
        let body = try #require(try belair.reader.body(at: Dot(node.replica, 1)))
        #expect(body.isFullClock)
        #expect(body.clock.map(\.replica).contains(try #require(towson.brain?.replica)))
        let row = try #require(try belair.store.reader.logRow(at: Dot(node.replica, 1)))
        #expect(row.signature != nil)
    }

    @Test(
        "a replica that has lost the name of its own log, or all of that log, begins a new one instead of using numbers twice",
        arguments: [nil, Array("not a replica".utf8), Array("0000000000000007".utf8)])
    func lostSetting(_ value: [UInt8]?) throws {
        let old = try #require(belair.brain?.replica)
        let before = belair.held(old)
        try belair.store.write(.full) { try $0.set(value, for: "replica") }
        try group.restart(belair)
        try note("after the loss", at: belair)
        try #require(group.runUntilQuiet())
        #expect(belair.held(old) == before)
        let new = try #require(belair.brain?.replica)
        #expect(![old, ReplicaID(0), ReplicaID(7)].contains(new))
        #expect(Set(try group.digests()).count == 1)
        #expect(belair.warnings.contains { $0.code == "replica" })
    }

    @Test(
        "a replica that has lost what it knows of its group is refused, and cannot be founded over",
        arguments: ["group", "genesis", "member"])
    func lostGroup(_ key: String) throws {
        group.crash(belair)
        let disk = try #require(belair.disk)
        let store = try ReplicaStore(disk.location)
        try store.write(.full) { try $0.set(nil, for: key) }
        let random = SeededRandomSource(seed: 9, stream: "lost")
        let opening = try #require(throws: NodeError.self) {
            _ = try OfficeNode(store: store, identity: belair.identity, random: random)
        }
        #expect(opening.code == .inconsistent)
        let founding = try #require(throws: NodeError.self) {
            _ = try Founding.found(
                store, identity: belair.identity, groupName: "Other", name: "belair", office: nil, endpoint: "", now: 1, random: random)
        }
        #expect(founding.code == .alreadyFounded)
    }

    @Test("what a peer holds beyond a node's own log stops that log at once: the next command writes to a new one")
    func stopsAtOnce() throws {
        let node = try #require(belair.brain)
        let old = node.replica
        let before = belair.held(old)
        var directives = node.handle([claim(old, before + 5, tag: 1)], now: group.now)
        #expect(node.replica == old, "this turn need not be durable, and so authors nothing")
        #expect(directives.contains { if case .wake = $0 { true } else { false } })
        directives = node.handle([.command(noteRequest("next"))], now: group.now)
        #expect(node.replica != old)
        #expect(belair.held(old) == before)
        #expect(belair.held(node.replica) == 2)
    }

    @Test("another history of its own log at a peer ends it too", arguments: [0 as UInt64, 1])
    func forkOfOwnLog(_ behind: UInt64) throws {
        let node = try #require(belair.brain)
        let old = node.replica
        try note("one more", at: belair)
        let before = belair.held(old)
        _ = node.handle([claim(old, before - behind, tag: 0xDEAD)], now: group.now)
        _ = node.handle([.tick], now: group.now)
        #expect(node.replica != old)
        #expect(belair.held(old) == before)
    }

    @Test("that it must begin a new log outlives a crash before it has")
    func owedOverCrash() throws {
        let node = try #require(belair.brain)
        let old = node.replica
        _ = node.handle([claim(old, belair.held(old) + 5, tag: 1)], now: group.now)
        #expect(node.replica == old)
        try group.restart(belair)
        try group.perform(.thread(thread, shown: nil, .note(text: "after the crash")), at: belair, by: .staff(practice.onCall))
        #expect(belair.brain?.replica != old)
    }

    @Test("a member that claims it again and again makes a node begin a few logs, not endless ones")
    func endlessClaims() throws {
        let node = try #require(belair.brain)
        var replicas: Set<ReplicaID> = [node.replica]
        for round in 0..<20 {
            _ = node.handle([claim(node.replica, 1_000 + UInt64(round), tag: 1)], now: group.now)
            _ = node.handle([.tick], now: group.now)
            replicas.insert(node.replica)
        }
        #expect((2...6).contains(replicas.count))
    }

    @Test("a transaction that fails leaves the old log in place, and the new one is begun by the next")
    func failedTransaction() throws {
        let node = try #require(belair.brain)
        let old = node.replica
        let disk = try #require(belair.disk)
        disk.isFull = true
        _ = node.handle([.startReplica(NewReplicaReason(.moved))], now: group.now)
        #expect(node.replica == old)
        disk.isFull = false
        _ = node.handle([.startReplica(NewReplicaReason(.moved))], now: group.now)
        #expect(node.replica != old)
        #expect(belair.held(node.replica) == 1)
    }

    // MARK: What the tests do

    private func note(_ text: String, at node: SimulatedNode) throws {
        try group.perform(.thread(thread, shown: nil, .note(text: text)), at: node, by: .staff(practice.onCall))
    }

    private func noteRequest(_ text: String) -> CommandRequest {
        CommandRequest(id: 9, actor: .staff(practice.onCall), command: .thread(thread, shown: nil, .note(text: text)))
    }

    /// Towson says that it holds so much of a log.
    private func claim(_ replica: ReplicaID, _ sequence: UInt64, tag: UInt32) -> NodeEvent {
        // HEADS is field 10 of a frame; a head has replica (1, fixed64), sequence (2, varint) and tag (3, fixed32).
        var head: [UInt8] = [1 << 3 | 1] + withUnsafeBytes(of: replica.rawValue.littleEndian) { Array($0) } + [2 << 3]
        var left = sequence
        while left >= 0x80 {
            head.append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        head += [UInt8(left), 3 << 3 | 5] + withUnsafeBytes(of: tag.littleEndian) { Array($0) }
        let list = [1 << 3 | 2, UInt8(head.count)] + head
        return .frame(from: towson.identity.curve.publicKey, .control([10 << 3 | 2, UInt8(list.count)] + list))
    }
}
