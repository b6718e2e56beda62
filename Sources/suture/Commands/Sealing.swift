import ArgumentParser
import Glibc
import NodeService
import Vault

/// `suture seal`.
struct Seal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seal a stopped node's folder that lies in the clear.",
        discussion: """
            Its replica and its identity file are replaced by sealed ones, each in one step; a run that was cut short is \
            finished by the next. The blocks where the plain files lay are freed and not overwritten: on a solid-state disk \
            they may survive until the disk reuses them. Where that matters, make the node anew on an empty disk and let it \
            join.

            Example:
              suture seal --data ./towson --key-file /media/key/towson.key
              suture seal --data ~/suture --seal passphrase
            """)

    @OptionGroup var node: NodeOptions
    @OptionGroup var sealing: SealOptions

    func validate() throws {
        if sealing.seal == "none" { throw ValidationError("--seal: none would leave the folder as it is") }
    }

    func run() async throws {
        umask(0o077)
        let folder = try node.dataDirectory()
        let isSealed = try KeyKeeping.load(from: folder) != nil
        let did = try DataFolder.seal(
            folder, sealing.choice(for: folder), passphrase: sealing.passphrase.source(choosing: !isSealed))
        node.show(["data": .string(folder), "sealed": .bool(true), "changed": .bool(did)]) { _ in
            did
                ? """
                \(folder) is sealed
                \(isSealed ? "its key is kept where it was" : sealing.explanation(for: folder))
                the disk's freed blocks may still hold what lay there in the clear

                """
                : "\(folder) was sealed already; nothing was changed\n"
        }
    }
}

/// `suture passphrase`.
struct Passphrase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the passphrase of a folder.", subcommands: [Change.self])

    /// `suture passphrase change`.
    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap the folder's key under another passphrase.",
            discussion: """
                The database is not written anew, so this takes a moment, and works while the node runs. A copy of the folder \
                that was made before opens with the old passphrase. Ends with status 3 where the old one is wrong.

                Example: suture passphrase change --data ~/suture
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var passphrase: PassphraseOptions

        @Option(name: .customLong("new-passphrase-file"), help: ArgumentHelp(
            "Read the new passphrase from this file instead of the terminal.", valueName: "file"))
        var newPassphraseFile: String?

        func run() async throws {
            umask(0o077)
            let folder = try node.dataDirectory()
            let new: DataFolder.PassphraseSource =
                newPassphraseFile.map { file in { try DataFolder.passphrase(fromFile: file) } }
                ?? { try PassphrasePrompt.choose("New passphrase") }
            try DataFolder.changePassphrase(
                of: folder, from: passphrase.source(choosing: false, prompt: "Old passphrase"), to: new)
            node.show(["data": .string(folder), "changed": true]) { _ in "the passphrase of \(folder) is changed\n" }
        }
    }
}

/// `suture lock`.
struct Lock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lock a running node whose key is under a passphrase.",
        discussion: """
            Its replica is closed and its keys are wiped; it takes no part in anything until `suture unlock`. A node does so by \
            itself after some time without a command (suture run --lock-after), and when the machine was asleep.

            Example: suture lock --data ~/suture
            """)

    @OptionGroup var node: NodeOptions

    func run() async throws {
        _ = try await node.ask("lock")
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            do {
                _ = try await node.ask("status")
            } catch let failure as CommandFailure where failure.failure?.code == "locked" {
                return node.show(["locked": true]) { _ in "locked\n" }
            } catch is NodeServiceError {
                // Between the node's socket and that of the locked one there is none.
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure("the node was not locked within 20 seconds; see its log")
    }
}

/// `suture unlock`.
struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unlock a locked node.",
        discussion: "Ends with status 3 where the passphrase is wrong.\n\nExample: suture unlock --data ~/suture")

    @OptionGroup var node: NodeOptions
    @OptionGroup var passphrase: PassphraseOptions

    func run() async throws {
        let secret = try passphrase.source(choosing: false)()
        // The socket carries text; it is this account's alone.
        let text = secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        _ = try await node.ask("unlock", ["passphrase": .string(text)])
        node.show(["unlocked": true]) { _ in "unlocked\n" }
    }
}
