import ArgumentParser
import NodeService

/// `suture purge`.
struct Purges: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Show what was ordered to be destroyed, and how far every member is.",
        discussion: """
            `suture thread purge` orders it. What was said is hidden at once. It is destroyed when every member has acknowledged the \
            purge and no hold stands against it; a member that is away holds it back until it comes, or is removed. Backups made \
            before still hold it.

            Example:
              suture purge list
              suture purge show TOW-4F7K
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    /// `suture purge list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all purges.", discussion: "Example: suture purge list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("purges")
            node.show(answer) { KeepingView(terminal: $0, now: WallClock.now()).purges(answer.list("purges")) }
        }
    }

    /// `suture purge show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the certificate of a purge: which member acknowledged and destroyed when.",
            discussion: "Example: suture purge show TOW-4F7K")

        @Argument(help: "The thread: its code, such as TOW-4F7K, or its id.")
        var thread: String

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("purge-show", ["thread": .string(thread)])
            node.show(answer) { KeepingView(terminal: $0, now: WallClock.now()).certificates(answer.list("purges")) }
        }
    }
}

extension Threads {
    /// `suture thread purge`.
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Order that what was said in the thread be destroyed at every member.",
            discussion: """
                Only a thread that is resolved and not held can be purged. It is hidden at once and cannot be had back once it is \
                destroyed; `suture purge show` tells how far it is. The reason stays in the record: no patient's name.

                Example: suture thread purge TOW-4F7K --class adult-7y --reason "retention ended" --as carol
                """)

        @OptionGroup var target: Target

        @Option(name: .customLong("class"), help: ArgumentHelp("The class of records whose retention has ended.", valueName: "class"))
        var retentionClass: String

        @Option(help: ArgumentHelp("Why, in a few words.", valueName: "text"))
        var reason: String

        func run() async throws {
            try await target.perform(
                "purge", ["class": .string(retentionClass), "reason": .string(reason)],
                done: "hidden; destroyed when every member has acknowledged")
        }
    }
}
