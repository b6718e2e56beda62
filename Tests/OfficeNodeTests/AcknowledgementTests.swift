import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

/// What all members have, by their own word, and how idle nodes give it.
@Suite("Stability")
struct AcknowledgementTests {
    private static let hour: Int64 = 3_600_000

    private func heads(_ node: SimulatedNode) -> [UInt64] { node.store.progress.map(\.received.sequence) }

    private func changeSets(_ node: SimulatedNode) -> UInt64 { heads(node).reduce(0, +) }

    private func stability(_ node: SimulatedNode) throws -> Stability { try #require(node.brain).stability }

    /// Where all have everything but acknowledgements.
    private func isStable(_ node: SimulatedNode) throws -> Bool { try stability(node).waitingFor.isEmpty }

    @Test("an idle node acknowledges within an hour, once, and a group that rests falls silent")
    func idleNodes() throws {
        let clinic = try Clinic(laptop: true)
        clinic.group.run(for: 3 * Self.hour)
        for node in clinic.group.nodes { #expect(try isStable(node), "\(node.name)") }
        let rest = changeSets(clinic.towson)

        let thread = try clinic.openThread()
        let dot = try clinic.act(.note(text: "n"), on: thread, as: clinic.ana, at: clinic.towson).dot
        try #require(clinic.group.runUntilQuiet())
        let news = changeSets(clinic.belair) - rest
        #expect(try !isStable(clinic.towson))
        #expect(try !stability(clinic.towson).cut.covers(try #require(dot)))

        clinic.group.run(for: Self.hour + 120_000)
        #expect(changeSets(clinic.belair) == rest + news + 2, "one acknowledgement of each that wrote nothing")
        for node in clinic.group.nodes {
            #expect(try isStable(node), "\(node.name)")
            #expect(try stability(node).cut.covers(try #require(dot)))
        }
        let quiet = changeSets(clinic.belair)
        clinic.group.run(for: 48 * Self.hour)
        for node in clinic.group.nodes { #expect(changeSets(node) == quiet, "\(node.name) goes on writing about nothing") }
        try clinic.expectEqualInboxes()
    }

    @Test("whoever writes anything has acknowledged with it")
    func writers() throws {
        let clinic = try Clinic()
        clinic.group.run(for: 3 * Self.hour)
        let thread = try clinic.openThread()
        let before = changeSets(clinic.towson)
        for number in 0..<6 {
            clinic.group.run(for: Self.hour / 2)
            let (actor, node) = number.isMultiple(of: 2) ? (clinic.onCall, clinic.belair) : (clinic.ana, clinic.towson)
            try clinic.act(.note(text: "\(number)"), on: thread, as: actor, at: node)
        }
        try #require(clinic.group.runUntilQuiet())
        #expect(changeSets(clinic.towson) == before + 6)
        clinic.group.run(for: 2 * Self.hour)
        #expect(changeSets(clinic.towson) == before + 7, "only the last one waits for somebody's word")
        #expect(try isStable(clinic.belair))
    }

    @Test("a member that is away is named with what it lacks, and is asked no more once it is removed")
    func away() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        clinic.group.run(for: 3 * Self.hour)
        clinic.group.crash(laptop)
        let thread = try clinic.openThread()
        let dot = try #require(try clinic.act(.note(text: "n"), on: thread, as: clinic.ana, at: clinic.towson).dot)
        let written = clinic.group.now
        clinic.group.run(for: 30 * Self.hour)
        for node in [clinic.towson, clinic.belair] {
            let stability = try stability(node)
            #expect(stability.waitingFor.map(\.member) == [laptop.identity.member])
            #expect(!stability.cut.covers(dot))
            let held = try node.reader.heldByAll(stability, now: clinic.group.now)
            let late = try #require(held.late.first)
            #expect(held.late.count == 1 && late.member == laptop.identity.member && late.lackCount >= 2)
            #expect(abs(try #require(late.lacksSince) - written) < 60_000)
            #expect(held.until == late.lacksSince)
        }
        try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "lost")), at: clinic.towson)
        clinic.group.run(for: 2 * Self.hour)
        for node in [clinic.towson, clinic.belair] {
            #expect(try isStable(node))
            #expect(try stability(node).cut.covers(dot))
            #expect(try stability(node).standings.count == 2)
        }
    }

    @Test("a member that was just let in holds the cut down until it has caught up and said so")
    func newcomer() throws {
        let clinic = try Clinic()
        clinic.group.run(for: 3 * Self.hour)
        let cut = try stability(clinic.towson).cut
        let essex = try clinic.group.join("essex", kind: .office, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try !stability(clinic.towson).cut.dominates(cut))
        clinic.group.run(for: 3 * Self.hour)
        for node in [clinic.towson, clinic.belair, essex] {
            #expect(try isStable(node), "\(node.name)")
            #expect(try stability(node).cut.dominates(cut))
        }
    }

    @Test("nodes that have merged the same find the same cut, and a restart changes nothing of it")
    func same() throws {
        let clinic = try Clinic(laptop: true)
        clinic.cutOffices()
        let thread = try clinic.openThread()
        try clinic.act(.note(text: "n"), on: thread, as: clinic.onCall, at: try #require(clinic.laptop))
        clinic.group.run(for: 2 * Self.hour)
        try clinic.heal()
        let found = try clinic.group.nodes.map { try stability($0) }
        #expect(Set(found).count == 1)
        let node = try #require(clinic.belair.brain)
        let before = node.stability
        try clinic.group.restart(clinic.belair)
        #expect(try stability(clinic.belair) == before)
    }

    @Test("what is acknowledged is acknowledged after a restart, and what is not is remembered")
    func restarts() throws {
        let clinic = try Clinic()
        clinic.group.run(for: 3 * Self.hour)
        let quiet = changeSets(clinic.towson)
        for _ in 0..<5 {
            try clinic.group.restart(clinic.belair)
            clinic.group.run(for: 2 * Self.hour)
        }
        #expect(changeSets(clinic.towson) == quiet, "a restart is no news")

        let thread = try clinic.openThread()
        try clinic.act(.note(text: "n"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let news = changeSets(clinic.belair)
        // Never up for an hour, and still heard of.
        for _ in 0..<4 {
            clinic.group.run(for: Self.hour / 3)
            try clinic.group.restart(clinic.belair)
        }
        clinic.group.run(for: 60_000)
        #expect(changeSets(clinic.towson) == news + 1)
        #expect(try isStable(clinic.towson))
    }

    @Test("a member whose backup was restored is believed by its new log only once that has taken the old one's place")
    func restored() throws {
        let clinic = try Clinic(onDisk: true)
        clinic.group.run(for: 3 * Self.hour)
        try clinic.group.backUp(clinic.belair)
        let thread = try clinic.openThread()
        let dot = try #require(try clinic.act(.note(text: "n"), on: thread, as: clinic.ana, at: clinic.towson).dot)
        clinic.group.run(for: 2 * Self.hour)
        #expect(try stability(clinic.towson).cut.covers(dot))
        try clinic.group.restoreBackup(clinic.belair)
        clinic.group.run(for: 3 * Self.hour)
        #expect(Set(try clinic.group.nodes.map { try stability($0) }).count == 1)
        #expect(try stability(clinic.towson).cut.covers(dot))
        #expect(try isStable(clinic.towson))
    }

    @Test("a relay is not asked, and writes no acknowledgements")
    func relay() throws {
        let clinic = try Clinic()
        let relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson)
        clinic.group.run(for: 3 * Self.hour)
        let own = try #require(relay.brain).ownHead.sequence
        _ = try clinic.openThread()
        clinic.group.run(for: 3 * Self.hour)
        #expect(try #require(relay.brain).ownHead.sequence == own)
        #expect(try stability(clinic.belair).standings.count == 2)
        #expect(try isStable(clinic.belair))
    }

    @Test("an acknowledgement is nothing that people see in the audit")
    func audit() throws {
        let clinic = try Clinic()
        _ = try clinic.openThread()
        try #require(clinic.group.runUntilQuiet())
        let before = try clinic.towson.reader.audit(AuditFilter(), limit: 1000).lines.count
        let sets = changeSets(clinic.towson)
        clinic.group.run(for: 3 * Self.hour)
        #expect(changeSets(clinic.towson) > sets)
        #expect(try clinic.towson.reader.audit(AuditFilter(), limit: 1000).lines.count == before)
    }
}
