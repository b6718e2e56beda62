import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Testing
import Vault

@testable import OfficeNode
@testable import PartitionSimulator

/// Bel Air's disk is copied while nobody looks: the office goes on with Towson, the copy with Essex, and both write as one replica.
@Suite("Forked logs")
struct ForkedLogTests {
    private let group: SimulatedGroup
    private let towson: SimulatedNode
    private let belair: SimulatedNode
    private let essex: SimulatedNode
    private let practice: SamplePractice
    private let thread: ThreadID
    private let log: ReplicaID
    /// How far the log went when the disk was copied.
    private let common: UInt64

    init() throws {
        group = SimulatedGroup(seed: 43)
        towson = try group.found(
            "towson", office: OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York"), onDisk: true)
        practice = try SamplePractice(
            in: group, at: towson, offices: [(key: "tow", name: "Towson"), (key: "bel", name: "Bel Air")], patients: 1)
        belair = try group.join("belair", office: practice.offices[1].id, invitedBy: towson, onDisk: true)
        essex = try group.join("essex", invitedBy: towson, onDisk: true)
        try #require(group.runUntilQuiet())
        let draft = ThreadDraft(
            patient: practice.patients[0], office: practice.offices[1].id, category: practice.scheduling, subject: "Appointment",
            text: "May I come on Friday?")
        thread = try #require(try group.perform(.openThread(draft), at: belair).thread)
        try #require(group.runUntilQuiet())
        log = try #require(belair.brain?.replica)
        common = belair.held(log)
    }

    // MARK: What happens

    /// Copies Bel Air, and lets each side write with its office, which answers what it saw.
    private func fork(_ notes: Int = 2, copyWrites: Int = 3) throws -> SimulatedNode {
        let copy = try group.clone(belair, as: "copy")
        group.partition([[towson, belair], [essex, copy]])
        group.run(for: group.noticeDelay + 100)
        try act(.claim, at: belair)
        for number in 0..<notes { try act(.note(text: "office \(number)"), at: belair) }
        try act(.tag("copied"), at: copy)
        for number in 0..<copyWrites { try act(.note(text: "copy \(number)"), at: copy) }
        _ = group.runUntilQuiet(limit: 20_000)
        try act(.reply(.portal, text: "See you on Friday", override: true), at: towson)
        try act(.tag("seen-by-essex"), at: essex)
        try act(.untag("copied"), at: essex)
        _ = group.runUntilQuiet(limit: 20_000)
        return copy
    }

    /// Puts everybody together until all hold and show the same.
    private func heal(_ nodes: [SimulatedNode]) throws {
        group.healAll()
        let isEqual = group.run(limit: 600_000) {
            let heads = nodes.map { $0.store.progress.map(\.received) }
            let isMerged = nodes.allSatisfy { $0.store.progress.allSatisfy { $0.merged == $0.received.sequence } }
            return isMerged && heads.allSatisfy { $0 == heads[0] }
        }
        #expect(isEqual, "the nodes do not come to hold the same")
    }

    /// Lets the nodes of each part talk to each other for two minutes, and to nobody else.
    private func meet(_ parts: [[SimulatedNode]]) {
        group.healAll()
        group.partition(parts)
        group.run(for: 120_000)
    }

    private func act(_ command: ThreadCommand, at node: SimulatedNode) throws {
        try group.perform(.thread(thread, shown: nil, command), at: node, by: .staff(practice.onCall))
    }

    private func expectEqual(_ nodes: [SimulatedNode], _ location: SourceLocation = #_sourceLocation) throws {
        let digests = try nodes.map { try $0.digest }
        #expect(Set(digests).count == 1, "the inboxes differ", sourceLocation: location)
        for node in nodes {
            let faults = try node.reader.verifyLogs().logs.compactMap(\.fault)
            #expect(faults == [], sourceLocation: location)
            let rebuilding = try node.brain?.rebuild()
            let rebuilt = try #require(rebuilding)
            #expect(rebuilt.before == rebuilt.after, "made anew from its log it shows something else", sourceLocation: location)
        }
    }

    private func state(at node: SimulatedNode) throws -> ThreadState {
        let found = try node.store.reader.thread(thread)
        return try #require(found).state
    }

    private func notes(at node: SimulatedNode) throws -> [String] {
        let found = try node.reader.page(of: thread)
        let page = try #require(found)
        return page.entries.compactMap { if case .note = $0.kind { $0.text } else { nil } }
    }

    // MARK: Clones

    @Test("both histories of a copied disk are kept and shown everywhere, and every office is told which machine it was")
    func bothKept() throws {
        let copy = try fork()
        try heal([towson, essex, belair, copy])
        try expectEqual([towson, essex, belair, copy])
        let forks = try #require(towson.brain?.status.forks)
        let fork = try #require(forks.first)
        #expect(forks.count == 1)
        #expect(fork.origin == log && fork.replica == log && fork.after == common)
        #expect(fork.member == belair.identity.member)
        #expect(fork.branches.map(\.last).sorted() == [common + 3, common + 4])
        #expect(towson.held(log) == common)
        for node in [towson, essex, belair, copy] {
            #expect(node.brain?.status.forks.map(\.branches) == forks.map(\.branches))
            #expect(try Set(notes(at: node)) == ["office 0", "office 1", "copy 0", "copy 1", "copy 2"])
            #expect(node.notices.contains(.forked(member: "belair", log, after: common)))
            #expect(node.warnings.contains { $0.code == "fork" && $0.message.contains("belair") })
        }
        #expect(belair.brain?.replica != log && copy.brain?.replica != log, "neither machine writes to the old log any more")
        #expect(belair.brain?.replica != copy.brain?.replica)
    }

    @Test("what each office wrote covers what it had seen of its branch, and nothing of the other")
    func contexts() throws {
        let copy = try fork()
        try heal([towson, essex, belair, copy])
        let state = try self.state(at: towson)
        #expect(state.tags.contains { $0.tag == "seen-by-essex" })
        #expect(!state.tags.contains { $0.tag == "copied" }, "Essex had seen the copy's tag and took it off")
        #expect(!state.flags.contains(.needsReply), "Towson's reply answers the message that both sides had")
        try act(.note(text: "afterwards"), at: essex)
        let isTold = group.run(limit: 120_000) { (try? notes(at: towson))?.contains("afterwards") == true }
        #expect(isTold)
        let after = try self.state(at: towson)
        let branches = try #require(towson.brain?.status.forks.first?.branches)
        for branch in branches { #expect(after.clock[branch.replica] == branch.last) }
        #expect(after.clock[log] <= common)
    }

    @Test("it outlives restarts, and a device that joins later learns the names with the logs")
    func laterOn() throws {
        let copy = try fork()
        try heal([towson, essex, belair, copy])
        group.crash(copy)
        for node in [towson, essex, belair] { try group.restart(node) }
        let tablet = try group.join("tablet", invitedBy: towson)
        try act(.note(text: "after the restart"), at: belair)
        try heal([towson, essex, belair, tablet])
        try expectEqual([towson, essex, belair, tablet])
        #expect(tablet.brain?.status.forks.map(\.branches) == towson.brain?.status.forks.map(\.branches))
        #expect(try notes(at: tablet).contains("copy 2"))
    }

    @Test("a relay keeps and passes on the branches that it cannot read")
    func relay() throws {
        let relay = try group.join("relay", kind: .relay, invitedBy: towson)
        let copy = try fork()
        group.crash(belair)
        group.crash(copy)
        // The two offices meet the relay only, one after the other.
        meet([[towson, relay], [essex]])
        meet([[essex, relay], [towson]])
        meet([[towson, relay], [essex]])
        #expect(towson.brain?.status.forks.count == 1)
        #expect(essex.brain?.status.forks.count == 1)
        try expectEqual([towson, essex])
        #expect(relay.store.progress.map(\.received) == towson.store.progress.map(\.received))
    }

    @Test("a page from before the fork was known is still good for a command")
    func stalePage() throws {
        let copy = try fork()
        let shown = try state(at: towson).clock
        #expect(shown[log] > common)
        try heal([towson, essex, belair, copy])
        try group.perform(.thread(thread, shown: shown, .note(text: "from an old page")), at: towson, by: .staff(practice.onCall))
        let dot = try #require(towson.brain?.ownHead.dot)
        let written = try towson.reader.body(at: dot)
        let body = try #require(written)
        let context = try #require(body.set.changes.first?.context)
        #expect(context[log] == common)
        let held = try #require(towson.brain?.state.forks.branches(leaving: log).first { $0.wasHeld })
        #expect(context[held.id] == shown[log])
    }

    @Test("a copy of a copy makes three branches, whatever is found first", arguments: [0, 1, 2])
    func three(_ order: Int) throws {
        let copy = try group.clone(belair, as: "copy")
        group.partition([[belair], [copy], [towson], [essex]])
        group.run(for: group.noticeDelay + 100)
        try act(.note(text: "office"), at: belair)
        try act(.note(text: "copy"), at: copy)
        let third = try group.clone(copy, as: "third")
        group.partition([[belair], [copy], [third], [towson], [essex]])
        group.run(for: group.noticeDelay + 100)
        try act(.note(text: "copy again"), at: copy)
        try act(.note(text: "third"), at: third)
        let writers = [belair, copy, third]
        // Two of them meet an office each, then these meet, then the third one comes.
        let (first, second, last) = (writers[order], writers[(order + 1) % 3], writers[(order + 2) % 3])
        meet([[towson, first], [essex, second], [last]])
        meet([[towson, essex], [first], [second], [last]])
        meet([[towson, essex, last], [first], [second]])
        group.crash(copy)
        group.crash(third)
        try heal([towson, essex, belair])
        try expectEqual([towson, essex, belair])
        let forks = try #require(towson.brain?.status.forks)
        #expect(forks.map(\.after).sorted() == [common, common + 1], "the log ends, and one of its branches ends one later")
        #expect(Set(forks.map(\.origin)) == [log])
        #expect(try Set(notes(at: essex)) == ["office", "copy", "copy again", "third"])
    }

    // MARK: Proofs

    @Test(
        "a branch that nobody signed, of somebody else's log, or alone where nothing else is held proves nothing",
        arguments: [0, 1, 2, 3])
    func noProof(_ kind: Int) throws {
        let before = try towson.digest
        let branch: LogBranch
        switch kind {
        case 0: branch = try forged(after: common - 1, by: essex)
        case 1: branch = try forged(after: common + 3, by: belair)
        case 2: branch = try forged(after: common, by: belair)
        default:
            let good = try forged(after: common - 1, by: belair)
            branch = LogBranch(
                origin: good.origin, author: good.author, first: good.first, previous: good.previous, epoch: EpochID(.zero),
                signature: good.signature, links: good.links)
        }
        _ = towson.brain?.handle([show([branch])], now: group.now)
        #expect(towson.brain?.status.forks == [])
        let after = try towson.digest
        #expect(after == before)
        #expect(towson.held(log) == common)
    }

    @Test("two branches prove a fork to whoever holds neither, and their change sets are asked for")
    func bothShown() throws {
        let branches = try [1, 2].map { try forged(after: common, by: belair, salt: $0) }
        let directives = towson.brain?.handle([show(branches)], now: group.now) ?? []
        let fork = try #require(towson.brain?.status.forks.first)
        #expect(fork.after == common)
        #expect(fork.branches.map(\.last) == [common, common])
        #expect(directives.contains { if case .notice(.forked("belair", log, after: common)) = $0 { true } else { false } })
        #expect(towson.held(log) == common)
        _ = towson.brain?.handle([show(branches)], now: group.now)
        #expect(towson.brain?.status.forks == [fork], "said again it is no news")
    }

    @Test("a member that makes branch after branch is refused beyond a limit, and what is held goes on")
    func limit() throws {
        let node = try #require(towson.brain)
        var warned = 0
        for salt in 0..<LogForks.branchesMax + 20 {
            let branch = try forged(after: common - 1, by: belair, salt: salt)
            let directives = node.handle([show([branch])], now: group.now)
            warned += directives.count { if case .warning(let warning) = $0 { warning.message.contains("no more of them") } else { false } }
        }
        let branches = try #require(node.status.forks.first?.branches)
        #expect(branches.count == LogForks.branchesMax)
        #expect(warned == 1, "said once")
        #expect(branches.map(\.last).max() == common, "what was held is one of them")
        try act(.note(text: "work goes on"), at: towson)
        #expect(try notes(at: towson) == ["work goes on"])
    }

    // MARK: Removal

    @Test("a removal cuts the branch that it names and all of every other", arguments: [true, false])
    func removal(_ forkFirst: Bool) throws {
        let copy = try fork()
        group.crash(copy)
        group.crash(belair)
        let revoke = Command.administer(.revoke(belair.identity.member, reason: "stolen"))
        // Towson knows the office's branch only, and names where it ends.
        if !forkFirst { try group.perform(revoke, at: towson) }
        meet([[towson, essex]])
        if forkFirst { try group.perform(revoke, at: towson) }
        try #require(group.runUntilQuiet())
        #expect(towson.brain?.status.forks.count == 1)
        try expectEqual([towson, essex])
        let expected: Set = forkFirst ? ["office 0", "office 1", "copy 0", "copy 1", "copy 2"] : ["office 0", "office 1"]
        for node in [towson, essex] {
            #expect(try Set(notes(at: node)) == expected)
            #expect(try node.store.reader.quarantine().count == (forkFirst ? 0 : 4))
        }
    }

    // MARK: Backups

    @Test("a backup has the branches and their names")
    func backup() throws {
        let copy = try fork()
        try heal([towson, essex, belair, copy])
        var reading = try BackupReading(towson.reader, identity: nil, now: group.now)
        let store = try ReplicaStore(.memory)
        var restoring = try BackupRestoring(store, header: reading.header)
        while let (slice, isLast) = try reading.next() {
            try restoring.take(slice)
            if isLast { break }
        }
        let summary = try restoring.finish()
        let node = try OfficeNode(store: store, identity: towson.identity, random: SeededRandomSource(seed: 5, stream: "restored"))
        _ = try node.checkRestored(summary)
        #expect(node.status.forks.map(\.branches) == towson.brain?.status.forks.map(\.branches))
        let digests = (try LogicalDigest.compute(store.reader), try towson.digest)
        #expect(digests.0 == digests.1)
    }

    // MARK: Forging

    /// A change set of Bel Air's log that Bel Air never made, after number `sequence` of it, signed by `signer`.
    private func forged(after sequence: UInt64, by signer: SimulatedNode, salt: Int = 0) throws -> LogBranch {
        let stored = try belair.store.reader.logRow(at: Dot(log, min(sequence, common)))
        let row = try #require(stored)
        // What nobody holds has any hash.
        let hash = sequence > common ? ChangeSetHash(words: (1, 2, 3, 4)) : row.hash
        var sealer = ChangeSetSealer(group: try belair.running().group, head: LogHead(log, sequence, hash))
        let epoch = EpochID(try Digest(copying: row.epoch))
        let entry = try sealer.seal(rosterChanges: [0xF2, 0x7F, 2, UInt8(salt & 0xFF), UInt8(salt >> 8)], epoch: epoch)
        return try LogBranch(
            origin: log, author: belair.identity.member, previous: hash, epoch: epoch,
            signature: signer.identity.signing.sign(LogDomain.changeSetSignature, try entry.hash.digest), entries: [entry])
    }

    /// Essex shows branches: FORK is field 17 of a frame, a branch field 1 of it.
    private func show(_ branches: [LogBranch]) -> NodeEvent {
        func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
        let fork = branches.flatMap { field(1, $0.bytes) }
        return .frame(from: essex.identity.curve.publicKey, .control(field(17, fork)))
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
}
