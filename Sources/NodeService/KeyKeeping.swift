import Causality
import Glibc
import Vault

/// Where the key of a data directory is kept. The file `at-rest` in the folder says so; without it nothing there is sealed.
///
/// A text: `suture-at-rest 1`, then lines of a name and a value: `kind passphrase` with `salt`, `memory` (bytes),
/// `operations`, `nonce`, `sealed` (hexadecimal where they are bytes); `kind key-file` with `path`; `kind credential` with
/// `name`. Lines that begin with `#` say nothing.
public enum KeyKeeping: Hashable, Sendable {
    /// Wrapped under a passphrase.
    case passphrase(KeySlot)
    /// A file of 32 bytes, for its owner alone.
    case keyFile(String)
    /// A credential that systemd hands to the service: the same 32 bytes.
    case credential(String)

    private static let format = "suture-at-rest"
    private static let bytesMax = 4096

    /// How it is called in configurations and messages.
    public var kind: NodeConfiguration.AtRest.Kind {
        switch self {
        case .passphrase: .passphrase
        case .keyFile: .keyFile
        case .credential: .credential
        }
    }

    private static func file(in dataDirectory: String) -> PrivateFile {
        PrivateFile(path: dataDirectory + "/at-rest", name: "record of the folder's key", code: .atRest)
    }

    /// What the record of a data directory says; nil where there is none, and so nothing is sealed.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/atRest``: damaged, of a newer version, open to others.
    public static func load(from dataDirectory: String) throws -> KeyKeeping? {
        let file = file(in: dataDirectory)
        guard file.exists else { return nil }
        return try file.read(bytesMax: bytesMax) { bytes throws in
            try parse(String(decoding: bytes, as: UTF8.self), file)
        }
    }

    /// Writes the record.
    func store(in dataDirectory: String, replaces: Bool = false) throws {
        let text = Array(text.utf8)
        let result = text.withUnsafeBytes { bytes in
            Result { () throws(NodeServiceError) in try Self.file(in: dataDirectory).write(bytes, replaces: replaces) }
        }
        try result.get()
    }

    private var text: String {
        var lines = ["\(Self.format) 1", "# How the key is kept that seals this folder. Without it nothing here can be read."]
        switch self {
        case .passphrase(let slot):
            lines += [
                "kind passphrase", "salt \(Hexadecimal.string(of: slot.derivation.salt))",
                "memory \(slot.derivation.cost.memoryBytes)", "operations \(slot.derivation.cost.operations)",
                "nonce \(slot.nonce)", "sealed \(Hexadecimal.string(of: slot.sealed))",
            ]
        case .keyFile(let path): lines += ["kind key-file", "path \(path)"]
        case .credential(let name): lines += ["kind credential", "name \(name)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func parse(_ text: String, _ file: PrivateFile) throws -> KeyKeeping {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let damaged = file.fault("is damaged; put the original back: without it the folder cannot be opened")
        guard let first = lines.first?.split(separator: " "), first.count == 2, first[0] == format else { throw damaged }
        guard first[1] == "1" else { throw file.fault("was written by a newer suture; upgrade this one") }
        var values: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2, values.updateValue(parts[1], forKey: parts[0]) == nil else { throw damaged }
        }
        switch values["kind"] {
        case "passphrase":
            guard let slot = try? slot(values) else { throw damaged }
            return .passphrase(slot)
        case "key-file":
            guard let path = values["path"] else { throw damaged }
            return .keyFile(path)
        case "credential":
            guard let name = values["name"] else { throw damaged }
            return .credential(name)
        default: throw damaged
        }
    }

    /// The slot of a record; nil where a value is missing. Throws where one is out of its range, which means damage.
    private static func slot(_ values: [String: String]) throws -> KeySlot? {
        func bytes(_ name: String) -> [UInt8]? { values[name].flatMap { Hexadecimal.bytes(of: $0) } }
        guard let salt = bytes("salt"), let nonce = bytes("nonce").flatMap({ Nonce(bytes: $0) }), let sealed = bytes("sealed"),
            sealed.count == FolderKey.byteCount + SymmetricKey.overhead, let memory = values["memory"].flatMap({ Int($0) }),
            let operations = values["operations"].flatMap({ Int($0) })
        else { return nil }
        let cost = try PasswordCost(memoryBytes: memory, operations: operations)
        return KeySlot(derivation: try PassphraseKey(salt: salt, cost: cost), nonce: nonce, sealed: sealed)
    }
}

/// The 32 bytes of a key, in a file or a credential.
enum KeyFile {
    static func load(_ path: String, isCredential: Bool = false) throws -> FolderKey {
        let file = PrivateFile(path: path, name: isCredential ? "credential" : "key file", code: .atRest)
        return try file.read(bytesMax: 4096, isCredential: isCredential) { bytes throws in
            guard bytes.count == FolderKey.byteCount else {
                throw file.fault("has \(bytes.count) bytes, and a key has \(FolderKey.byteCount); put the right file there")
            }
            return try FolderKey(copying: bytes)
        }
    }

    /// The key in the file at `path`, made where there is none.
    static func loadOrCreate(_ path: String) throws -> FolderKey {
        let file = PrivateFile(path: path, name: "key file", code: .atRest)
        if file.exists { return try load(path) }
        let key = try FolderKey(random: SystemRandomSource())
        let result = key.withUnsafeBytes { bytes in Result { () throws(NodeServiceError) in try file.write(bytes) } }
        try result.get()
        return key
    }

    /// Where systemd put the credential of that name.
    static func credentialPath(_ name: String) throws(NodeServiceError) -> String {
        guard let folder = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }), !folder.isEmpty else {
            throw NodeServiceError(
                .atRest,
                "the folder's key is the credential \(name), and there are none here: start it as a service with "
                    + "`LoadCredentialEncrypted=\(name)`, or with `systemd-run -p LoadCredential...`")
        }
        return folder + "/" + name
    }
}
