import ArgumentParser
import NodeService

/// `suture quarantine`.
struct Quarantine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "What is kept and does not count: look at it, adopt it.",
        discussion: """
            Change sets of a removed member beyond what was held when it was removed, and those that follow another history. \
            They stay in the log, are the same at every node, and count nowhere until an administrator adopts them.
            """,
        subcommands: [List.self, Show.self, Adopt.self], defaultSubcommand: List.self)

    /// `suture quarantine list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is set aside.", discussion: "Example: suture quarantine list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("quarantine")
            node.show(answer) { QuarantineView(held: answer.list("held"), terminal: $0).list }
        }
    }

    /// `suture quarantine show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a change set that is set aside says.",
            discussion: "With --as of somebody who may read the office's threads, with its words.\n"
                + "Example: suture quarantine show 0123456789abcdef:17 --as surgeon")

        @Argument(help: "The change set, as `list` shows it.")
        var changeSet: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("quarantine", ["as": .optional(actor.staff)])
            guard let item = answer.list("held").first(where: { $0.text("changeSet") == changeSet }) else {
                throw CommandFailure(
                    ControlFailure(code: "not-found", message: "change set \(changeSet) is not in quarantine here"), isJSON: node.json)
            }
            node.show(item) { QuarantineView(held: [item], terminal: $0).whole }
        }
    }

    /// `suture quarantine adopt`.
    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let change sets count after all, at every node.",
            discussion: "Example: suture quarantine adopt 0123456789abcdef:17-20")

        @Argument(help: "The change sets, as `list` shows them; a range as replica:first-last.")
        var changeSets: [String]

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "quarantine-adopt", ["changeSets": .optional(changeSets), "as": .optional(actor.staff)])
            node.show(answer) { _ in "adopted: they count at every node from now on\n" }
        }
    }
}
