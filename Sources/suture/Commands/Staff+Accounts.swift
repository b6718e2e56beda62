import ArgumentParser
import NodeService
import Vault

extension Staff {
    /// `suture staff password`.
    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a person's password for the pages; they choose their own at the next sign-in.",
            discussion: """
                Without --password-file the password is asked for at the terminal, or made and shown once with --generate.

                Example:
                  suture staff password ana --generate
                """)

        @Argument(help: "The person's key.")
        var key: String

        @Option(
            name: .customLong("password-file"),
            help: ArgumentHelp(
                "Read the password from this file, which only its owner may read.", valueName: "file"))
        var passwordFile: String?

        @Flag(help: "Make a password and show it.")
        var generate = false

        @Flag(name: .customLong("keep"), help: "They need not choose another one at the next sign-in.")
        var isKept = false

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func validate() throws {
            if generate && passwordFile != nil {
                throw ValidationError("--generate and --password-file both give the password: give one of them")
            }
        }

        func run() async throws {
            let password = try generate ? Self.made() : Self.text(of: secret())
            let answer = try await node.ask(
                "staff-password",
                ["key": .string(key), "password": .string(password), "change": .bool(!isKept), "as": .optional(actor.staff)])
            node.show(answer) { _ in
                "the password of '\(key)' is set\(isKept ? "" : ", to be changed at the next sign-in")\n"
                    + (generate ? "\(password)\n" : "")
            }
        }

        private func secret() throws -> SecretBytes {
            if let passwordFile { return try DataFolder.passphrase(fromFile: passwordFile) }
            return try PassphrasePrompt.choose("Password of \(key)")
        }

        private static func text(of secret: consuming SecretBytes) throws -> String {
            let text = secret.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
            guard let text else { throw CommandFailure("the password is not UTF-8 text") }
            return text
        }

        /// Twenty letters and digits that are not taken for one another, in groups: more than 95 bits.
        static func made() -> String {
            let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
            let random = SystemRandomSource()
            return (0..<5).map { _ in
                String((0..<4).map { _ in letters[Int(random.uint64() % UInt64(letters.count))] })
            }.joined(separator: "-")
        }
    }

    /// `suture staff sign-out`.
    struct SignOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sign-out", abstract: "End all sessions of a person, at every office that hears of it.",
            discussion: "Example: suture staff sign-out ana")

        @Argument(help: "The person's key.")
        var key: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("staff-sign-out", ["key": .string(key), "as": .optional(actor.staff)])
            node.show(answer) { _ in "'\(key)' is signed out everywhere\n" }
        }
    }

    /// `suture staff second-factor-off`.
    struct SecondFactorOff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "second-factor-off", abstract: "Take the second factor off an account whose phone was lost.",
            discussion: "Example: suture staff second-factor-off ana")

        @Argument(help: "The person's key.")
        var key: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("staff-second-factor-off", ["key": .string(key), "as": .optional(actor.staff)])
            node.show(answer) { _ in "the second factor of '\(key)' is off\n" }
        }
    }
}
