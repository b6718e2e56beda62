import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

// The inviting node's side of joining.

extension Turn {
    /// Answers a device that connected with an invitation's key.
    mutating func join(_ bytes: [UInt8], invitation: InvitationRecord, key: CurvePublicKey) throws {
        do {
            switch try MembershipFrames.request(bytes) {
            case .join(let member, let record, let commitment):
                try answer(member, record, commitment, invitation, key)
            case .reveal(let nonce): try answer(nonce, invitation, key)
            case nil: break
            }
        } catch is CommandRefusal {
            directives.append(.send(key, try MembershipFrames.refusal("the inviting node waits for its key: try later")))
        } catch let error as ReplicaStoreError {
            throw error
        } catch {
            directives.append(.warning(NodeWarning("join", "a request to join was refused: \(error)")))
            directives.append(.send(key, try MembershipFrames.refusal("the request is damaged")))
        }
    }

    /// A device says who it would be.
    private mutating func answer(
        _ member: Member, _ record: [UInt8], _ commitment: Digest?, _ invitation: InvitationRecord, _ key: CurvePublicKey
    ) throws {
        if let reason = invitation.refusal(of: member.id, at: now) ?? refusalReason(member, invitation) {
            return directives.append(.send(key, try MembershipFrames.refusal(reason)))
        }
        if case .admitted = invitation.stage { return try welcome(member, key) }
        if invitation.isPreApproved {
            try admit(member, invitation, key)
            return
        }
        guard let commitment else {
            let reason = "this invitation asks for codes to be compared: use the same version on both"
            return directives.append(.send(key, try MembershipFrames.refusal(reason)))
        }
        if case .joining(let join) = invitation.stage, join.member == record, join.commitment == commitment {
            return directives.append(.send(key, try MembershipFrames.challenge(join.inviterNonce)))
        }
        try begin(record, commitment, invitation, key)
    }

    /// A device begins, or begins anew with other numbers: what it said before is void.
    private mutating func begin(
        _ record: [UInt8], _ commitment: Digest, _ invitation: InvitationRecord, _ key: CurvePublicKey
    ) throws {
        guard invitation.starts < InvitationRecord.startsMax else {
            let reason = "joining was begun too often with this invitation: ask for a new one"
            return directives.append(.send(key, try MembershipFrames.refusal(reason)))
        }
        let others = node.state.invitations.filter { other, record in
            if case .joining = record.stage { other != key && record.expires >= now } else { false }
        }
        guard others.count < InvitationRecord.waitingMax else {
            let reason = "\(others.count) devices wait to be let in: try again when an administrator has decided about them"
            return directives.append(.send(key, try MembershipFrames.refusal(reason)))
        }
        let join = PendingJoin(
            member: record, commitment: commitment, inviterNonce: node.random.bytes(JoinCode.nonceBytes), since: now)
        var begun = invitation
        begun.starts += 1
        begun.stage = .joining(join)
        try remember(begun, key: key)
        directives.append(.send(key, try MembershipFrames.challenge(join.inviterNonce)))
    }

    /// A device reveals its number, or asks again how things stand.
    private mutating func answer(_ nonce: [UInt8], _ invitation: InvitationRecord, _ key: CurvePublicKey) throws {
        switch invitation.stage {
        case .joining(var join):
            if now > invitation.expires { return try refuse(invitation, key) }
            let member = try RosterCodec.member(join.member)
            if join.deviceNonce == nil {
                let commitment = JoinCode.commitment(
                    group: node.group, member: join.member, inviter: node.identity.curve.publicKey, deviceNonce: nonce)
                guard nonce.count == JoinCode.nonceBytes, commitment == join.commitment else {
                    var ended = invitation
                    ended.stage = .open
                    try remember(ended, key: key)
                    directives.append(
                        .warning(
                            NodeWarning(
                                "join",
                                "a device that asks to join as \(member.name) does not keep to the number it had committed to: "
                                    + "cancel its invitation")))
                    let reason = "the number is not the one that was committed to"
                    return directives.append(.send(key, try MembershipFrames.refusal(reason)))
                }
                join.deviceNonce = nonce
                var revealed = invitation
                revealed.stage = .joining(join)
                try remember(revealed, key: key)
                directives.append(.notice(.deviceWaits(member: member.name)))
            }
            directives.append(.send(key, try MembershipFrames.waiting()))
        case .admitted(let id):
            guard let member = node.state.roster.members[id] else { return }
            try welcome(member, key)
        case .open:
            let reason = "joining begins anew: run `suture join` again"
            directives.append(.send(key, try MembershipFrames.refusal(reason)))
        case .declined, .cancelled, .expired: try refuse(invitation, key)
        }
    }

