import Causality
import ChangeLog
import InboxModel
import Testing
import Vault

@testable import OfficeNode

@Suite("The roster as a function of the set of its changes")
struct RosterReplayTests {
    @Test("whatever administrators do apart, and in whatever order it arrives, everybody has one roster", arguments: 0..<60)
    func orderDecidesNothing(seed: Int) throws {
        var office = try RosterOffice(seed: UInt64(seed), administrators: 3)
        for _ in 0..<40 { try office.step() }
        let whole = office.roster(of: office.operations)
        let outcome = RosterOffice.description(of: whole)
        for _ in 0..<6 {
            #expect(RosterOffice.description(of: office.roster(of: office.shuffled())) == outcome, "seed \(seed)")
        }
        for member in whole.members.values {
            #expect(!whole.former.contains { $0.member.id == member.id }, "nobody is a member and was removed")
        }
    }

    @Test("a change that names a past which is not here waits, and counts once it is", arguments: 0..<10)
    func waiting(seed: Int) throws {
        var office = try RosterOffice(seed: UInt64(seed), administrators: 2)
        for _ in 0..<20 { try office.step() }
        let outcome = RosterOffice.description(of: office.roster(of: office.operations))
        // One log whole, then the others: most of what the first says waits.
        let logs = Dictionary(grouping: office.operations, by: \.dot.replica).sorted { $0.key < $1.key }.map(\.value)
        let apart = logs.flatMap { $0 }
        #expect(RosterOffice.description(of: office.roster(of: apart)) == outcome)
        #expect(RosterOffice.description(of: office.roster(of: logs.reversed().flatMap { $0 })) == outcome)
    }

    @Test("recovery signers appoint an administrator after all were removed, and their order is of no use a second time")
    func recovery() throws {
        var office = try RosterOffice(seed: 7, administrators: 2)
        let (ana, bo) = (office.devices[0], office.devices[1])
        try office.write([.removed(office.removal(of: bo.member.id))], by: 0)
        try office.write([.removed(office.removal(of: ana.member.id))], by: 1)
        #expect(office.roster(of: office.operations).members.isEmpty, "both stay removed")

        let seen = office.roster(of: office.operations).frontier()
        let order = try Recovery.order(group: office.group, member: ana.member, seen: seen)
        for count in 0...2 {
            let signatures = try office.signers.prefix(count).map { try office.sign(order, $0) }
            let recovery = try Recovery(order: order, signatures: Array(signatures))
            var trial = office
            try trial.write([.recovered(recovery)], by: 0, seesAll: true)
            let roster = trial.roster(of: trial.operations)
            #expect(roster.members[ana.member.id]?.isAdministrator == (count == 2 ? true : nil))
            #expect(roster.members[bo.member.id] == nil)
        }
        let recovery = try Recovery(order: order, signatures: try office.signers.prefix(2).map { try office.sign(order, $0) })
        try office.write([.recovered(recovery)], by: 0, seesAll: true)
        let log = try office.begin(ana.member.id, seesAll: true)
        #expect(office.roster(of: office.operations).counts(Dot(log, 5)), "a log begun after the recovery counts")
        #expect(!office.roster(of: office.operations).counts(Dot(ana.replica, 99)), "the old one does not beyond the cut")

        // Removed again by a newer administrator, the old order does not bring her back.
        let carla = try office.device(named: "carla", isAdministrator: true)
        try office.write([.admitted(carla.member)], by: log, seesAll: true)
        let carlasLog = try office.begin(carla.member.id, seesAll: true)
        try office.write([.removed(office.removal(of: ana.member.id))], by: carlasLog, seesAll: true)
        try office.write([.recovered(recovery)], by: log, seesAll: true)
        #expect(office.roster(of: office.operations).members[ana.member.id] == nil)
    }

