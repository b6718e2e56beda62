import Causality
import ChangeLog
import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("What must hold at every turn is checked")
struct InvariantTurnTests {
    @Test("A merge before what it needs is found, by what the change set says and by the ledger")
    func causalOrder() throws {
        let world = try InvariantWorld(seed: 5)
        try world.openThread()
        try world.settle()
        let watch = try #require(world.belair.brain?.mergeObserver)
        let stranger = ReplicaID(77)
        watch.merged(
            MergeStep(dot: Dot(stranger, 1), timestamp: nil, dependencies: [TaggedClockEntry(ReplicaID(78), 4, tag: 0)], now: 0))
        watch.undone()
        try world.openThread(at: world.belair)
        #expect(world.found(.causalOrder).isEmpty, "what was undone did not happen")
        watch.merged(
            MergeStep(dot: Dot(stranger, 1), timestamp: nil, dependencies: [TaggedClockEntry(ReplicaID(78), 4, tag: 0)], now: 0))
        watch.merged(MergeStep(dot: Dot(stranger, 3), timestamp: nil, dependencies: [], now: 0))
        watch.committed()
        try world.openThread(at: world.belair)
        #expect(world.found(.causalOrder).contains { $0.contains(Dot(stranger, 1).description) && $0.contains("before") })
        #expect(world.found(.causalOrder).contains { $0.contains(Dot(stranger, 3).description) && $0.contains("2 of its log") })
    }

    @Test("A merge that forgets what its author had merged is found by the ledger alone")
    func causalOrderByLedger() throws {
        let world = try InvariantWorld(seed: 6)
        world.group.cut(world.towson, world.belair)
        world.group.run(for: 10_000)
        try world.openThread(at: world.belair)
        // What the laptop writes now has seen the thread, which reached it through others.
        #expect(world.group.run(limit: 60_000) { world.nodes[3].holdsTheSame(as: world.belair) })
        let thread = world.threads[0]
        try world.act(.claim, on: thread, by: world.practice.onCall, at: world.nodes[3])
        let replica = try #require(world.nodes[3].brain).replica
        let last = try #require(world.checker.ledger.log(of: replica).last)
        let watch = NodeWatch(node: 0, name: "towson", ledger: world.checker.ledger)
        watch.begin(merged: VersionVector(Dot(replica, last.dot.sequence - 1)))
        watch.merged(MergeStep(dot: last.dot, timestamp: nil, dependencies: [], now: 0))
        watch.committed()
        #expect(watch.breaches.contains { $0.message.contains("author had merged") })
    }

    @Test("A turn that the disk undoes leaves no trace in what is known to be merged")
    func undoneTurn() throws {
        let world = try InvariantWorld(seed: 16, onDisk: true)
        let thread = try world.openThread()
        try world.settle()
        let watch = world.checker.watch(world.belair)
        let before = watch.merged
        world.announce(.diskFull, at: world.belair)
        world.belair.disk?.isFull = true
        let claim = Command.thread(thread, shown: nil, .claim)
        let surgeon = Actor.staff(world.practice.offices[1].surgeon)
        guard case .failure(let refusal) = try world.group.submit(claim, at: world.belair, by: surgeon) else {
            Issue.record("the disk is full and the claim was stored")
            return
        }
        #expect(refusal.code == .storage)
        #expect(watch.merged == before)
        world.belair.disk?.isFull = false
        try world.group.perform(claim, at: world.belair, by: surgeon)
        #expect(watch.merged != before)
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
    }

    @Test("A change set that nobody wrote is found where it is taken in, and named")
    func authenticity() throws {
        let world = try InvariantWorld(seed: 7)
        let replica = try #require(world.towson.brain).replica
        let head = try world.forge([], of: replica, at: world.belair)
        world.checker.turned(world.belair, [.prepared([head])], in: world.group)
        #expect(world.checker.violations.count { $0.invariant == .authenticity } == 1)
        let violation = try #require(world.checker.violations.first)
        #expect(violation.node == "belair" && violation.changeSet == head.dot.description)
    }

