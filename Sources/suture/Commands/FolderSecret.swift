import ArgumentParser
import Glibc
import NodeService

/// What opens a node's folder, beside the secret of a backup.
struct FolderSecret: ParsableArguments {
    @Option(name: .customLong("folder-passphrase-file"), help: ArgumentHelp(
        "Read the passphrase of the node's folder from this file. Default: $SUTURE_PASSPHRASE_FILE, else the terminal.",
        valueName: "file"))
    var passphraseFile: String?

    @Option(name: .customLong("folder-key-file"), help: ArgumentHelp(
        "The file with the key of a restored folder, made where it is missing. Default: the folder's path with .key.",
        valueName: "file"))
    var keyFile: String?

    /// The folder with its key.
    func unlock(_ dataDirectory: String) throws -> DataFolder {
        try DataFolder.unlock(dataDirectory, passphrase: source(choosing: false))
    }

    /// Asks for the folder's passphrase when it is called.
    func source(choosing isChosen: Bool) -> DataFolder.PassphraseSource {
        let environment = getenv("SUTURE_PASSPHRASE_FILE").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        return {
            if let file = passphraseFile ?? environment { return try DataFolder.passphrase(fromFile: file) }
            let prompt = "Passphrase of the folder"
            return try isChosen ? PassphrasePrompt.choose(prompt) : PassphrasePrompt.ask(prompt)
        }
    }

    /// How the key of a new folder is kept.
    func choice(_ kind: String, for folder: String) -> DataFolder.Choice {
        switch kind {
        case "none": return .none
        case "passphrase": return .passphrase
        default:
            var path = folder
            while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
            return .keyFile(keyFile ?? path + ".key")
        }
    }
}
