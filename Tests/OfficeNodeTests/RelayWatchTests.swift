import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

/// Relays that hold less than they showed: what is told of them, and of which of them nothing.
@Suite("Watching relays")
struct RelayWatchTests {
    private let clinic: Clinic
    private let relay: SimulatedNode

    init() throws {
        clinic = try Clinic()
        relay = try clinic.group.join("relay", kind: .relay, invitedBy: clinic.towson, onDisk: true)
        try #require(clinic.group.runUntilQuiet())
        clinic.cutOffices()
    }

    private var offices: [SimulatedNode] { [clinic.towson, clinic.belair] }
    private var reports: [String] { offices.flatMap(\.warnings).filter { $0.code == "relay" }.map(\.message) }

    /// Writes something that the relay passes on, and lets it be old enough to count.
    private func work() throws {
        let thread = try clinic.openThread()
        try clinic.act(.note(text: "for the surgeon"), on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        clinic.group.run(for: 60_000)
    }

    private func expectAllHeld() throws {
        try #require(clinic.group.runUntilQuiet())
        #expect(Set(relay.store.progress.map(\.received)) == Set(clinic.towson.store.progress.map(\.received)))
        #expect(Set(clinic.belair.store.progress.map(\.received)) == Set(clinic.towson.store.progress.map(\.received)))
    }

    @Test("a relay that was put back unnoticed is reported by name, with whose log, once, and is given what it lacks")
    func rolledBack() throws {
        try clinic.group.backUp(relay)
        try work()
        try clinic.group.restoreBackup(relay)
        try expectAllHeld()
        clinic.group.run(for: 120_000)
        #expect(clinic.towson.warnings.count { $0.code == "relay" } == 1, "\(reports)")
        #expect(clinic.belair.warnings.count { $0.code == "relay" } == 1, "\(reports)")
        let report = try #require(reports.first)
        #expect(report.hasPrefix("relay relay rolled back: it held the log \(try #require(clinic.towson.brain).replica) of towson up to"))
        #expect(!report.contains(Canary.text))
    }

    @Test("a relay that says itself that it was restored is not accused, and that is told once")
    func restoredOpenly() throws {
        try clinic.group.backUp(relay)
        try work()
        try clinic.group.restoreBackup(relay)
        let brain = try #require(relay.brain)
        _ = brain.handle([.startReplica(NewReplicaReason(.restored))], now: clinic.group.now)
        try expectAllHeld()
        clinic.group.run(for: 120_000)
        #expect(reports.count == 2 && reports.allSatisfy { $0.contains("as it says itself") }, "\(reports)")
    }

    @Test("a relay keeps what it acknowledged through a power cut, and nothing is said of it", arguments: [true, false])
    func powerCut(_ isPower: Bool) throws {
        try work()
        clinic.group.crash(relay, isPower ? .powerLost : .killed)
        clinic.group.run(for: 30_000)
        try clinic.group.restart(relay)
        try work()
        try expectAllHeld()
        #expect(reports.isEmpty, "\(reports)")
    }

    @Test("an office that was put back is not taken for a relay that lies")
    func office() throws {
        let essex = try clinic.group.join("essex", invitedBy: clinic.towson, onDisk: true)
        try clinic.group.backUp(essex)
        try work()
        try clinic.group.restoreBackup(essex)
        try #require(clinic.group.runUntilQuiet())
        clinic.group.run(for: 60_000)
        #expect(reports.isEmpty, "\(reports)")
    }
}
