import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine
import Testing
import Vault

@testable import PartitionSimulator

@Suite("Removing members, new epochs, and what is set aside")
struct RemovalTests {
    /// Two offices and a laptop; Bel Air is an administrator too.
    private func clinic() throws -> (Clinic, SimulatedNode) {
        let clinic = try Clinic(laptop: true)
        try administer(.setRole(clinic.belair.identity.member, MemberRole(isAdministrator: true)), at: clinic.towson, clinic)
        return (clinic, try #require(clinic.laptop))
    }

    @discardableResult
    private func administer(_ command: AdministrativeCommand, at node: SimulatedNode, _ clinic: Clinic) throws -> CommandOutcome {
        let outcome = try clinic.group.perform(.administer(command), at: node)
        try #require(clinic.group.runUntilQuiet())
        return outcome
    }

    /// How many messages and notes a node shows of a thread.
    private func said(in thread: ThreadID, at node: SimulatedNode, _ clinic: Clinic) throws -> Int {
        try clinic.page(of: thread, at: node).entries.count { entry in
            switch entry.kind {
            case .message, .note: true
            default: false
            }
        }
    }

    private func quarantine(at node: SimulatedNode) throws -> [Dot] { try node.reader.store.quarantine().map(\.dot) }

    @Test("a revoked member is spoken to no more, holds no key of the new epoch, and is told")
    func revocation() throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        try administer(.revoke(laptop.identity.member, reason: "stolen from a car"), at: clinic.towson, clinic)
        for node in [clinic.towson, clinic.belair] {
            let roster = try node.reader.roster()
            #expect(roster.sorted.map(\.name) == ["belair", "towson"])
            #expect(roster.former.map(\.member.name) == ["laptop"])
            #expect(roster.former.first?.removal.reason == "stolen from a car")
            #expect(!clinic.group.isConnected(node, laptop))
        }
        try clinic.act(.note(text: "after the theft"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try said(in: thread, at: clinic.belair, clinic) == 2)
        #expect(try said(in: thread, at: laptop, clinic) == 1, "what came later did not reach it")
        let digests = try [clinic.towson, clinic.belair].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
    }

    @Test(
        "what a member wrote beyond the cut is set aside on every node, whichever arrived first, and the inboxes are equal",
        arguments: [true, false])
    func cut(removalFirst: Bool) throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        // The laptop meets Bel Air only, and Towson, which shuts it out, has none of what it writes.
        clinic.group.cut(clinic.towson, laptop)
        clinic.group.cut(clinic.towson, clinic.belair)
        if removalFirst { clinic.group.cut(clinic.belair, laptop) }
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.act(.claim, on: thread, as: clinic.onCall, at: laptop)
        try clinic.act(.note(text: "late words"), on: thread, as: clinic.onCall, at: laptop)
        try clinic.act(.note(text: "at the office"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "left in a taxi")), at: clinic.towson)
        if !removalFirst {
            #expect(try said(in: thread, at: clinic.belair, clinic) == 3, "merged before the news came")
        }
        try clinic.heal()
        let held = try [clinic.towson, clinic.belair].map(quarantine)
        #expect(held[0] == held[1])
        #expect(held[0].count == (removalFirst ? 0 : 2), "the laptop is not let in to deliver what it wrote")
        for node in [clinic.towson, clinic.belair] {
            #expect(try said(in: thread, at: node, clinic) == 2)
            let digest = try LogicalDigest.compute(node.reader.store)
            #expect(try node.brain?.rebuild().after == digest)
        }
        let digests = try [clinic.towson, clinic.belair].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
    }

    @Test("an administrator adopts what was set aside, and it counts everywhere")
    func adoption() throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        clinic.group.cut(clinic.towson, laptop)
        clinic.group.cut(clinic.towson, clinic.belair)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.act(.note(text: "swelling has gone down"), on: thread, as: clinic.onCall, at: laptop)
        try #require(clinic.group.runUntilQuiet())
        let before = try LogicalDigest.compute(clinic.belair.reader.store)
        try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "lost")), at: clinic.towson)
        try clinic.heal()
        let held = try quarantine(at: clinic.towson)
        let dot = try #require(held.first)
        #expect(held.count == 1)
        try administer(.adopt([LogRange(dot.replica, dot.sequence, dot.sequence)]), at: clinic.belair, clinic)
        for node in [clinic.towson, clinic.belair] {
            #expect(try quarantine(at: node).isEmpty)
            #expect(try LogicalDigest.compute(node.reader.store) == before)
            #expect(try node.reader.search("swelling", limit: 10).count == 1, "it can be found again")
        }
        let refusal = try clinic.refusal(
            of: .administer(.adopt([LogRange(dot.replica, dot.sequence, dot.sequence)])), as: .system, at: clinic.towson)
        #expect(refusal.code == .notFound, "it is in quarantine no more")
    }

    @Test("two administrators who revoke each other are both removed where both are heard of, and the others go on")
    func mutualRevocation() throws {
        let (clinic, laptop) = try clinic()
        let tablet = try clinic.group.join("tablet", office: clinic.practice.offices[1].id, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for one in [clinic.towson, laptop] { for other in [clinic.belair, tablet] { clinic.group.cut(one, other) } }
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.group.perform(.administer(.revoke(clinic.belair.identity.member, reason: "a")), at: clinic.towson)
        try clinic.group.perform(.administer(.revoke(clinic.towson.identity.member, reason: "b")), at: clinic.belair)
        try clinic.heal()
        for node in [laptop, tablet] {
            let roster = try node.reader.roster()
            #expect(roster.sorted.map(\.name) == ["laptop", "tablet"])
            #expect(roster.former.map(\.member.name) == ["belair", "towson"])
        }
        let digests = try [laptop, tablet].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
        let draft = ThreadDraft(
            patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, subject: "On",
            text: "still here")
        // Each side holds the key of one of the two epochs; the epochs of removed administrators count, so both may wait for a key.
        let results = try [laptop, tablet].map { try clinic.group.submit(.openThread(draft), at: $0) }
        #expect(results.contains { if case .success = $0 { true } else { false } }, "nobody is wedged")
    }

    @Test("the signers' order can be given at a node that was removed itself, so that no group is wedged")
    func recoveryOfTheRemoved() throws {
        let (clinic, _) = try clinic()
        let thread = try clinic.openThread()
        let towson = clinic.towson.identity.member
        try clinic.group.perform(.administer(.retire(towson, reason: "by mistake")), at: clinic.towson)
        let refusal = try clinic.refusal(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        #expect(refusal.code == .notAllowed)
        _ = try clinic.group.administer(.recover, member: towson, at: clinic.towson).get()
        #expect(try clinic.towson.reader.roster().members[towson]?.isAdministrator == true)
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
    }

    @Test("new epochs begun apart coexist, everybody reads both, and all write with the same one")
    func concurrentEpochs() throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        clinic.group.cut(clinic.belair, laptop)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.group.perform(.administer(.rotate), at: clinic.towson)
        try clinic.group.perform(.administer(.rotate), at: clinic.belair)
        try clinic.act(.note(text: "in Towson's epoch"), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.note(text: "in Bel Air's epoch"), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.heal()
        try clinic.expectEqualInboxes()
        for node in clinic.group.nodes {
            #expect(try said(in: thread, at: node, clinic) == 3)
            #expect(node.brain?.status.isWaitingForKey == false)
        }
        let epochs = Set(clinic.group.nodes.map { $0.brain?.status.epoch })
        #expect(epochs.count == 1)
    }

    @Test("a member admitted at one office while another begins an epoch is granted its key")
    func missingGrant() throws {
        let (clinic, _) = try clinic()
        clinic.cutOffices()
        try clinic.group.perform(.administer(.rotate), at: clinic.belair)
        let tablet = try clinic.group.join("tablet", kind: .laptop, invitedBy: clinic.towson)
        clinic.group.cut(clinic.belair, tablet)
        try clinic.heal()
        try clinic.expectEqualInboxes()
        #expect(Set(clinic.group.nodes.map { $0.brain?.status.epoch }).count == 1)
        #expect(tablet.brain?.status.isWaitingForKey == false)
        let thread = try clinic.openThread(at: clinic.belair, office: 1)
        #expect(try said(in: thread, at: tablet, clinic) == 1)
    }

    @Test("a member that was away across three epochs reads all of them when it is back")
    func awayAcrossEpochs() throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        clinic.group.cut(clinic.towson, laptop)
        clinic.group.cut(clinic.belair, laptop)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        for round in 0..<3 {
            try clinic.group.perform(.administer(.rotate), at: round == 1 ? clinic.belair : clinic.towson)
            try clinic.act(.note(text: "note \(round)"), on: thread, as: clinic.ana, at: clinic.towson)
            try #require(clinic.group.runUntilQuiet())
        }
        try clinic.act(.note(text: "from the road"), on: thread, as: clinic.onCall, at: laptop)
        try clinic.heal()
        try clinic.expectEqualInboxes()
        #expect(try said(in: thread, at: laptop, clinic) == 5)
        #expect(try said(in: thread, at: clinic.towson, clinic) == 5)
    }

    @Test("an epoch that has become old is replaced by itself, once")
    func age() throws {
        let (clinic, _) = try clinic()
        let before = try #require(clinic.towson.brain?.status.epoch)
        try administer(.setPolicy(GroupPolicy(epochDays: 1)), at: clinic.towson, clinic)
        clinic.group.run(for: 25 * 3600 * 1000)
        try #require(clinic.group.runUntilQuiet())
        let after = Set(clinic.group.nodes.map { $0.brain?.status.epoch })
        #expect(after.count == 1)
        #expect(after.first != before)
        #expect(try clinic.towson.reader.roster().epochCount == 2)
    }

    @Test("only administrators act on members, only within their offices, and never on the last administrator")
    func whoMay() throws {
        let (clinic, laptop) = try clinic()
        let revoke = Command.administer(.revoke(laptop.identity.member, reason: "x"))
        let other = Command.administer(.revoke(clinic.belair.identity.member, reason: "x"))
        #expect(try clinic.refusal(of: other, as: .system, at: laptop).code == .notAllowed)
        #expect(try clinic.refusal(of: revoke, as: .system, at: laptop).code == .invalid)
        #expect(try clinic.refusal(of: revoke, as: clinic.ana, at: clinic.towson).code == .notAllowed)
        let own = Command.administer(.revoke(clinic.towson.identity.member, reason: "x"))
        #expect(try clinic.refusal(of: own, as: .system, at: clinic.towson).code == .invalid)
        let empty = Command.administer(.revoke(laptop.identity.member, reason: " "))
        #expect(try clinic.refusal(of: empty, as: .system, at: clinic.towson).code == .invalid)

        let limited = MemberRole(isAdministrator: true, offices: [clinic.practice.offices[1].id])
        try administer(.setRole(clinic.belair.identity.member, limited), at: clinic.towson, clinic)
        #expect(try clinic.refusal(of: revoke, as: .system, at: clinic.belair).code == .notAllowed)
        let more = Command.administer(.setRole(clinic.belair.identity.member, MemberRole(isAdministrator: true)))
        #expect(try clinic.refusal(of: more, as: .system, at: clinic.belair).code == .notAllowed)
        let last = Command.administer(.retire(clinic.towson.identity.member, reason: "closing"))
        try administer(.setRole(clinic.belair.identity.member, MemberRole(isAdministrator: false)), at: clinic.towson, clinic)
        #expect(try clinic.refusal(of: last, as: .system, at: clinic.towson).code == .conflict)
    }

    @Test("a member that retires keeps what it wrote, and writes no more")
    func retirement() throws {
        let (clinic, laptop) = try clinic()
        let thread = try clinic.openThread()
        try clinic.act(.note(text: "my last word"), on: thread, as: clinic.onCall, at: laptop)
        try #require(clinic.group.runUntilQuiet())
        try administer(.retire(laptop.identity.member, reason: "new laptop"), at: clinic.towson, clinic)
        for node in [clinic.towson, clinic.belair] {
            #expect(try said(in: thread, at: node, clinic) == 2)
            #expect(try quarantine(at: node).isEmpty)
            #expect(try node.reader.roster().former.first?.removal.isRetirement == true)
        }
        let epochs = try clinic.towson.reader.roster().epochCount
        #expect(epochs == 2, "whoever left does not read on")
    }

    @Test("a restarted node goes on from the same roster, epoch and quarantine")
    func restart() throws {
        let (clinic, laptop) = try clinic()
        try administer(.revoke(laptop.identity.member, reason: "stolen"), at: clinic.towson, clinic)
        let epoch = clinic.towson.brain?.status.epoch
        try clinic.group.restart(clinic.towson)
        #expect(clinic.towson.brain?.status.epoch == epoch)
        #expect(try clinic.towson.reader.roster().former.count == 1)
        let thread = try clinic.openThread()
        #expect(try said(in: thread, at: clinic.belair, clinic) == 1)
    }
}
