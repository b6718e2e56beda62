import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine
import Vault

extension ControlVerb {
    /// Members, keys and what was set aside.
    static let memberVerbs: [String: ControlVerb] = [
        "members": ControlVerb { handler, _ in try await handler.members() },
        "member-revoke": ControlVerb(["member", "reason", "as"]) { handler, arguments in
            try await handler.administer(arguments) { lookup in
                .revoke(try lookup.requiredMember(arguments), reason: try arguments.requiredText("reason"))
            }
        },
        "member-retire": ControlVerb(["member", "reason", "as"]) { handler, arguments in
            try await handler.administer(arguments) { lookup in
                .retire(try lookup.requiredMember(arguments), reason: try arguments.requiredText("reason"))
            }
        },
        "member-rotate": ControlVerb(["as"]) { handler, arguments in try await handler.administer(arguments) { _ in .rotate } },
        "member-role": ControlVerb(["member", "administrator", "offices", "as"]) { handler, arguments in
            try await handler.administer(arguments) { lookup in
                let offices = try arguments.texts("offices")?.map { name throws in try lookup.office(name) } ?? []
                let role = MemberRole(isAdministrator: try arguments.requiredFlag("administrator"), offices: offices)
                if !role.isAdministrator && !offices.isEmpty {
                    throw ControlFailure.invalid("'offices' says what an administrator may act for: leave it out")
                }
                return .setRole(try lookup.requiredMember(arguments), role)
            }
        },
        "member-office": ControlVerb(["member", "office", "as"]) { handler, arguments in
            try await handler.administer(arguments) { lookup in
                let office = try arguments.text("office").map { name throws in try lookup.office(name) }
                return .setOffice(try lookup.requiredMember(arguments), office)
            }
        },
        "policy": ControlVerb(["epochDays", "contactDays", "as"]) { handler, arguments in
            try await handler.administer(arguments) { _ in
                let days = 1...GroupPolicy.daysMax
                return .setPolicy(
                    GroupPolicy(
                        epochDays: try arguments.number("epochDays", in: days),
                        contactDays: try arguments.number("contactDays", in: days)))
            }
        },
        "quarantine": ControlVerb(["as"]) { handler, arguments in try await handler.quarantine(arguments) },
        "quarantine-adopt": ControlVerb(["changeSets", "as"]) { handler, arguments in
            try await handler.administer(arguments) { _ in
                .adopt(try ControlHandler.spans(try arguments.texts("changeSets") ?? []))
            }
        },
        "recovery-order": ControlVerb(["member"]) { handler, arguments in
            let lookup = try await handler.lookup()
            return ["order": .string(try lookup.reader.recoveryOrder(for: try lookup.requiredMember(arguments)))]
        },
        "recover": ControlVerb(["order", "signatures", "as"]) { handler, arguments in
            try await handler.administer(arguments) { _ in
                do {
                    let signatures = try (try arguments.texts("signatures") ?? []).map { try RecoveryKey.signature($0) }
                    return .recover(order: try RecoveryKey.order(try arguments.requiredText("order")), signatures)
                } catch let error as NodeError {
                    throw ControlFailure.invalid(error.message)
                }
            }
        },
    ]
}

extension NameLookup {
    /// The member that `member` names, by name or the beginning of its id; also one that was removed.
    func requiredMember(_ arguments: ControlArguments) throws -> MemberID {
        let name = try arguments.requiredText("member")
        let roster = try reader.roster()
        if let member = roster.member(named: name) { return member.id }
        let all = roster.sorted + roster.former.map(\.member)
        let near = all.filter { $0.name == name || name.utf8.count >= 8 && $0.id.description.hasPrefix(name.lowercased()) }
        if let only = near.first, near.count == 1 { return only.id }
        let names = roster.sorted.map(\.name)
        let suggestion = SpellingSuggestion.nearest(to: name, among: names)
        let advice = suggestion.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))"
        throw ControlFailure.notFound("there is no member '\(name)': \(advice)")
    }
}

extension ControlHandler {
    /// Carries out an administrator's command.
    fileprivate func administer(
        _ arguments: ControlArguments, _ command: (NameLookup) throws -> AdministrativeCommand
    ) async throws -> JSONValue {
        let lookup = try await lookup()
        return try await perform(.administer(try command(lookup)), as: try actor(arguments, lookup), lookup: lookup)
    }

