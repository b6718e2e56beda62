import InboxModel
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import PartitionSimulator

@Suite("Signing in at other nodes")
struct SignInElsewhereTests {
    let clinic: Clinic
    private let staff: StaffID

    init() throws {
        clinic = try Clinic()
        staff = clinic.practice.offices[0].frontDesk
    }

    private func record(_ outcome: AuditEntry.Outcome, at node: SimulatedNode, minutesAgo: Int64 = 0) throws {
        let at = clinic.group.now - minutesAgo * 60_000
        let entries = [
            AuditEntry(at: at, action: .signIn, outcome: outcome, staff: staff), AuditEntry(at: at, action: .signIn, outcome: .failed),
            AuditEntry(at: at, action: .list, staff: staff),
        ]
        try clinic.group.perform(.recordAudit(entries), at: node)
        try #require(clinic.group.runUntilQuiet())
    }

    @Test("failures and successes are told at every other node when they arrive, and not where they happened")
    func told() throws {
        try record(.failed, at: clinic.belair)
        try record(.done, at: clinic.belair)
        try record(.refused, at: clinic.belair)
        #expect(clinic.belair.signInsElsewhere.isEmpty)
        let told = clinic.towson.signInsElsewhere
        #expect(told.map(\.isRight) == [false, true], "who is shut out already is not counted again")
        #expect(told.allSatisfy { $0.staff == staff && $0.at <= clinic.group.now })
    }

    @Test("what an office saw while it was cut off is told when it is back, if it still counts")
    func late() throws {
        clinic.cutOffices()
        try record(.failed, at: clinic.belair)
        #expect(clinic.towson.signInsElsewhere.isEmpty)
        try clinic.heal()
        #expect(clinic.towson.signInsElsewhere.count == 1)
        clinic.cutOffices()
        try record(.failed, at: clinic.belair)
        clinic.group.run(for: SignInElsewhere.window)
        try clinic.heal()
        #expect(clinic.towson.signInsElsewhere.count == 1)
    }

    @Test("a time that is no time of this world is merged like any other", arguments: [Int64.min, -1, 0, .max])
    func strange(at: Int64) throws {
        try clinic.group.perform(.recordAudit([AuditEntry(at: at, action: .signIn, outcome: .failed, staff: staff)]), at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        #expect(clinic.towson.signInsElsewhere.count == (at == .max ? 1 : 0))
    }

    @Test("a time that lies ahead counts as now")
    func ahead() throws {
        try record(.failed, at: clinic.belair, minutesAgo: -600)
        #expect(try #require(clinic.towson.signInsElsewhere.first).at <= clinic.group.now)
    }
}
