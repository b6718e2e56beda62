import Causality
import ChangeLog
import InboxModel
import SyncEngine
import Vault

@testable import OfficeNode

/// Administrators who change a roster while they hear of each other late or never.
struct RosterOffice {
    struct Device {
        let member: Member
        let replica: ReplicaID
    }

    private struct Log {
        let member: MemberID
        var sequence: UInt64 = 0
        /// What its author holds.
        var held: [RosterOperation] = []
    }

    let group: GroupID
    let signers: [Int] = [0, 1, 2]
    private let genesis: [UInt8]
    private let signerKeys: [SigningPublicKey]
    private let signerSeeds: [[UInt8]]
    private(set) var devices: [Device] = []
    private(set) var operations: [RosterOperation] = []
    private var logs: [ReplicaID: Log] = [:]
    private let random: SeededRandomSource
    private var time: Int64 = 1_750_000_000_000

    init(seed: UInt64, administrators: Int) throws {
        random = SeededRandomSource(seed: seed, stream: "roster")
        var founders: [Member] = []
        for number in 0..<administrators {
            founders.append(try Self.member("device\(number)", nil, MemberRole(isAdministrator: true), nil, random))
        }
        let source = random
        let seeds = (0..<3).map { _ in source.bytes(32) }
        signerSeeds = seeds
        signerKeys = try seeds.map { try SigningKeyPair(seed: $0).publicKey }
        genesis = try RosterCodec.encode(
            Genesis(
                groupName: "Group", nonce: random.bytes(16), administrators: founders,
                epoch: EpochID(Digest.hash(LogDomain.epoch, [0])), recoverySigners: signerKeys.sorted(), recoveryThreshold: 2,
                founded: 1))
        group = GroupID(genesis: genesis)
        for founder in founders {
            let replica = try begin(founder.id, seesAll: false)
            devices.append(Device(member: founder, replica: replica))
        }
        // They have heard of each other once.
        for replica in logs.keys { logs[replica]?.held = operations }
    }

    // MARK: Acting

    /// Writes roster changes to the log of device `number`, by what its author holds, or by all there is.
    mutating func write(_ records: [RosterRecord], by number: Int, seesAll: Bool = false) throws {
        try write(records, by: devices[number].replica, seesAll: seesAll)
    }

    mutating func write(_ records: [RosterRecord], by replica: ReplicaID, seesAll: Bool = false) throws {
        guard var log = logs[replica] else { return }
        if seesAll { log.held = operations }
        log.sequence += 1
        let changes = RosterChanges(records, seen: roster(of: log.held).frontier(without: replica))
        let operation = RosterOperation(dot: Dot(replica, log.sequence), tag: UInt32(truncatingIfNeeded: random.uint64()), changes: changes)
        log.held.append(operation)
        logs[replica] = log
        operations.append(operation)
    }

    /// Begins a log for a member.
    mutating func begin(_ member: MemberID, seesAll: Bool) throws -> ReplicaID {
        let replica = ReplicaID(random.uint64())
        logs[replica] = Log(member: member)
        try write([.replicaStarted(replica, member)], by: replica, seesAll: seesAll)
        return replica
    }

    /// One random thing: somebody hears of some of what others did, or does something.
    mutating func step() throws {
        let replicas = logs.keys.sorted()
        let replica = replicas[index(below: replicas.count)]
        guard let log = logs[replica] else { return }
        time += 1
        let known = roster(of: log.held)
        let members = known.members.keys.sorted()
        let target = members.isEmpty ? log.member : members[index(below: members.count)]
        switch index(below: 12) {
        case 0..<4: hear(replica, from: replicas[index(below: replicas.count)])
        case 4..<6:
            let device = try device(named: "device\(devices.count)", isAdministrator: index(below: 2) == 0)
            try write([.admitted(device.member)], by: replica)
            if index(below: 2) == 0 { _ = try begin(device.member.id, seesAll: true) }
        case 6: try write([.removed(removal(of: target))], by: replica)
        case 7: try write([.roleChanged(target, MemberRole(isAdministrator: index(below: 2) == 0))], by: replica)
        case 8:
            let epoch = EpochID(Digest.hash(LogDomain.epoch, random.bytes(8)))
            try write([.epochStarted(EpochStart(epoch: epoch, supersedes: known.writableEpochs, time: time))], by: replica)
        case 9: try write([.policyChanged(GroupPolicy(epochDays: 1 + index(below: 60)))], by: replica)
        case 10: try write([.endpointChanged(log.member, "tcp://\(time)")], by: replica)
        default:
            let log = replicas[index(below: replicas.count)]
            let first = UInt64(1 + index(below: 5))
            try write([.adopted([LogRange(log, first, first + 2)]), .officeChanged(target, OfficeID(high: 1, low: first))], by: replica)
        }
    }