    fileprivate func members() async throws -> JSONValue {
        let status = await service.status()
        let lookup = try await lookup()
        let roster = try lookup.reader.roster()
        let now = WallClock.now()
        let held = try lookup.reader.heldByAll(status.stability, now: now)
        return [
            "group": .string(status.groupName), "now": JSONValue(now), "epoch": JSONValue(status.epoch.map { $0.description }),
            "epochs": .int(roster.epochCount), "waitingForKey": .bool(status.isWaitingForKey),
            "policy": [
                "epochDays": .int(roster.policy.epochDays ?? GroupPolicy.epochDaysDefault),
                "contactDays": roster.policy.contactDays.map { .int($0) } ?? .null,
            ],
            "recovery": ["signers": .int(roster.recovery.signers.count), "threshold": .int(roster.recovery.threshold)],
            "members": .array(
                roster.sorted.map { member in
                    let peer = status.peers.first { $0.member == member.id }
                    return [
                        "name": .string(member.name), "id": .string("\(member.id)"), "kind": .string(member.kind.word),
                        "office": JSONValue(member.office.map { lookup.directory.key(of: $0) }),
                        "administrator": .bool(member.isAdministrator),
                        "administers": .array(member.role.offices.map { .string(lookup.directory.key(of: $0)) }),
                        "endpoint": .string(member.endpoint), "thisNode": .bool(member.id == service.memberID),
                        "connected": .bool(peer?.isConnected ?? (member.id == service.memberID)),
                        "lastHeard": JSONValue(peer?.lastHeard),
                        "forkedSince": JSONValue(status.forks.filter { $0.member == member.id }.map(\.noticedAt).min()),
                        "acknowledged": held.lines.first { $0.member == member.id }.map { json($0) } ?? .null,
                    ]
                }),
            "retiredLogs": json(status.retired, status),
            "former": .array(
                roster.former.map { former in
                    [
                        "name": .string(former.member.name), "id": .string("\(former.member.id)"),
                        "kind": .string(former.member.kind.word), "retired": .bool(former.removal.isRetirement),
                        "reason": .string(former.removal.reason), "at": JSONValue(former.removal.time),
                        "by": JSONValue(former.by.flatMap { roster.name(of: $0) }),
                    ]
                }),
        ]
    }

    // MARK: Quarantine

    fileprivate func quarantine(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let reader = try staff(arguments, lookup)
        let items = try lookup.reader.quarantine(readBy: reader)
        return [
            "held": .array(
                items.map { item in
                    [
                        "changeSet": .string("\(item.dot)"), "author": JSONValue(item.author?.name),
                        "reason": .string(item.reason),
                        "explanation": .string(QuarantineReason(rawValue: item.reason)?.explanation ?? item.reason),
                        "receivedAt": JSONValue(item.receivedAt), "madeAt": JSONValue(item.madeAt?.milliseconds),
                        "actor": item.actor.map { .string(lookup.directory.name(of: $0, patient: "a patient")) } ?? .null,
                        "statements": .array(
                            item.statements.map { statement in
                                [
                                    "kind": .string(statement.kind), "text": JSONValue(statement.text),
                                    "thread": JSONValue(statement.thread.map { ShortCode.suffix(of: $0) }),
                                ]
                            }),
                    ]
                })
        ]
    }

    /// Change sets as people name them: `replica:number` or `replica:first-last`.
    fileprivate static func spans(_ texts: [String]) throws(ControlFailure) -> [LogRange] {
        if texts.isEmpty { throw .invalid("'changeSets' is missing: name those to adopt, as `quarantine` shows them") }
        var spans: [LogRange] = []
        for text in texts {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.last?.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0) } ?? []
            guard parts.count == 2, let replica = ReplicaID(hexadecimal: String(parts[0])), (1...2).contains(numbers.count),
                let first = numbers.first ?? nil, let last = numbers.last ?? nil, first > 0, first <= last
            else { throw .invalid("'\(text)' names no change set: expected one such as 0123456789abcdef:17, or :17-20") }
            spans.append(LogRange(replica, first, last))
        }
        return spans
    }
}
