import Causality
public import OfficeNode

extension ControlVerb {
    /// Copies of the replica.
    static let backupVerbs: [String: ControlVerb] = [
        "backup": ControlVerb(BackupKeyRequest.arguments.union(["file", "with-identity"])) { handler, arguments in
            let file = try arguments.requiredText("file")
            guard file.hasPrefix("/") else { throw ControlFailure.invalid("'file' must be a whole path") }
            let request = try BackupKeyRequest(arguments)
            let withIdentity = try arguments.flag("with-identity") ?? false
            let reader = await handler.service.makeReader()
            let identity = withIdentity ? handler.service.identityFile : nil
            return try await handler.offload {
                let key = try BackupKey(request)
                let (header, size) = try Backup.write(
                    reader, to: file, key: key, identity: identity)
                return header.json(file: file, byteCount: size)
            }
        }
    ]
}

extension BackupKeyRequest {
    static let arguments: Set<String> = ["kind", "salt", "memory", "operations", "key"]

    init(_ arguments: ControlArguments) throws(ControlFailure) {
        let kind: BackupKey.Kind
        switch try arguments.requiredText("kind") {
        case "passphrase": kind = .passphrase
        case "key-file": kind = .keyFile
        default: throw .invalid("'kind' must be passphrase or key-file")
        }
        guard let memory = try arguments.number("memory", in: 0...(1 << 40)),
            let operations = try arguments.number("operations", in: 0...1024),
            let salt = Hexadecimal.bytes(of: try arguments.requiredText("salt")),
            let key = Hexadecimal.bytes(of: try arguments.requiredText("key"))
        else { throw .invalid("'memory', 'operations', 'salt' and 'key' must be there, the last two in hexadecimal") }
        self.init(kind: kind, salt: salt, memoryBytes: memory, operations: operations, key: key)
    }

    /// The request as arguments of the control socket.
    public var json: [String: JSONValue] {
        [
            "kind": .string(kind == .passphrase ? "passphrase" : "key-file"), "salt": .string(Hexadecimal.string(of: salt)),
            "memory": .int(memoryBytes), "operations": .int(operations), "key": .string(Hexadecimal.string(of: key)),
        ]
    }
}

extension BackupHeader {
    /// The header as commands print it.
    public func json(file: String, byteCount: Int?) -> JSONValue {
        [
            "file": .string(file), "group": .string("\(group)"), "member": .string("\(member)"), "madeAt": JSONValue(madeAt),
            "clock": .string("\(clockDigest)"), "withIdentity": .bool(hasIdentity),
            "bytes": byteCount.map { .int($0) } ?? .null,
        ]
    }
}

extension BackupReport {
    /// The report as commands print it.
    public func json(file: String) -> JSONValue {
        guard case .object(var members) = header.json(file: file, byteCount: nil),
            case .object(let logs) = verification.json
        else { return .null }
        members["bytes"] = nil
        members["changeSets"] = JSONValue(count: summary.changeSets)
        members["digest"] = .string("\(summary.digest)")
        members["partialThreads"] = .int(partialThreads)
        members.merge(logs) { own, _ in own }
        return .object(members)
    }
}
