import ArgumentParser
import NodeService

/// `suture queue`.
struct Queues: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Queues: the people who together receive a category.",
        discussion: "Example: suture queue add towson-desk --name \"Front desk\" --office towson --member ana --backup bo",
        subcommands: [List.self, Add.self], defaultSubcommand: List.self)

    /// `suture queue list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the queues.", discussion: "Example: suture queue list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await DirectoryView(kind: "queues", columns: ["key", "name", "office", "members", "primary", "backup"])
                .show(node)
        }
    }

    /// `suture queue add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a queue, or change one: what is not named stays.",
            discussion:
                "Example: suture queue add towson-desk --name \"Front desk\" --office towson --member ana --backup bo")

        @Argument(help: "A short key, unique in the group.")
        var key: String

        @Option(help: ArgumentHelp("The name people see.", valueName: "name"))
        var name: String?

        @Option(help: ArgumentHelp("At which office; every office without it.", valueName: "key"))
        var office: String?

        @Option(name: .customLong("member"), help: ArgumentHelp("Who works in it; may be repeated.", valueName: "staff"))
        var members: [String] = []

        @Option(help: ArgumentHelp("Who is asked first.", valueName: "staff"))
        var primary: String?

        @Option(help: ArgumentHelp("Who covers.", valueName: "staff"))
        var backup: String?

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "queue-put",
                [
                    "key": .string(key), "name": .optional(name), "office": .optional(office),
                    "members": .optional(members), "primary": .optional(primary), "backup": .optional(backup),
                    "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "queue '\(key)' is written\n" }
        }
    }
}