    private mutating func refuse(_ invitation: InvitationRecord, _ key: CurvePublicKey) throws {
        guard let reason = invitation.refusal(of: node.member, at: now) else { return }
        directives.append(.send(key, try MembershipFrames.refusal(reason)))
    }

    /// Why a device cannot become that member; nil where it can.
    private func refusalReason(_ member: Member, _ invitation: InvitationRecord) -> String? {
        if member.kind != invitation.kind || member.office != invitation.office || member.isAdministrator {
            return "the invitation is for a \(invitation.kind.name), not for what was asked"
        }
        if let taken = node.state.roster.member(named: member.name), taken.id != member.id {
            return "the name \(member.name) is taken: choose another"
        }
        // The key names whoever is at the other end of a connection: nobody may come with somebody else's.
        if let holder = node.state.roster.member(curveKey: member.curveKey), holder.id != member.id {
            return "the device's keys are those of another member: make new ones"
        }
        return nil
    }

    // MARK: Letting in

    /// Lets the device that waits under `name` in, if an administrator says its code.
    mutating func admit(_ name: String, code: String, by actor: Actor) throws -> CommandOutcome {
        let (key, invitation, join) = try waiting(name, by: actor)
        guard let own = join.code(group: node.group, inviter: node.identity.curve.publicKey), own.matches(code) else {
            throw CommandRefusal(
                .conflict,
                "the codes differ: nothing was changed. Read the code from the device's screen once more; if it still differs, "
                    + "somebody is in between: decline the device and invite it anew")
        }
        let member = try RosterCodec.member(join.member)
        if let reason = refusalReason(member, invitation) { throw CommandRefusal(.conflict, reason) }
        var outcome = CommandOutcome()
        outcome.dot = try admit(member, invitation, key)
        return outcome
    }

    /// Does not let the device in that waits under `name`; its invitation has ended.
    mutating func decline(_ name: String, by actor: Actor) throws -> CommandOutcome {
        let (key, invitation, _) = try waiting(name, by: actor)
        var declined = invitation
        declined.stage = .declined
        try remember(declined, key: key)
        try refuse(declined, key)
        return CommandOutcome()
    }

    private func waiting(
        _ name: String, by actor: Actor
    ) throws -> (key: CurvePublicKey, invitation: InvitationRecord, join: PendingJoin) {
        try allow(.administer, by: actor, scope: .group)
        for (key, record) in node.state.invitations.sorted(by: { $0.key < $1.key }) where record.expires >= now {
            guard let join = record.waiting, try RosterCodec.member(join.member).name == name else { continue }
            return (key, record, join)
        }
        throw CommandRefusal(
            .notFound, "no device waits here to be let in as \(name): see `suture member pending`, at the node that invited it")
    }

    @discardableResult
    private mutating func admit(_ member: Member, _ invitation: InvitationRecord, _ key: CurvePublicKey) throws -> Dot {
        guard node.state.writing != nil else { throw CommandRefusal(.waitingForKey, "this node waits for its key") }
        // All epochs: a new device reads what was written before it came.
        let keys = member.kind == .relay ? [] : Array(node.state.epochs.values)
        let grants = try keys.sorted { $0.id < $1.id }.map { RosterRecord.epochGranted(try grant($0, to: member)) }
        let dot = try author(ActionDraft(), by: .system, roster: [.admitted(member)] + grants)
        // Single use; but the answer may be lost, so the same device may ask again.
        var used = invitation
        used.stage = .admitted(member.id)
        try remember(used, key: key)
        try welcome(member, key)
        return dot
    }

    /// Answers a device that was let in, as often as it asks.
    private mutating func welcome(_ member: Member, _ key: CurvePublicKey) throws {
        guard let own = node.state.roster.members[node.member],
            let genesis = try transaction.setting(NodeSettings.genesisKey)
        else { throw CommandRefusal(.waitingForKey, "this node waits for the roster") }
        let grants = node.state.roster.grants.filter { $0.member == member.id }
        let grant = grants.last { $0.epoch == node.state.writing } ?? grants.last
        if grant == nil && member.kind != .relay { throw CommandRefusal(.waitingForKey, "this node waits for the roster") }
        directives.append(.send(key, try MembershipFrames.welcome(genesis: genesis, grant: grant, inviter: own)))
    }
}
