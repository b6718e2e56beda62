import Causality
import InboxModel
public import OfficeNode
import ReplicaStore
import Vault

extension ControlVerb {
    /// Who did what, and whether the record of it is whole.
    static let auditVerbs: [String: ControlVerb] = [
        "audit": ControlVerb(["who", "patient", "thread", "trouble", "limit"]) { handler, arguments in
            try await handler.audit(arguments)
        },
        "audit-verify": ControlVerb { handler, _ in
            let reader = await handler.service.makeReader()
            return try await handler.offload { try AuditVerification(reader).json }
        },
    ]
}

/// What recomputing the audit from a replica's own bytes showed: every log's chain and signatures, and who else has signed to hold how
/// much of it.
public struct AuditVerification: Sendable {
    /// The logs.
    public let logs: LogVerification
    /// Of each log, who else signed to hold how much.
    let witnesses: [ReplicaID: [HeadWitness]]

    /// Recomputes everything that `reader` sees. Throws where the replica cannot be read.
    public init(_ reader: InboxReader) throws {
        logs = try reader.verifyLogs()
        witnesses = try reader.headWitnesses()
    }

    /// The verification as commands print it.
    public var json: JSONValue {
        [
            "sound": .bool(logs.isSound),
            "logs": .array(
                logs.logs.map { log in
                    [
                        "replica": .string("\(log.replica)"), "author": JSONValue(log.author),
                        "changeSets": JSONValue(count: log.changeSets),
                        "signatures": .int(log.signatures), "fault": JSONValue(log.fault),
                        "witnesses": .array(
                            (witnesses[log.replica] ?? []).map {
                                ["member": .string($0.member), "changeSets": JSONValue(count: $0.sequence)]
                            }),
                    ]
                }),
        ]
    }
}

extension ControlHandler {
    fileprivate func audit(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        var filter = AuditFilter()
        filter.staff = try arguments.text("who").map { name throws in
            guard let person = lookup.directory.staff.first(where: { $0.profile?.key.lowercased() == name.lowercased() }) else {
                throw ControlFailure.notFound("there is no member of staff '\(name)'")
            }
            return person.id
        }
        filter.patient = try arguments.text("patient").map { name throws in try lookup.patient(name) }
        filter.thread = try arguments.text("thread").map { name throws in try lookup.thread(name) }
        filter.isTrouble = try arguments.flag("trouble") ?? false
        let limit = try arguments.number("limit", in: 1...1000) ?? 50
        let reader = lookup.reader
        let wanted = filter
        let slice = try await offload { try reader.audit(wanted, limit: limit) }
        return [
            "lines": .array(
                slice.lines.prefix(limit).map { line in
                    [
                        "at": JSONValue(line.at), "who": .string(lookup.directory.name(of: line.actor, patient: "the patient")),
                        "action": .string("\(line.action)"), "outcome": .string("\(line.outcome)"), "member": .string(line.member),
                        "address": .string(line.address), "detail": .string(line.detail), "changeSet": .string("\(line.stamp.dot)"),
                        "thread": JSONValue(line.thread), "patient": JSONValue(line.patient),
                    ]
                }),
            "isAll": .bool(slice.next == nil),
        ]
    }
}
