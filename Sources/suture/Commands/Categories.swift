import ArgumentParser
import NodeService

/// `suture category`.
struct Categories: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "category", abstract: "Categories: kinds of matter, and which queue receives them.",
        discussion: "Example: suture category add billing --name Billing --queue towson=towson-billing",
        subcommands: [List.self, Add.self], defaultSubcommand: List.self)

    /// `suture category list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the categories.", discussion: "Example: suture category list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let columns = ["key", "name", "urgency", "review", "response-minutes", "queues"]
            try await DirectoryView(kind: "categories", columns: columns).show(node)
        }
    }

    /// `suture category add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a category, or change one: what is not named stays.",
            discussion: """
                Urgency: routine, soon, urgent, emergency.

                Example:
                  suture category add post-op --name "After surgery" --urgency urgent --review --response-minutes 60 \\
                    --queue towson=towson-clinical --queue belair=belair-clinical
                """)

        @Argument(help: "A short key, unique in the group.")
        var key: String

        @Option(help: ArgumentHelp("The name people see.", valueName: "name"))
        var name: String?

        @Option(help: ArgumentHelp("How urgent it is.", valueName: "class"))
        var urgency: String?

        @Flag(exclusivity: .exclusive, help: "Whether only clinical staff may answer.")
        var answering: Answering?

        @Option(name: .customLong("response-minutes"), help: ArgumentHelp("Within which a reply is due.", valueName: "minutes"))
        var responseMinutes: Int?

        @Option(name: .customLong("queue"), help: ArgumentHelp(
            "Where an office's messages go; once for each office.", valueName: "office=queue"))
        var queues: [String] = []

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        /// Who may answer, as a pair of flags.
        enum Answering: String, EnumerableFlag {
            case review
            case noReview = "no-review"
        }

        func run() async throws {
            var destinations: [String: JSONValue] = [:]
            for queue in queues {
                let parts = queue.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else {
                    throw ValidationError("--queue: found '\(queue)', expected office=queue such as towson=towson-desk")
                }
                destinations[parts[0]] = .string(parts[1])
            }
            let answer = try await node.ask(
                "category-put",
                [
                    "key": .string(key), "name": .optional(name), "urgency": .optional(urgency),
                    "review": answering.map { .bool($0 == .review) } ?? .null,
                    "response-minutes": responseMinutes.map { .int($0) } ?? .null,
                    "queues": destinations.isEmpty ? .null : .object(destinations), "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "category '\(key)' is written\n" }
        }
    }
}
