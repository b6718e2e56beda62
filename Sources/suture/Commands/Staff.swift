import ArgumentParser
import NodeService

/// `suture staff`.
struct Staff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff", abstract: "The people who work for the group.",
        discussion: "Example: suture staff add ana --name \"Ana Whitfield\" --role front-desk --office towson",
        subcommands: [List.self, Add.self, Password.self, SignOut.self, SecondFactorOff.self], defaultSubcommand: List.self)

    /// `suture staff list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the staff.", discussion: "Example: suture staff list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await DirectoryView(kind: "staff", columns: ["key", "name", "role", "offices", "languages", "active"])
                .show(node)
        }
    }

    /// `suture staff add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person, or change one: what is not named stays.",
            discussion: """
                Roles: front-desk, billing, assistant, surgeon, on-call, administrator, compliance-officer, partner, operator.

                Example:
                  suture staff add ana --name "Ana Whitfield" --role front-desk --office towson --language en --language es
                  suture staff add ana --inactive
                """)

        @Argument(help: "A short key, unique in the group, for commands.")
        var key: String

        @Option(help: ArgumentHelp("The name colleagues see.", valueName: "name"))
        var name: String?

        @Option(help: ArgumentHelp("What the person may do.", valueName: "role"))
        var role: String?

        @Option(name: .customLong("office"), help: ArgumentHelp(
            "Where; may be repeated. Nowhere in particular without it.", valueName: "key"))
        var offices: [String] = []

        @Option(name: .customLong("language"), help: ArgumentHelp("A language spoken; may be repeated.", valueName: "tag"))
        var languages: [String] = []

        @Flag(exclusivity: .exclusive, help: "Whether the account is in use.")
        var activity: Activity?

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        /// Whether an account is in use, as a pair of flags.
        enum Activity: String, EnumerableFlag {
            case active, inactive
        }

        func run() async throws {
            let answer = try await node.ask(
                "staff-put",
                [
                    "key": .string(key), "name": .optional(name), "role": .optional(role),
                    "offices": .optional(offices), "languages": .optional(languages),
                    "active": activity.map { .bool($0 == .active) } ?? .null, "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "member of staff '\(key)' is written\n" }
        }
    }
}
