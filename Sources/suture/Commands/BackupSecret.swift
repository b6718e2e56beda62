import ArgumentParser
import Glibc
import NodeService
import Vault

/// What a backup is sealed under, as commands ask for it.
struct BackupSecret: ParsableArguments {
    @Option(name: .customLong("passphrase-file"), help: ArgumentHelp(
        "A file with the passphrase in its first line; - for standard input.", valueName: "file"))
    var passphraseFile: String?

    @Option(name: .customLong("key-file"), help: ArgumentHelp("A file of 16 to 4096 random bytes.", valueName: "file"))
    var keyFile: String?

    func validate() throws {
        if passphraseFile != nil && keyFile != nil {
            throw ValidationError("--passphrase-file and --key-file both say what the backup is sealed under: give one of them")
        }
    }

    /// The key of a new backup. Asks twice in a terminal.
    func newKey() throws -> BackupKey {
        var secret = try read(repeated: true)
        defer { SecretMemory.wipe(&secret) }
        return try BackupKey(keyFile == nil ? .passphrase : .keyFile, secret)
    }

    /// The key of a backup that is there.
    func key(of inspection: BackupInspection, _ path: String) throws -> BackupKey {
        if (inspection.kind == .keyFile) != (keyFile != nil) {
            throw CommandFailure(
                inspection.kind == .keyFile
                    ? "\(path) was sealed under a key file: give it with --key-file"
                    : "\(path) was sealed under a passphrase: leave --key-file out")
        }
        var secret = try read(repeated: false)
        defer { SecretMemory.wipe(&secret) }
        return try inspection.key(secret)
    }

    private func read(repeated: Bool) throws -> [UInt8] {
        if let keyFile { return try Self.contents(of: keyFile, linesOnly: false) }
        if let passphraseFile { return try Self.contents(of: passphraseFile == "-" ? "/dev/stdin" : passphraseFile, linesOnly: true) }
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure("there is no terminal to ask for a passphrase: give --passphrase-file or --key-file")
        }
        let first = try Self.ask("passphrase of the backup: ")
        if repeated {
            var second = try Self.ask("once more: ")
            defer { SecretMemory.wipe(&second) }
            guard first == second else { throw CommandFailure("the two passphrases differ: nothing was written") }
        }
        return first
    }

    private static func ask(_ question: String) throws -> [UInt8] {
        guard let text = getpass(question) else { throw CommandFailure("the passphrase could not be read") }
        let length = strlen(text)
        defer { explicit_bzero(text, length) }
        return text.withMemoryRebound(to: UInt8.self, capacity: length) { Array(UnsafeBufferPointer(start: $0, count: length)) }
    }

    private static func contents(of path: String, linesOnly: Bool) throws -> [UInt8] {
        guard let file = fopen(path, "re") else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = fread(&buffer, 1, buffer.count, file)
        defer { SecretMemory.wipe(&buffer) }
        let bytes = buffer[..<count]
        if !linesOnly { return Array(bytes) }
        return Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
