import ArgumentParser
import NodeService

/// `suture hold`.
struct Holds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Forbid that anything of a thread is destroyed, or allow it again.",
        discussion: """
            A hold is known by a token, such as the number of a matter; several threads may be held by one. It stops every purge of \
            the thread that is not carried out yet, also one that was ordered at another office at the same time, and holds until it \
            is released. Token and reason stay in the record: no patient's name.

            Example:
              suture hold place TOW-4F7K --token 2026-17 --reason "lawyer's letter" --as carol
              suture hold list
            """,
        subcommands: [Place.self, Release.self, List.self], defaultSubcommand: List.self)

    /// `suture hold place`.
    struct Place: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Nothing of the thread may be destroyed from now on.",
            discussion: "Example: suture hold place TOW-4F7K --token 2026-17 --reason \"lawyer's letter\" --review 90d --as carol")

        @OptionGroup var target: Threads.Target

        @Option(help: ArgumentHelp("What the hold is known by.", valueName: "token"))
        var token: String

        @Option(help: ArgumentHelp("Why, in a few words.", valueName: "text"))
        var reason: String

        @Option(help: ArgumentHelp("When to look at it again; it goes on holding after that.", valueName: "when"))
        var review: MomentArgument?

        func run() async throws {
            let moment = review?.moment(now: WallClock.now())
            try await target.perform(
                "hold-place",
                ["token": .string(token), "reason": .string(reason), "review": moment.map { .int(Int($0)) } ?? .null],
                done: "held by \(token)")
        }
    }

    /// `suture hold release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the thread's holds of a token.",
            discussion: """
                A purge that a hold stopped stays stopped: order another one where the thread is to be purged.

                Example: suture hold release TOW-4F7K --token 2026-17 --as carol
                """)

        @OptionGroup var target: Threads.Target

        @Option(help: ArgumentHelp("What the hold is known by.", valueName: "token"))
        var token: String

        func run() async throws {
            try await target.perform("hold-release", ["token": .string(token)], done: "hold \(token) released")
        }
    }

    /// `suture hold list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every hold.", discussion: "Example: suture hold list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("holds")
            node.show(answer) { KeepingView(terminal: $0, now: WallClock.now()).holds(answer.list("holds")) }
        }
    }
}
