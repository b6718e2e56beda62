import ArgumentParser
import NodeService

/// `suture office`.
struct Offices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "office", abstract: "The offices of the group.",
        discussion: "Example: suture office add belair --name \"Bel Air\" --time-zone America/New_York",
        subcommands: [List.self, Add.self], defaultSubcommand: List.self)

    /// `suture office list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the offices.", discussion: "Example: suture office list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            try await DirectoryView(kind: "offices", columns: ["key", "name", "time-zone"]).show(node)
        }
    }

    /// `suture office add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an office, or change one: what is not named stays.",
            discussion: "Example: suture office add belair --name \"Bel Air\" --time-zone America/New_York")

        @Argument(help: "A short key, unique in the group: the start of its threads' codes.")
        var key: String

        @Option(help: ArgumentHelp("The name people use.", valueName: "name"))
        var name: String?

        @Option(name: .customLong("time-zone"), help: ArgumentHelp("IANA time zone.", valueName: "zone"))
        var timeZone: String?

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func validate() throws {
            if let timeZone { try TimeZoneArgument.check(timeZone, option: "--time-zone") }
        }

        func run() async throws {
            let answer = try await node.ask(
                "office-put",
                [
                    "key": .string(key), "name": .optional(name), "time-zone": .optional(timeZone),
                    "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "office '\(key)' is written\n" }
        }
    }
}
