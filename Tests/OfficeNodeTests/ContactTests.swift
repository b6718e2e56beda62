import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("Laptops that are away for too long")
struct ContactTests {
    private static let hour: Int64 = 3600 * 1000
    private static let day = 24 * hour

    /// A practice with a laptop that may be away for two days, and a thread to act on.
    private func clinic(refuseAfter: Int64? = 2 * day, onDisk: Bool = false) throws -> (Clinic, SimulatedNode, ThreadID) {
        let clinic = try Clinic(laptop: true, onDisk: onDisk)
        let laptop = try #require(clinic.laptop)
        laptop.refuseAfter = refuseAfter
        return (clinic, laptop, try clinic.openThread())
    }

    private func closure(of node: SimulatedNode, _ clinic: Clinic) -> ContactStatus.Closure? {
        node.brain?.contact(now: node.clock.reading(at: clinic.group.now))?.closure
    }

    private func note(_ thread: ThreadID, at node: SimulatedNode, _ clinic: Clinic) throws -> CommandRefusal? {
        let command = Command.thread(thread, shown: nil, .note(text: "n"))
        switch try clinic.group.submit(command, at: node, by: clinic.onCall) {
        case .success: return nil
        case .failure(let refusal): return refusal
        }
    }

    private func leave(_ node: SimulatedNode, for length: Int64, _ clinic: Clinic) {
        clinic.group.isolate(node)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        pass(length, clinic)
    }

    /// Days pass, on every clock and without a tick: what happens in them would be nothing.
    private func pass(_ length: Int64, _ clinic: Clinic) {
        for node in clinic.group.nodes { node.clockSkew += length }
        clinic.group.run(for: 20_000)
    }

    @Test("it closes after its time, refuses what people ask and says what to do, and opens when it has met an office")
    func closes() throws {
        let (clinic, laptop, thread) = try clinic()
        leave(laptop, for: Self.day, clinic)
        #expect(try note(thread, at: laptop, clinic) == nil)
        pass(Self.day, clinic)
        let refusal = try #require(try note(thread, at: laptop, clinic))
        #expect(refusal.code == .outOfContact)
        #expect(refusal.message.contains("2 days") && refusal.message.contains("reaches an office"))
        let refused = try clinic.refusal(of: .putPatient(nil, PatientDetails(name: "Jo"), shown: nil), as: clinic.onCall, at: laptop)
        #expect(refused.code == .outOfContact)
        #expect(closure(of: laptop, clinic) == .away)
        clinic.group.healAll()
        #expect(clinic.group.run(limit: 60_000) { closure(of: laptop, clinic) == nil })
        #expect(try note(thread, at: laptop, clinic) == nil)
        try #require(clinic.group.runUntilQuiet())
        try clinic.expectEqualInboxes()
        #expect(laptop.warnings.filter { $0.code == "contact" }.last?.message.contains("open again") == true)
    }

    @Test("while it is connected to an office it never closes")
    func stays() throws {
        let (clinic, laptop, thread) = try clinic(refuseAfter: Self.hour)
        clinic.group.run(for: 3 * Self.hour)
        #expect(closure(of: laptop, clinic) == nil)
        #expect(try note(thread, at: laptop, clinic) == nil)
        #expect(laptop.warningCounts["contact"] == nil)
    }

    @Test("how long it was away is known after a power cut, to the hour", arguments: [true, false])
    func durable(acts: Bool) throws {
        let (clinic, laptop, thread) = try clinic(onDisk: true)
        leave(laptop, for: Self.day + 12 * Self.hour, clinic)
        if acts { #expect(try note(thread, at: laptop, clinic) == nil) }
        clinic.group.crash(laptop, .powerLost)
        pass(13 * Self.hour, clinic)
        try clinic.group.restart(laptop)
        #expect(closure(of: laptop, clinic) == .away)
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact)
    }

