import ArgumentParser
import NodeService
import OfficeNode
import Vault

/// `suture recover`.
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Appoint an administrator when the last one is lost.",
        discussion: """
            Before: make keys on a machine that is no node, print the secrets, keep them apart in safes, and name the keys when the \
            group is founded: suture init --recovery-key KEY --recovery-key KEY --recovery-key KEY --recovery-threshold 2.
            When it has happened: `order` at any node; `sign` by two of the holders, wherever they are; `apply` at the node.
            """,
        subcommands: [Key.self, Order.self, Sign.self, Apply.self])

    /// `suture recover key`.
    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a recovery signer's key: a secret to print, and the key to found the group with.",
            discussion: "Nothing is written to disk. Example: suture recover key | lp")

        @OptionGroup var output: JSONOption

        func run() async throws {
            let key = try RecoveryKey(random: SystemRandomSource())
            let answer: JSONValue = ["key": .string(key.keyText), "secret": .string(key.secretText)]
            output.show(answer) {
                """
                key, for `suture init --recovery-key`:
                  \(key.keyText)
                secret, to be printed and locked away; whoever has enough of them owns the group:
                  \(key.secretText)

                """
            }
        }
    }

    /// `suture recover order`.
    struct Order: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an order that names a member administrator, for the signers.",
            discussion: "Example: suture recover order belair")

        @Argument(help: "The member that is to be an administrator.")
        var member: String

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("recovery-order", ["member": .string(member)])
            node.show(answer) { _ in "\(answer.text("order"))\n" }
        }
    }

    /// `suture recover sign`.
    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign an order with a recovery secret, away from any node.",
            discussion: "The secret is read from standard input. Example: suture recover sign ORDER < secret.txt")

        @Argument(help: "The order's text.")
        var order: String

        @OptionGroup var output: JSONOption

        func run() async throws {
            let key = try RecoveryKey(secretText: try MessageText.read("-"))
            let signature = try key.sign(orderText: order)
            output.show(["signature": .string(signature)]) { "\(signature)\n" }
        }
    }

    /// `suture recover apply`.
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carry out an order that enough signers have signed.",
            discussion: "Example: suture recover apply ORDER --signature ONE --signature TWO")

        @Argument(help: "The order's text.")
        var order: String

        @Option(name: .customLong("signature"), help: ArgumentHelp("A signer's signature; may be repeated.", valueName: "text"))
        var signatures: [String] = []

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("recover", ["order": .string(order), "signatures": .optional(signatures)])
            node.show(answer) { _ in "the order is carried out\n" }
        }
    }
}

/// How a command that asks no node prints its answer.
struct JSONOption: ParsableArguments {
    @Flag(help: "Print the answer as JSON.")
    var json = false

    func show(_ answer: JSONValue, _ text: () -> String) {
        print(json ? answer.pretty + "\n" : text(), terminator: "")
    }
}