    @Test("an administrator of one office admits devices of that office, and nobody with more than its own rights")
    func scopes() throws {
        var office = try RosterOffice(seed: 3, administrators: 1)
        let (towson, belair) = (OfficeID(high: 1, low: 1), OfficeID(high: 1, low: 2))
        let limited = try office.device(named: "belair", office: belair, role: MemberRole(isAdministrator: true, offices: [belair]))
        try office.write([.admitted(limited.member)], by: 0)
        let log = try office.begin(limited.member.id, seesAll: true)
        let cases: [(String, OfficeID?, MemberRole, Bool)] = [
            ("own", belair, MemberRole(isAdministrator: false), true),
            ("other", towson, MemberRole(isAdministrator: false), false),
            ("none", nil, MemberRole(isAdministrator: false), false),
            ("more", belair, MemberRole(isAdministrator: true), false),
            ("same", belair, MemberRole(isAdministrator: true, offices: [belair]), true),
        ]
        for (name, place, role, isAdmitted) in cases {
            let device = try office.device(named: name, office: place, role: role)
            try office.write([.admitted(device.member)], by: log, seesAll: true)
            #expect((office.roster(of: office.operations).members[device.member.id] != nil) == isAdmitted, "\(name)")
        }
        try office.write([.removed(office.removal(of: office.devices[0].member.id))], by: log, seesAll: true)
        #expect(office.roster(of: office.operations).members[office.devices[0].member.id] != nil)
    }

    @Test("what a removed administrator writes without knowing of it counts for nothing, and removals by it count")
    func backdated() throws {
        var office = try RosterOffice(seed: 11, administrators: 3)
        try office.write([.removed(office.removal(of: office.devices[2].member.id))], by: 0)
        let puppet = try office.device(named: "puppet", isAdministrator: true)
        try office.write([.admitted(puppet.member), .policyChanged(GroupPolicy(epochDays: 1))], by: 2)
        var roster = office.roster(of: office.operations)
        #expect(roster.members[puppet.member.id] == nil)
        #expect(roster.policy.epochDays == nil)
        #expect(roster.signingKeys[puppet.member.id] != nil, "its log is verified and set aside, on every node alike")
        let log = try office.begin(puppet.member.id, seesAll: false)
        #expect(!office.roster(of: office.operations).counts(Dot(log, 1)))
        try office.write([.removed(office.removal(of: office.devices[1].member.id))], by: 2)
        roster = office.roster(of: office.operations)
        #expect(roster.former.map(\.member.name).sorted() == ["device1", "device2"], "removal wins over anything concurrent")
    }

    @Test("of two devices admitted apart under one name or key both are told apart, alike everywhere")
    func twins() throws {
        var office = try RosterOffice(seed: 5, administrators: 2)
        let one = try office.device(named: "laptop")
        let other = try office.device(named: "laptop", curveKey: one.member.curveKey)
        try office.write([.admitted(one.member)], by: 0)
        try office.write([.admitted(other.member)], by: 1)
        let roster = office.roster(of: office.operations)
        let names = [one.member.id, other.member.id].sorted().compactMap { roster.members[$0]?.name }
        #expect(names.first == "laptop")
        #expect(names.last == "laptop-\([one.member.id, other.member.id].sorted()[1].short)")
        #expect(roster.member(curveKey: one.member.curveKey)?.id == min(one.member.id, other.member.id))
        let third = try office.device(named: "laptop")
        try office.write([.admitted(third.member)], by: 0, seesAll: true)
        #expect(office.roster(of: office.operations).members[third.member.id] == nil, "a name that is taken is not given again")
    }

    @Test("records survive being written and read, whatever they are", arguments: 0..<20)
    func codec(seed: Int) throws {
        var office = try RosterOffice(seed: UInt64(seed), administrators: 2)
        for _ in 0..<30 { try office.step() }
        let copies = try office.operations.map { operation in
            let bytes = try RosterCodec.encode(operation.changes)
            return RosterOperation(dot: operation.dot, tag: operation.tag, changes: try RosterCodec.decode(bytes))
        }
        #expect(
            RosterOffice.description(of: office.roster(of: copies))
                == RosterOffice.description(of: office.roster(of: office.operations)))
    }
}
