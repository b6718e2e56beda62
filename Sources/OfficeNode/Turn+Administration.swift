import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import SyncEngine
import Vault

extension Turn {
    /// How many change sets of a log one adoption can name.
    private static let adoptedMax: UInt64 = 10_000

    /// Carries out an administrator's command. Throws `CommandRefusal`.
    mutating func administer(_ command: AdministrativeCommand, by actor: Actor) throws -> CommandOutcome {
        try allow(.administer, by: actor, scope: .group)
        let records: [RosterRecord]
        switch command {
        case .revoke(let id, let reason): records = try removal(of: id, reason: reason, isRetirement: false)
        case .retire(let id, let reason): records = try removal(of: id, reason: reason, isRetirement: true)
        case .rotate:
            _ = try ownRole()
            records = try newEpoch(without: nil)
        case .setRole(let id, let role): records = try roleChange(of: id, to: role)
        case .setOffice(let id, let office): records = try officeChange(of: id, to: office)
        case .setPolicy(let policy): records = try policyChange(to: policy)
        case .adopt(let ranges): records = try adoption(of: ranges)
        case .recover(let order, let signatures): records = try recovery(order, signatures)
        }
        var outcome = CommandOutcome()
        if !records.isEmpty { outcome.dot = try author(ActionDraft(), by: actor, roster: records) }
        return outcome
    }

    /// What this node may do to the roster. Throws where that is nothing.
    private func ownRole() throws -> MemberRole {
        guard let role = node.state.roster.members[node.member]?.role, role.isAdministrator else {
            throw CommandRefusal(.notAllowed, "this node is no administrator of the group: do it at one that is")
        }
        return role
    }

    /// A member that this node may act upon.
    private func subject(_ id: MemberID) throws -> Member {
        let role = try ownRole()
        if node.state.roster.formerMember(id) != nil { throw CommandRefusal(.conflict, "that member was removed already") }
        guard let member = node.state.roster.members[id] else { throw CommandRefusal(.notFound, "there is no member \(id.short)") }
        guard role.covers(member.office), role.covers(member.role) else {
            throw CommandRefusal(.notAllowed, "this node administers other offices than that of \(member.name)")
        }
        return member
    }

    // MARK: Removing

    private mutating func removal(of id: MemberID, reason: String, isRetirement: Bool) throws -> [RosterRecord] {
        try check(reason, name: "reason", limit: LogLimits.labelBytesMax)
        let isOwn = id == node.member
        if isOwn {
            guard isRetirement else {
                throw CommandRefusal(.invalid, "a node cannot shut itself out: retire it, or revoke it at another administrator's node")
            }
            let others = node.state.roster.members.values.filter { $0.id != id && $0.isAdministrator }
            if others.isEmpty && node.state.roster.members.count > 1 {
                throw CommandRefusal(.conflict, "this is the last administrator: make another member one first")
            }
        } else {
            _ = try subject(id)
        }
        let cut = transaction.progress().map(\.received).filter {
            node.state.roster.authors[$0.replica] == id && $0.replica != node.replica
        }.sorted { $0.replica < $1.replica }
        let removal = MemberRemoval(member: id, cut: cut, isRetirement: isRetirement, reason: reason, time: now)
        // Who leaves by itself must not make the key that the others go on with.
        return try [.removed(removal)] + (isOwn ? [] : newEpoch(without: id))
    }

    // MARK: Keys

    /// The records that begin a new epoch for all who hold keys, but not for `former`.
    mutating func newEpoch(without former: MemberID?) throws -> [RosterRecord] {
        let key = try EpochKey(random: node.random)
        let start = EpochStart(epoch: key.id, supersedes: node.state.roster.writableEpochs, time: now)
        let receivers = node.state.roster.members.values.filter { $0.kind != .relay && $0.id != former }.sorted { $0.id < $1.id }
        return [.epochStarted(start)] + (try receivers.map { .epochGranted(try grant(key, to: $0)) })
    }

