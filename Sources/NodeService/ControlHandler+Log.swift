import Causality
import InboxModel
public import OfficeNode
import ReplicaStore
import Vault

extension ControlVerb {
    /// The log and what follows from it.
    static let logVerbs: [String: ControlVerb] = [
        "digest": ControlVerb { handler, _ in
            let reader = await handler.service.makeReader()
            let digest = try await handler.offload { try LogicalDigest.compute(reader.store) }
            let changeSets = try reader.store.progress().reduce(0) { $0 + $1.merged }
            return ["digest": .string("\(digest)"), "changeSets": JSONValue(count: changeSets)]
        },
        "log-verify": ControlVerb { handler, _ in
            let reader = await handler.service.makeReader()
            return try await handler.offload { try reader.verifyLogs() }.json
        },
        "log-rebuild": ControlVerb { handler, _ in
            let digests = try await handler.service.rebuild()
            return [
                "before": .string("\(digests.before)"), "after": .string("\(digests.after)"),
                "equal": .bool(digests.before == digests.after),
            ]
        },
    ]
}

extension LogVerification {
    /// The verification as commands print it.
    public var json: JSONValue {
        [
            "sound": .bool(isSound),
            "logs": .array(
                logs.map { log in
                    [
                        "replica": .string("\(log.replica)"), "author": JSONValue(log.author),
                        "changeSets": JSONValue(count: log.changeSets), "signatures": .int(log.signatures),
                        "fault": JSONValue(log.fault),
                    ]
                }),
        ]
    }
}
