import ArgumentParser
import NodeService

extension Threads {
    /// `suture thread share`.
    struct Share: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a thread to an outside partner for a while.",
            discussion: """
                The partner reads everything that is said in the thread, internal notes included, until the time is over or somebody \
                takes it back. They can write a note to the practice and nothing to the patient.

                Example: suture thread share TOW-4F7K --with dr-lee --days 14 --as ana
                """)

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("The partner: the key of an account whose role is partner.", valueName: "staff"))
        var with: String

        @Option(help: ArgumentHelp("For how many days, 1 to 90.", valueName: "count"))
        var days = 14

        func run() async throws {
            try await target.perform("share", ["with": .string(with), "days": .int(days)], done: "shared")
        }
    }

    /// `suture thread unshare`.
    struct Unshare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a thread to an outside partner again.",
            discussion: """
                It wins over a share that somebody gave at another office without knowing of it.

                Example: suture thread unshare TOW-4F7K --with dr-lee --as ana
                """)

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("The partner.", valueName: "staff"))
        var with: String

        func run() async throws {
            try await target.perform("unshare", ["with": .string(with)], done: "sharing taken back")
        }
    }
}