    /// The author of one log gets what the author of another holds.
    private mutating func hear(_ replica: ReplicaID, from other: ReplicaID) {
        guard let news = logs[other]?.held, let held = logs[replica]?.held else { return }
        let known = Set(held.map(\.dot))
        logs[replica]?.held += news.filter { !known.contains($0.dot) }
    }

    func removal(of member: MemberID) -> MemberRemoval {
        let cut = logs.filter { $0.value.member == member }.map {
            LogHead($0.key, max(1, $0.value.sequence / 2), ChangeSetHash(words: (1, 2, 3, 4)))
        }
        return MemberRemoval(
            member: member, cut: cut.sorted { $0.replica < $1.replica }, isRetirement: false, reason: "gone", time: time)
    }

    mutating func device(
        named name: String, isAdministrator: Bool = false, office: OfficeID? = nil, role: MemberRole? = nil,
        curveKey: CurvePublicKey? = nil
    ) throws -> Device {
        let role = role ?? MemberRole(isAdministrator: isAdministrator)
        let device = Device(member: try Self.member(name, office, role, curveKey, random), replica: ReplicaID(random.uint64()))
        devices.append(device)
        return device
    }

    private func index(below count: Int) -> Int { Int(random.uint64() % UInt64(count)) }

    func sign(_ order: [UInt8], _ signer: Int) throws -> RecoverySignature {
        let pair = try SigningKeyPair(seed: signerSeeds[signer])
        return RecoverySignature(signer: signerKeys[signer], signature: pair.sign(LogDomain.recovery, Recovery.digest(of: order)))
    }

    private static func member(
        _ name: String, _ office: OfficeID?, _ role: MemberRole, _ curveKey: CurvePublicKey?, _ random: SeededRandomSource
    ) throws -> Member {
        let identity = try MemberIdentity(random: random)
        return Member(
            signingKey: identity.signing.publicKey, boxKey: identity.box.publicKey, curveKey: curveKey ?? identity.curve.publicKey,
            name: name, kind: .laptop, office: office, endpoint: "", role: role)
    }

    // MARK: Looking

    /// The roster of whoever holds `operations`.
    func roster(of operations: [RosterOperation]) -> Roster {
        var roster = Roster(group: group)
        _ = roster.found(genesis)
        roster.apply(operations)
        return roster
    }

    /// All operations in another order, each log in its own.
    mutating func shuffled() -> [RosterOperation] {
        var logs = Dictionary(grouping: operations, by: \.dot.replica).sorted { $0.key < $1.key }.map { $0.value[...] }
        var order: [RosterOperation] = []
        while !logs.isEmpty {
            let index = index(below: logs.count)
            if let next = logs[index].popFirst() { order.append(next) } else { logs.remove(at: index) }
        }
        return order
    }

    /// All that a roster says, in words that can be compared.
    static func description(of roster: Roster) -> String {
        let members = roster.members.values.sorted { $0.id < $1.id }.map {
            "\($0.id.short) \($0.name) \($0.isAdministrator) \($0.role.offices) \($0.office?.description ?? "-") \($0.endpoint)"
        }
        let former = roster.former.map { "\($0.member.id.short) \($0.removal.time) \($0.by?.short ?? "-")" }
        let logs = roster.authors.keys.sorted().map { replica in
            "\(replica) \(roster.authors[replica]?.short ?? "-") \((1...12).map { roster.counts(Dot(replica, $0)) ? "1" : "0" }.joined())"
        }
        let rest = "\(roster.policy) \(roster.writableEpochs.map(\.description)) \(roster.signingKeys.count)"
        return [members, former, logs, [rest]].map { $0.joined(separator: "\n") }.joined(separator: "\n--\n")
    }
}
