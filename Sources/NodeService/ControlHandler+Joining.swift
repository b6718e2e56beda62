import ChangeLog
import InboxModel
import OfficeNode

extension ControlVerb {
    /// Devices that are to become members.
    static let joiningVerbs: [String: ControlVerb] = [
        "invite": ControlVerb(["kind", "office", "pre-approved", "as"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let request = InvitationRequest(
                kind: try arguments.requiredWord("kind"),
                office: try arguments.text("office").map { name throws in try lookup.office(name) },
                isPreApproved: try arguments.flag("pre-approved") ?? false)
            return try await handler.perform(.invite(request), as: try handler.actor(arguments, lookup), lookup: lookup)
        },
        "invitations": ControlVerb { handler, _ in try await handler.invitations() },
        "invitation-cancel": ControlVerb(["id", "as"]) { handler, arguments in
            try await handler.perform(.cancelInvitation(arguments.requiredText("id")), arguments)
        },
        "member-pending": ControlVerb { handler, _ in try await handler.pendingDevices() },
        "member-admit": ControlVerb(["name", "code", "as"]) { handler, arguments in
            let name = try arguments.requiredText("name")
            return try await handler.perform(.admitDevice(name, code: arguments.requiredText("code")), arguments)
        },
        "member-decline": ControlVerb(["name", "as"]) { handler, arguments in
            try await handler.perform(.declineDevice(arguments.requiredText("name")), arguments)
        },
    ]
}

extension ControlHandler {
    fileprivate func perform(_ command: Command, _ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        return try await perform(command, as: try actor(arguments, lookup), lookup: lookup)
    }

    fileprivate func invitations() async throws -> JSONValue {
        let status = await service.status()
        let directory = try await lookup().directory
        return [
            "now": JSONValue(WallClock.now()),
            "invitations": .array(
                status.invitations.map { invitation in
                    [
                        "id": .string(invitation.id), "kind": .string(invitation.kind.word),
                        "office": JSONValue(invitation.office.map { directory.key(of: $0) }),
                        "preApproved": .bool(invitation.isPreApproved), "expires": JSONValue(invitation.expires),
                        "stage": .string(invitation.stage.rawValue), "name": JSONValue(invitation.device?.member.name),
                    ]
                }),
        ]
    }

    fileprivate func pendingDevices() async throws -> JSONValue {
        let status = await service.status()
        let directory = try await lookup().directory
        let waiting = status.invitations.filter { $0.stage == .joining || $0.stage == .waiting }
        return [
            "now": JSONValue(WallClock.now()),
            "pending": .array(
                waiting.compactMap { invitation in
                    invitation.device.map { device in
                        [
                            "name": .string(device.member.name), "kind": .string(invitation.kind.word),
                            "office": JSONValue(invitation.office.map { directory.key(of: $0) }),
                            "endpoint": .string(device.member.endpoint), "invitation": .string(invitation.id),
                            "code": JSONValue(device.code?.digits), "since": JSONValue(device.since),
                            "expires": JSONValue(invitation.expires),
                        ]
                    }
                }),
        ]
    }
}
