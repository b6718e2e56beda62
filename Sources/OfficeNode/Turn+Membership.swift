import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

extension Turn {
    /// Makes an invitation: a single-use key that the transport lets in, and the text that carries it.
    mutating func invite(_ request: InvitationRequest, by actor: Actor) throws -> CommandOutcome {
        try allow(.administer, by: actor, scope: .group)
        guard let own = node.state.roster.members[node.member], own.isAdministrator else {
            throw CommandRefusal(.notAllowed, "this node is no administrator of the group: invite from one that is")
        }
        guard !own.endpoint.isEmpty else {
            throw CommandRefusal(
                .conflict, "this node has no endpoint that others can reach: set `advertise` in its configuration")
        }
        if let office = request.office, try transaction.office(office) == nil {
            throw CommandRefusal(.notFound, "there is no office \(office) here")
        }
        if request.kind == .relay {
            // A relay must not be given the epoch key, and joining gives it to whoever is let in.
            throw CommandRefusal(.invalid, "relays cannot be invited yet: invite an office or a laptop")
        }
        let invitation = Invitation(
            group: node.group, groupName: node.state.roster.groupName, endpoint: own.endpoint, inviter: own.curveKey,
            secret: node.random.bytes(32), kind: request.kind, office: request.office,
            expires: now + Invitation.lifetime)
        let key = try invitation.key
        try remember(
            InvitationRecord(kind: invitation.kind, office: invitation.office, expires: invitation.expires), key: key)
        var outcome = CommandOutcome()
        outcome.invitation = try invitation.text
        return outcome
    }

    /// Answers a device that connected with an invitation's key.
    mutating func join(_ bytes: [UInt8], invitation: InvitationRecord, key: CurvePublicKey) throws {
        do {
            guard let member = try MembershipFrames.member(bytes) else { return }
            if let reason = refusalReason(member, invitation) {
                directives.append(.send(key, try MembershipFrames.refusal(reason)))
            } else if invitation.usedBy == member.id, let grant = grant(for: member.id) {
                try welcome(grant, key: key)
            } else {
                try admit(member, invitation, key: key)
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

    private func refusalReason(_ member: Member, _ invitation: InvitationRecord) -> String? {
        if now > invitation.expires { return "the invitation has expired: ask for a new one" }
        if let user = invitation.usedBy, user != member.id { return "the invitation was used already: ask for a new one" }
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

    private mutating func admit(_ member: Member, _ invitation: InvitationRecord, key: CurvePublicKey) throws {
        guard let epoch = node.state.writing.flatMap({ node.state.epochs[$0] }) else {
            throw CommandRefusal(.waitingForKey, "this node waits for its key")
        }
        // All epochs: a new device reads what was written before it came.
        let grants = try node.state.epochs.values.sorted { $0.id < $1.id }.map { try grant($0, to: member) }
        let records: [RosterRecord] = [.admitted(member)] + grants.map { .epochGranted($0) }
        _ = try author(ActionDraft(), by: .system, roster: records)
        guard let grant = grants.first(where: { $0.epoch == epoch.id }) else { return }
        // Single use; but the answer may be lost, so the same device may ask again for a short while.
        var used = invitation
        used.usedBy = member.id
        used.expires = min(invitation.expires, now + Invitation.answerLifetime)
        try remember(used, key: key)
        try welcome(grant, key: key)
    }

    /// The epoch key granted to a member, as the roster has it.
    private func grant(for member: MemberID) -> EpochGrant? {
        node.state.roster.grants.last { $0.member == member && $0.epoch == node.state.writing }
    }

    private mutating func welcome(_ grant: EpochGrant, key: CurvePublicKey) throws {
        guard let own = node.state.roster.members[node.member],
            let genesis = try transaction.setting(NodeSettings.genesisKey)
        else { throw CommandRefusal(.waitingForKey, "this node waits for the roster") }
        directives.append(.send(key, try MembershipFrames.welcome(genesis: genesis, grant: grant, inviter: own)))
    }

    /// Tells the group where this node can be reached, if that changed.
    mutating func setEndpoint(_ endpoint: String, by actor: Actor) throws -> CommandOutcome {
        try allow(.administer, by: actor, scope: .group)
        guard Member.isValidEndpoint(endpoint) else {
            throw CommandRefusal(.invalid, "an endpoint has the form tcp://host:port and at most \(LogLimits.labelBytesMax) bytes")
        }
        var outcome = CommandOutcome()
        if node.state.roster.members[node.member]?.endpoint == endpoint { return outcome }
        outcome.dot = try author(ActionDraft(), by: actor, roster: [.endpointChanged(node.member, endpoint)])
        return outcome
    }

    /// Takes back invitations whose time has passed.
    mutating func expireInvitations() throws {
        for (key, record) in node.state.invitations.sorted(by: { $0.key < $1.key }) where now > record.expires {
            try forget(key)
        }
    }

    private mutating func remember(_ record: InvitationRecord, key: CurvePublicKey) throws {
        try transaction.set(record.canonicalBytes, for: Self.settingKey(of: key))
        node.state.invitations[key] = record
        node.state.rosterChanged = true
    }

    private mutating func forget(_ key: CurvePublicKey) throws {
        try transaction.set(nil, for: Self.settingKey(of: key))
        node.state.invitations[key] = nil
        node.state.rosterChanged = true
    }

    private static func settingKey(of key: CurvePublicKey) -> String {
        NodeSettings.invitationPrefix + key.description
    }
}