    @Test("a clock that is set back is noticed, in a running laptop and over a restart, and setting it right opens it")
    func clockSetBack() throws {
        let (clinic, laptop, thread) = try clinic(onDisk: true)
        leave(laptop, for: Self.day, clinic)
        #expect(try note(thread, at: laptop, clinic) == nil)
        laptop.clockSkew -= 12 * Self.hour
        let refusal = try #require(try note(thread, at: laptop, clinic))
        #expect(refusal.code == .outOfContact && refusal.message.contains("the clock of this laptop is 12 hours behind"))
        try clinic.group.restart(laptop)
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact)
        laptop.clockSkew += 12 * Self.hour
        #expect(try note(thread, at: laptop, clinic) == nil)
        laptop.clockSkew -= 2 * Self.day
        pass(Self.day, clinic)
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact)
        laptop.clockSkew += 2 * Self.day - Self.hour
        clinic.group.healAll()
        #expect(clinic.group.run(limit: 60_000) { closure(of: laptop, clinic) == nil }, "an office takes the place of every clock")
    }

    @Test("a clock that was ahead for a while does not keep it open, nor closed once it has met an office")
    func clockAhead() throws {
        let (clinic, laptop, thread) = try clinic()
        leave(laptop, for: Self.hour, clinic)
        laptop.clockSkew += 3650 * Self.day
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact)
        laptop.clockSkew -= 3650 * Self.day
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact, "ten years passed, for all that it can know")
        clinic.group.healAll()
        #expect(clinic.group.run(limit: 60_000) { closure(of: laptop, clinic) == nil })
    }

    @Test("another laptop is no office, and two that are away together and meet at a relay both close")
    func togetherAway() throws {
        let (clinic, laptop, thread) = try clinic()
        let other = try clinic.group.join("other", kind: .laptop, invitedBy: clinic.towson)
        other.refuseAfter = 2 * Self.day
        let relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        for office in [clinic.towson, clinic.belair] {
            for away in [laptop, other, relay] { clinic.group.cut(office, away) }
        }
        pass(Self.day, clinic)
        #expect(try note(thread, at: other, clinic) == nil)
        pass(Self.day, clinic)
        #expect(try clinic.page(of: thread, at: laptop).entries.contains { $0.text == "n" }, "they do meet")
        #expect(closure(of: laptop, clinic) == .away && closure(of: other, clinic) == .away)
    }

    @Test("what an office wrote opens it also through a relay, and a relay with nothing new does not")
    func throughRelay() throws {
        let (clinic, laptop, thread) = try clinic()
        let relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        clinic.group.cut(clinic.towson, laptop)
        clinic.group.cut(clinic.belair, laptop)
        // The offices say once what they have, and then nothing more.
        pass(2 * Self.hour, clinic)
        pass(2 * Self.day, clinic)
        #expect(clinic.group.isConnected(laptop, relay))
        #expect(closure(of: laptop, clinic) == .away)
        try clinic.act(.note(text: "still here"), on: thread, as: clinic.ana, at: clinic.towson)
        #expect(clinic.group.run(limit: 60_000) { closure(of: laptop, clinic) == nil })
    }

    @Test("a device that was removed is spoken to by nobody, so it closes and stays closed")
    func removed() throws {
        let (clinic, laptop, thread) = try clinic()
        try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "stolen")), at: clinic.towson)
        clinic.group.run(for: 60_000)
        #expect(!clinic.group.isConnected(clinic.towson, laptop))
        pass(3 * Self.day, clinic)
        clinic.group.healAll()
        clinic.group.run(for: Self.hour)
        let refusal = try #require(try note(thread, at: laptop, clinic))
        #expect(refusal.code == .outOfContact)
    }

    @Test("the group's policy holds for every laptop and for no office, and of policy and configuration the shorter counts")
    func policy() throws {
        let (clinic, laptop, thread) = try clinic(refuseAfter: nil)
        try clinic.group.perform(.administer(.setPolicy(GroupPolicy(contactDays: 3))), at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(laptop.brain?.status.contact?.limit == 3 * Self.day)
        laptop.refuseAfter = 5 * Self.day
        #expect(laptop.brain?.status.contact?.limit == 3 * Self.day)
        laptop.refuseAfter = 2 * Self.day
        #expect(laptop.brain?.status.contact?.limit == 2 * Self.day)
        laptop.refuseAfter = nil
        clinic.group.isolate(laptop)
        clinic.group.cut(clinic.towson, clinic.belair)
        pass(3 * Self.day, clinic)
        #expect(try note(thread, at: laptop, clinic)?.code == .outOfContact)
        #expect(clinic.belair.brain?.status.contact == nil)
        try clinic.act(.note(text: "an office works on"), on: thread, as: clinic.surgeon, at: clinic.belair)
        let refusal = try clinic.refusal(of: .administer(.setPolicy(GroupPolicy(contactDays: 0))), as: .system, at: clinic.towson)
        #expect(refusal.code == .invalid)
    }

    @Test("without a limit a laptop may be away for any time, with any clock")
    func unlimited() throws {
        let (clinic, laptop, thread) = try clinic(refuseAfter: nil)
        leave(laptop, for: 60 * Self.day, clinic)
        laptop.clockSkew -= 30 * Self.day
        #expect(try note(thread, at: laptop, clinic) == nil)
        #expect(laptop.warningCounts["contact"] == nil)
    }

    @Test("from three quarters of the time on it says so once a day")
    func warns() throws {
        let (clinic, laptop, thread) = try clinic(refuseAfter: 20 * Self.day)
        leave(laptop, for: 14 * Self.day, clinic)
        _ = try note(thread, at: laptop, clinic)
        #expect(laptop.warningCounts["contact"] == nil)
        pass(Self.day, clinic)
        for _ in 0..<3 {
            #expect(try note(thread, at: laptop, clinic) == nil)
            #expect(laptop.warningCounts["contact"] == 1)
            pass(6 * Self.hour, clinic)
        }
        pass(6 * Self.hour, clinic)
        #expect(try note(thread, at: laptop, clinic) == nil)
        #expect(laptop.warningCounts["contact"] == 2)
        #expect(laptop.warnings.last?.message.contains("after 20 days it closes") == true)
        #expect(laptop.brain?.status.contact?.closesSoon == true)
    }

    @Test("what a backup restores was away since the backup was made")
    func restored() throws {
        let (clinic, laptop, _) = try clinic()
        leave(laptop, for: Self.day, clinic)
        let now = laptop.clock.reading(at: clinic.group.now)
        try laptop.brain?.rememberContact(now: now)
        var reading = try BackupReading(laptop.reader, identity: nil, now: now)
        let store = try ReplicaStore(.memory)
        var restoring = try BackupRestoring(store, header: reading.header)
        while let (slice, _) = try reading.next() { try restoring.take(slice) }
        _ = try restoring.finish()
        let node = try OfficeNode(
            store: store, identity: laptop.identity, random: SeededRandomSource(seed: 3, stream: "restored"))
        node.contactLimit = 2 * Self.day
        #expect(node.contact(now: now + Self.hour)?.closure == nil)
        #expect(node.contact(now: now + Self.day)?.closure == .away)
    }
}