    @Test("A turn that is called undone and left something in the node's log is found")
    func undoneIsHeld() throws {
        let world = try InvariantWorld(seed: 17)
        let warning = Directive.warning(NodeWarning("storage", "a transaction was undone"))
        world.checker.turned(world.belair, [warning], in: world.group)
        #expect(world.checker.violations.isEmpty)
        let head = try world.forge([], of: try #require(world.belair.brain).replica, at: world.belair)
        world.checker.turned(world.belair, [warning], in: world.group)
        #expect(world.found(.logs).contains { $0.contains("belair") && $0.contains(head.dot.description) })
    }

    @Test("What an adversary sealed is known once it was announced")
    func crafted() throws {
        let world = try InvariantWorld(seed: 7)
        let replica = try #require(world.towson.brain).replica
        world.checker.crafted(LogHead(replica, 5, ChangeSetHash(words: (1, 2, 3, 4))), by: world.towson, in: world.group)
        #expect(world.checker.ledger.crafter(of: Dot(replica, 5), ChangeSetHash(words: (1, 2, 3, 4))) == world.towson.index)
        #expect(world.checker.ledger.crafter(of: Dot(replica, 5), ChangeSetHash(words: (1, 2, 3, 5))) == nil)
    }

    @Test("A thread that nobody is accountable for is found at the commit")
    func ownership() throws {
        let world = try InvariantWorld(seed: 8)
        let thread = ThreadID(high: 9, low: 9)
        let message = MessagePosting(id: MessageID(high: 1, low: 1), direction: .inbound, channel: .portal, content: 0)
        let replica = try #require(world.towson.brain).replica
        try world.forge([.thread(thread, context: VersionVector(), .message(message))], of: replica, at: world.belair)
        world.checker.turned(world.belair, [.changed([thread])], in: world.group)
        #expect(world.found(.ownership).contains { $0.contains(ShortCode.suffix(of: thread)) && $0.contains("belair") })
    }

    /// Two people claim one thread while apart, then hear of it; the checker is told what `tamper` makes of the notices.
    private func contest(_ tamper: @escaping (Notice) -> [Notice]) throws -> InvariantWorld {
        let world = try InvariantWorld(seed: 9) { _, directives in
            directives.flatMap { directive -> [Directive] in
                if case .notice(let notice) = directive { tamper(notice).map { .notice($0) } } else { [directive] }
            }
        }
        let thread = try world.openThread()
        try world.settle()
        world.group.isolate(world.belair)
        try world.act(.claim, on: thread, by: world.practice.offices[0].surgeon, at: world.towson)
        try world.act(.claim, on: thread, by: world.practice.offices[1].surgeon, at: world.belair)
        try world.settle()
        return world
    }

    @Test("Claimants who are told once are no breach; none told, told twice, or with names missing is one")
    func contestedNotices() throws {
        let honest = try contest { [$0] }
        #expect(honest.checker.violations.isEmpty, "\(honest.checker.violations.map(\.description))")
        #expect(honest.nodes.allSatisfy { node in node.notices.contains { if case .contested = $0 { true } else { false } } })
        let silent = try contest { if case .contested = $0 { [] } else { [$0] } }
        #expect(silent.found(.accountability).contains { $0.contains("none of them was told") })
        let twice = try contest { [$0, $0] }
        #expect(twice.found(.accountability).contains { $0.contains("2 times at a time") })
        let partial = try contest {
            guard case .contested(let thread, let claimants) = $0 else { return [$0] }
            return [.contested(thread, claimants: Array(claimants.dropLast()))]
        }
        #expect(partial.found(.accountability).contains { $0.contains("names 1 claimants") })
    }

    @Test("A merge whose thread is not reported as changed is found, whatever else the node keeps to itself")
    func silentChange() throws {
        var isSilent = false
        let world = try InvariantWorld(seed: 27) { node, directives in
            guard isSilent, node.name == "belair" else { return directives }
            return directives.filter { if case .changed = $0 { false } else { true } }
        }
        let thread = try world.openThread()
        try world.settle()
        #expect(world.checker.violations.isEmpty, "\(world.checker.violations.map(\.description))")
        isSilent = true
        try world.act(.note(text: "called back"), on: thread, by: world.practice.onCall, at: world.towson)
        try world.settle()
        #expect(world.found(.accountability).contains { $0.contains("was not reported as changed") })
    }

    @Test("A notice without a new claim is found")
    func needlessNotice() throws {
        let world = try InvariantWorld(seed: 10)
        let thread = try world.openThread()
        world.checker.turned(world.towson, [.changed([thread]), .notice(.contested(thread, claimants: []))], in: world.group)
        #expect(world.found(.accountability).contains { $0.contains("without a new claim") })
    }

    @Test("An ownership history with a step missing, or one too many, is found")
    func history() throws {
        let world = try InvariantWorld(seed: 11)
        let thread = try world.openThread()
        try world.act(.claim, on: thread, by: world.practice.offices[0].frontDesk, at: world.towson)
        let assignment = ThreadCommand.assign(to: .staff(world.practice.onCall), note: "")
        try world.act(assignment, on: thread, by: world.practice.administrator, at: world.towson)
        try #require(world.group.runUntilQuiet())
        // The ledger as it would be had the second step been something else.
        let ledger = Ledger()
        for replica in world.checker.ledger.replicas {
            for entry in world.checker.ledger.log(of: replica) {
                let changes = entry.set.changes.map { change -> Change in
                    guard case .thread(let id, let context, .ownership(let step)) = change, step.act == .assigned else {
                        return change
                    }
                    let other = OwnershipChange(act: .escalated, from: step.from, to: step.to)
                    return .thread(id, context: context, .ownership(other))
                }
                let others = entry.clock.entries.filter { $0.replica != replica }
                let clock = others.map { TaggedClockEntry($0.replica, $0.sequence, tag: 0) }
                ledger.record(
                    ChangeSetBody(set: entry.set.with(changes), clock: clock, isFullClock: true), hash: entry.hash,
                    previous: entry.previous, by: entry.author, at: entry.at)
            }
        }
        let checker = InvariantChecker(invariants: [.accountability], start: 0, ledger: ledger)
        checker.settled(world.group, components: world.group.components)
        #expect(checker.violations.contains { $0.message.contains("escalated") && $0.message.contains("less often") })
        #expect(checker.violations.contains { $0.message.contains("assigned") && $0.message.contains("more often") })
    }

    @Test("The canary is found in frames, warnings and refusals")
    func secrecy() throws {
        let world = try InvariantWorld(seed: 12)
        let bytes = Array("some bytes before \(InvariantWorld.canary) and after".utf8)
        let key = world.towson.identity.curve.publicKey
        world.checker.sent(
            SimulatedFrame(from: 0, to: 1, bytes: bytes, session: nil, key: key), .delivered, arrivals: [], in: world.group)
        #expect(world.found(.secrecy).count == 1 && world.found(.secrecy)[0].contains("towson"))
        world.checker.turned(world.belair, [.warning(NodeWarning("x", "about \(InvariantWorld.canary)"))], in: world.group)
        #expect(world.found(.secrecy).contains { $0.contains("belair") && $0.contains("warning") })
        let refusal = CommandRefusal(.invalid, "not \(InvariantWorld.canary)")
        world.checker.turned(world.belair, [.answer(1, .failure(refusal))], in: world.group)
        #expect(world.found(.secrecy).contains { $0.contains("refusal") })
        #expect(!world.checker.violations.contains { $0.message.contains(InvariantWorld.canary) })
    }

    @Test("The search finds a text wherever it stands and nowhere else", arguments: 0..<40)
    func search(seed: Int) {
        var random = SeededNumbers(seed: UInt64(seed))
        let text = (0..<1 + random.below(9)).map { _ in UInt8(random.below(3)) }
        let search = ByteSearch(text)
        for _ in 0..<200 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(3)) }
            let places = 0..<max(0, bytes.count - text.count + 1)
            let isThere = places.contains { Array(bytes[$0..<$0 + text.count]) == text }
            #expect(search.isFound(in: bytes) == isThere)
        }
        #expect(!ByteSearch([]).isFound(in: [1, 2]))
    }

    @Test("A stamp from too far in the future must be warned of in the turn that merges it")
    func clocks() throws {
        func world(hiding: Bool) throws -> InvariantWorld {
            let world = try InvariantWorld(seed: 13) { _, directives in
                directives.filter { if case .warning(let warning) = $0 { !hiding || warning.code != "clock" } else { true } }
            }
            world.belair.clockSkew = 6 * 60_000
            try world.openThread(at: world.belair)
            try world.settle()
            return world
        }
        let honest = try world(hiding: false)
        #expect(honest.checker.violations.isEmpty, "\(honest.checker.violations.map(\.description))")
        #expect(honest.towson.warnings.contains { $0.code == "clock" })
        let silent = try world(hiding: true)
        #expect(silent.checker.violations.contains { $0.invariant == .clocks && $0.node == "towson" })
    }

    @Test("A command that is not answered, or refused for want of others, is found")
    func availability() throws {
        let world = try InvariantWorld(seed: 14)
        let thread = try world.openThread()
        let command = Command.thread(thread, shown: VersionVector(), .claim)
        func submit(_ result: Result<CommandOutcome, CommandRefusal>?) -> [String] {
            world.checker.submitted(command, .system, at: world.towson, result, in: world.group)
            return world.found(.availability)
        }
        #expect(submit(.failure(CommandRefusal(.notFound, "x"))).isEmpty)
        #expect(submit(nil).count == 1)
        #expect(submit(.failure(CommandRefusal(.waitingForKey, "x"))).count == 2)
        #expect(submit(.failure(CommandRefusal(.storage, "x"))).count == 3)
        #expect(submit(.failure(CommandRefusal(.ahead, "x"))).count == 4)
        world.announce(.diskFull, at: world.belair)
        world.checker.submitted(command, .system, at: world.belair, .failure(CommandRefusal(.storage, "x")), in: world.group)
        let future = Command.thread(thread, shown: VersionVector(Dot(ReplicaID(5), 5)), .claim)
        world.checker.submitted(future, .system, at: world.towson, .failure(CommandRefusal(.ahead, "x")), in: world.group)
        #expect(world.found(.availability).count == 4, "a full disk and a page from elsewhere are reasons")
    }

    @Test("Only what is asked for is checked, each finding is kept once, and a hundred at most")
    func bounds() throws {
        let world = try InvariantWorld(seed: 15)
        let checker = InvariantChecker(invariants: [.logs], start: 0)
        checker.report(.secrecy, at: 1, "not asked for")
        #expect(checker.violations.isEmpty)
        for number in 0..<200 {
            checker.report(.logs, at: 5, node: "towson", "finding \(number / 2)")
            checker.remark("remark \(number / 2)")
        }
        #expect(checker.violations.count == 100 && checker.remarks.count == 100)
        #expect(checker.violations[0].at == 5)
        #expect(world.checker.violations.isEmpty)
    }
}
