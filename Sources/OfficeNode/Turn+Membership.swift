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
        try makeRoom()
        let invitation = Invitation(
            group: node.group, groupName: node.state.roster.groupName, endpoint: own.endpoint, inviter: own.curveKey,
            secret: node.random.bytes(32), kind: request.kind, office: request.office,
            expires: now + Invitation.lifetime, isPreApproved: request.isPreApproved)
        let record = InvitationRecord(
            kind: invitation.kind, office: invitation.office, isPreApproved: invitation.isPreApproved,
            expires: invitation.expires)
        try remember(record, key: try invitation.key)
        var outcome = CommandOutcome()
        outcome.invitation = try invitation.text
        return outcome
    }

    /// Takes an invitation back that has let nobody in yet.
    mutating func cancelInvitation(_ name: String, by actor: Actor) throws -> CommandOutcome {
        try allow(.administer, by: actor, scope: .group)
        let named = node.state.invitations.filter { Invitation.name(of: $0.key) == name }
        guard let (key, record) = named.first, named.count == 1 else {
            throw CommandRefusal(.notFound, "there is no invitation \(name): see `suture invite --list`")
        }
        guard record.isOpen else {
            throw CommandRefusal(.conflict, "the invitation \(name) has ended already: there is nothing to take back")
        }
        var cancelled = record
        cancelled.stage = .cancelled
        try remember(cancelled, key: key)
        return CommandOutcome()
    }

    /// Sees to it that one more invitation can be remembered: the one that ended first goes.
    private mutating func makeRoom() throws {
        guard node.state.invitations.count >= InvitationRecord.countMax else { return }
        let ended = node.state.invitations.filter { !$0.value.isOpen || now > $0.value.expires }
        guard let oldest = ended.min(by: { ($0.value.expires, $0.key) < ($1.value.expires, $1.key) }) else {
            throw CommandRefusal(
                .conflict, "\(InvitationRecord.countMax) invitations are open: cancel some with `suture invite --cancel`")
        }
        try forget(oldest.key)
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

    /// Ends invitations whose time has passed, and forgets those that ended long ago.
    mutating func expireInvitations() throws {
        let due = node.state.invitations.filter { $0.value.isDue(at: now) }
        for (key, record) in due.sorted(by: { $0.key < $1.key }) {
            if record.isForgotten(at: now) {
                try forget(key)
            } else {
                var expired = record
                expired.stage = .expired
                try remember(expired, key: key)
            }
        }
    }

    mutating func remember(_ record: InvitationRecord, key: CurvePublicKey) throws {
        let isNew = node.state.invitations.updateValue(record, forKey: key) == nil
        try transaction.set(record.canonicalBytes, for: Self.settingKey(of: key))
        if isNew { node.state.rosterChanged = true }
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
