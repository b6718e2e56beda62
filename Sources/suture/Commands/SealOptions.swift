import ArgumentParser
import Glibc
import NodeService
import Vault

/// Where the key of a new folder is to be kept.
struct SealOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "How the folder is sealed: key-file, credential, passphrase or none. Default: key-file.", valueName: "kind"))
    var seal: String?

    @Option(name: .customLong("key-file"), help: ArgumentHelp(
        "The file with the key, made where it is missing. Keep it on another disk. Default: the folder's path with .key.",
        valueName: "file"))
    var keyFile: String?

    @Option(help: ArgumentHelp("The systemd credential with the key. Default: suture-at-rest.", valueName: "name"))
    var credential: String?

    @OptionGroup var passphrase: PassphraseOptions

    private var kind: NodeConfiguration.AtRest.Kind? {
        if let seal { return NodeConfiguration.AtRest.Kind(rawValue: seal) }
        return credential != nil ? .credential : .keyFile
    }

    func validate() throws {
        guard let kind else {
            let kinds = NodeConfiguration.AtRest.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--seal: found '\(seal ?? "")', expected one of \(kinds)")
        }
        if keyFile != nil && kind != .keyFile { throw ValidationError("--key-file goes with --seal key-file") }
        if credential != nil && kind != .credential { throw ValidationError("--credential goes with --seal credential") }
        if credential?.contains("/") == true { throw ValidationError("--credential: a name without a slash") }
    }

    /// What was chosen for the node in `folder`.
    func choice(for folder: String) throws -> DataFolder.Choice {
        switch kind {
        case .passphrase: .passphrase
        case .credential: .credential(credential ?? "suture-at-rest")
        case .none?: .none
        default: .keyFile(keyFile ?? Self.keyFile(of: folder))
        }
    }

    private static func keyFile(of folder: String) -> String {
        var path = folder
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        return path + ".key"
    }

    /// What a person should know about it.
    func explanation(for folder: String) -> String {
        switch kind {
        case .passphrase: "it is sealed under your passphrase: without it nobody can open it, not even you"
        case .credential: "it is sealed with the credential \(credential ?? "suture-at-rest")"
        case .none?: "it is NOT sealed: whoever gets the disk can read it"
        default:
            "it is sealed with the key in \(keyFile ?? Self.keyFile(of: folder)): keep that off this disk, and out of backups of it"
        }
    }
}

/// Where a passphrase comes from, where one is needed.
struct PassphraseOptions: ParsableArguments {
    @Option(name: .customLong("passphrase-file"), help: ArgumentHelp(
        "Read the passphrase from this file. Default: $SUTURE_PASSPHRASE_FILE, else the terminal.", valueName: "file"))
    var passphraseFile: String?

    @Option(name: .customLong("passphrase-fd"), help: ArgumentHelp(
        "Read the passphrase from this descriptor.", valueName: "number"))
    var passphraseDescriptor: Int32?

    func validate() throws {
        if passphraseFile != nil && passphraseDescriptor != nil {
            throw ValidationError("--passphrase-file and --passphrase-fd both give the passphrase: give one of them")
        }
    }

    /// Asks for the passphrase when it is called.
    ///
    /// - Parameter isChosen: Whether it is a new one, which a person types twice.
    func source(choosing isChosen: Bool, prompt: String = "Passphrase") -> DataFolder.PassphraseSource {
        let environment = getenv("SUTURE_PASSPHRASE_FILE").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        return {
            if let descriptor = passphraseDescriptor { return try DataFolder.passphrase(fromDescriptor: descriptor) }
            if let file = passphraseFile ?? environment { return try DataFolder.passphrase(fromFile: file) }
            return try isChosen ? PassphrasePrompt.choose(prompt) : PassphrasePrompt.ask(prompt)
        }
    }
}

/// Asks a person at the terminal, without showing what is typed.
enum PassphrasePrompt {
    /// Asks once.
    static func ask(_ prompt: String) throws -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw CommandFailure(
                "a passphrase is needed and there is no terminal to ask at: name a file with --passphrase-file or "
                    + "$SUTURE_PASSPHRASE_FILE, or a descriptor with --passphrase-fd")
        }
        defer { _ = close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { throw CommandFailure("the terminal cannot be set to hide a passphrase") }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(terminal, TCSAFLUSH, &quiet) == 0 else {
            throw CommandFailure("the terminal cannot be set to hide a passphrase")
        }
        // Ctrl-C would leave the terminal silent.
        let interrupt = signal(SIGINT, SIG_IGN)
        defer {
            _ = tcsetattr(terminal, TCSAFLUSH, &before)
            signal(SIGINT, interrupt)
            write("\n", to: terminal)
        }
        write(prompt + ": ", to: terminal)
        return try DataFolder.passphrase(fromDescriptor: terminal)
    }

    /// Asks twice, for a new one.
    static func choose(_ prompt: String) throws -> SecretBytes {
        let first = try ask(prompt)
        let second = try ask("\(prompt) again")
        let isSame = first.withUnsafeBytes { first in second.withUnsafeBytes { constantTimeEqual(first, $0) } }
        guard isSame else { throw CommandFailure("the two passphrases differ; nothing was done") }
        return first
    }

    private static func write(_ text: String, to terminal: Int32) {
        let bytes = Array(text.utf8)
        // Where a terminal cannot be written to, nobody is there to read.
        _ = Glibc.write(terminal, bytes, bytes.count)
    }
}
