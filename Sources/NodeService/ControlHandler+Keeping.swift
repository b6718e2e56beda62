import Causality
import InboxModel
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// What must be kept and what is to be destroyed.
    static let keepingVerbs: [String: ControlVerb] = [
        "hold-place": ControlVerb(["thread", "token", "reason", "review", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                .placeHold(
                    LegalHold(
                        token: try arguments.requiredText("token"), reason: try arguments.requiredText("reason"),
                        review: try arguments.moment("review")))
            }
        },
        "hold-release": ControlVerb(["thread", "token", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .releaseHold(token: try arguments.requiredText("token")) }
        },
        "holds": ControlVerb { handler, _ in
            let lookup = try await handler.lookup()
            return ["holds": .array(try lookup.reader.holds().map { try handler.json($0, lookup: lookup) })]
        },
        "purge": ControlVerb(["thread", "reason", "class", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                .purge(
                    PurgeOrder(
                        reason: try arguments.requiredText("reason"), retentionClass: try arguments.requiredText("class")))
            }
        },
        "purges": ControlVerb { handler, _ in
            let lookup = try await handler.lookup()
            return ["purges": .array(try lookup.reader.purges().map { try handler.json($0, lookup: lookup) })]
        },
        "purge-show": ControlVerb(["thread"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let id = try lookup.thread(arguments.requiredText("thread"))
            let purges = try lookup.reader.page(of: id)?.purges ?? []
            if purges.isEmpty { throw ControlFailure.notFound("thread \(id) was not purged, or a hold stopped it") }
            return ["purges": .array(try purges.map { try handler.json($0, lookup: lookup) })]
        },
    ]
}

extension ControlHandler {
    fileprivate func json(_ notice: HoldNotice, lookup: NameLookup) throws -> JSONValue {
        guard case .object(var members) = hold(notice) else { return .null }
        members["thread"] = JSONValue(notice.thread)
        members["code"] = JSONValue(try lookup.reader.store.state(of: notice.thread).map { lookup.code(of: $0) })
        return .object(members)
    }

    /// A hold, as a thread's page has it.
    func hold(_ notice: HoldNotice) -> JSONValue {
        [
            "token": .string(notice.hold.token), "reason": .string(notice.hold.reason), "review": JSONValue(notice.hold.review),
            "at": JSONValue(notice.stamp.timestamp.milliseconds), "changeSet": .string("\(notice.stamp.dot)"),
        ]
    }

    fileprivate func json(_ certificate: PurgeCertificate, lookup: NameLookup) throws -> JSONValue {
        guard case .object(var members) = purge(certificate) else { return .null }
        members["thread"] = JSONValue(certificate.thread)
        members["code"] = JSONValue(try lookup.reader.store.state(of: certificate.thread).map { lookup.code(of: $0) })
        return .object(members)
    }

    /// A purge with how far every member is, as a thread's page has it.
    func purge(_ certificate: PurgeCertificate) -> JSONValue {
        [
            "changeSet": .string("\(certificate.stamp.dot)"), "at": JSONValue(certificate.stamp.timestamp.milliseconds),
            "by": .string(certificate.by), "reason": .string(certificate.order.reason),
            "class": .string(certificate.order.retentionClass), "complete": .bool(certificate.isComplete),
            "waitingFor": JSONValue(texts: certificate.waitingFor),
            "members": .array(
                certificate.lines.map { line in
                    [
                        "member": .string(line.member), "replica": JSONValue(line.replica?.description),
                        "acknowledged": JSONValue(line.acknowledged?.timestamp.milliseconds),
                        "acknowledgedIn": JSONValue(line.acknowledged?.dot.description),
                        "destroyed": JSONValue(line.destroyed?.timestamp.milliseconds),
                        "destroyedIn": JSONValue(line.destroyed?.dot.description),
                    ]
                }),
        ]
    }
}
