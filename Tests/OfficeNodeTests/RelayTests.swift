import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("Relays")
struct RelayTests {
    /// Two offices that reach each other through a relay only.
    private func world() throws -> (clinic: Clinic, relay: SimulatedNode) {
        let clinic = try Clinic()
        let relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        clinic.cutOffices()
        return (clinic, relay)
    }

    @Test("offices that never reach each other work on one inbox through a relay, which reads nothing of it")
    func passesOn() throws {
        let (clinic, relay) = try world()
        let thread = try clinic.openThread()
        try clinic.act(.note(text: "for the surgeon"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        let digests = try [clinic.towson, clinic.belair].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
        #expect(try clinic.page(of: thread, at: clinic.towson).state.owner?.staff != nil)

        #expect(relay.brain?.status.isRelay == true)
        #expect(relay.brain?.status.epoch == nil)
        #expect(try relay.reader.store.threads(ThreadFilter(.all), limit: 10, after: nil).isEmpty)
        #expect(try relay.reader.page(of: thread) == nil)
        #expect(try relay.reader.verifyLogs().isSound, "it verifies what it cannot read")
        let held = Set(relay.store.progress.map(\.received))
        #expect(held == Set(clinic.towson.store.progress.map(\.received)))
    }

    @Test("a relay writes nothing into the inbox, and says where it can be reached")
    func writes() throws {
        let (clinic, relay) = try world()
        let draft = ThreadDraft(
            patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, subject: "x",
            text: "y")
        _ = try clinic.refusal(of: .openThread(draft), as: .system, at: relay)
        #expect(try clinic.refusal(of: .administer(.rotate), as: .system, at: relay).code == .notAllowed)
        try clinic.group.perform(.setEndpoint("tcp://relay.example:1"), at: relay)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.belair.reader.roster().member(named: "relay")?.endpoint == "tcp://relay.example:1")
    }

    @Test("a new epoch is granted to everybody but the relay, which goes on passing on")
    func epochs() throws {
        let (clinic, relay) = try world()
        let thread = try clinic.openThread()
        try clinic.group.perform(.administer(.rotate), at: clinic.towson)
        try clinic.act(.note(text: "under the new key"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(relay.brain?.status.epoch == nil)
        #expect(clinic.belair.brain?.status.epoch == clinic.towson.brain?.status.epoch)
        let digests = try [clinic.towson, clinic.belair].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
    }

    @Test("a relay that starts again goes on, and one that lost everything joins anew and has everything again")
    func wiped() throws {
        let (clinic, relay) = try world()
        let thread = try clinic.openThread()
        try clinic.group.restart(relay)
        try clinic.act(.note(text: "after the restart"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        clinic.group.crash(relay)
        try clinic.act(.note(text: "while it was gone"), on: thread, as: clinic.ana, at: clinic.towson)
        clinic.group.run(for: 60_000)
        let other = try clinic.group.join("relay-b", kind: .relay, invitedBy: clinic.towson)
        // Whoever can reach nobody else cannot hear of a new relay either.
        clinic.group.healAll()
        try #require(clinic.group.runUntilQuiet())
        clinic.cutOffices()
        try clinic.act(.note(text: "through the new one"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        let digests = try [clinic.towson, clinic.belair].map { try LogicalDigest.compute($0.reader.store) }
        #expect(digests[0] == digests[1])
        #expect(Set(other.store.progress.map(\.received)) == Set(clinic.towson.store.progress.map(\.received)))
    }
}