    /// An epoch's key for one member.
    func grant(_ key: EpochKey, to member: Member) throws -> EpochGrant {
        let sealed = try member.boxKey.seal(key.withUnsafeBytes { Array($0) }, random: node.random)
        return EpochGrant(epoch: key.id, member: member.id, sealedKey: sealed)
    }

    // MARK: Roles, offices, policy

    private func roleChange(of id: MemberID, to role: MemberRole) throws -> [RosterRecord] {
        let member = try subject(id)
        guard try ownRole().covers(role) else {
            throw CommandRefusal(.notAllowed, "this node cannot give \(member.name) more than it may do itself")
        }
        if role.isAdministrator && member.kind == .relay {
            throw CommandRefusal(.invalid, "\(member.name) is a relay and holds no keys: it cannot be an administrator")
        }
        if !role.isAdministrator && node.state.roster.members.values.filter(\.isAdministrator).map(\.id) == [id] {
            throw CommandRefusal(.conflict, "\(member.name) is the last administrator: make another member one first")
        }
        for office in role.offices where try transaction.office(office) == nil {
            throw CommandRefusal(.notFound, "there is no office \(office) here")
        }
        return member.role == role ? [] : [.roleChanged(id, role)]
    }

    private func officeChange(of id: MemberID, to office: OfficeID?) throws -> [RosterRecord] {
        let member = try subject(id)
        if let office, try transaction.office(office) == nil {
            throw CommandRefusal(.notFound, "there is no office \(office) here")
        }
        guard try ownRole().covers(office) else {
            throw CommandRefusal(.notAllowed, "this node administers other offices than the one that \(member.name) is to move to")
        }
        return member.office == office ? [] : [.officeChanged(id, office)]
    }

    private func policyChange(to policy: GroupPolicy) throws -> [RosterRecord] {
        guard try ownRole().offices.isEmpty else {
            throw CommandRefusal(.notAllowed, "this node administers some offices only: the policy is the whole group's")
        }
        for days in [policy.epochDays, policy.contactDays].compactMap(\.self) where !(1...GroupPolicy.daysMax).contains(days) {
            throw CommandRefusal(.invalid, "a policy of \(days) days: it must be 1 to \(GroupPolicy.daysMax)")
        }
        return policy == GroupPolicy() ? [] : [.policyChanged(policy)]
    }

    // MARK: Quarantine

    private func adoption(of ranges: [LogRange]) throws -> [RosterRecord] {
        _ = try ownRole()
        let held = Set(try transaction.quarantine().map(\.dot))
        for range in ranges {
            guard range.last - range.first < Self.adoptedMax else {
                throw CommandRefusal(.invalid, "at most \(Self.adoptedMax) change sets of a log can be adopted at once")
            }
            for sequence in range.first...range.last where !held.contains(Dot(range.replica, sequence)) {
                throw CommandRefusal(.notFound, "change set \(Dot(range.replica, sequence)) is not in quarantine here")
            }
        }
        return ranges.isEmpty ? [] : [.adopted(ranges)]
    }

    // MARK: Recovery

    private func recovery(_ order: [UInt8], _ signatures: [RecoverySignature]) throws -> [RosterRecord] {
        let roster = node.state.roster
        guard roster.recovery.threshold > 0 else {
            throw CommandRefusal(.conflict, "this group was founded without recovery signers")
        }
        let recovery: Recovery
        do {
            recovery = try Recovery(order: order, signatures: signatures)
        } catch {
            throw CommandRefusal(.invalid, "the order of recovery is damaged: make it again with `suture recover order`")
        }
        guard recovery.group == node.group else { throw CommandRefusal(.invalid, "the order of recovery is for another group") }
        let count = recovery.signatureCount(of: roster.recovery.signers)
        guard count >= roster.recovery.threshold else {
            throw CommandRefusal(
                .notAllowed, "the order carries \(count) valid signatures of the \(roster.recovery.threshold) that it takes")
        }
        if roster.members[recovery.member.id]?.role == MemberRole(isAdministrator: true) { return [] }
        guard roster.holds(recovery.seen) else {
            throw CommandRefusal(.ahead, "the signers had seen changes of the roster that this node does not have yet: let it sync first")
        }
        return [.recovered(recovery)]
    }
}
