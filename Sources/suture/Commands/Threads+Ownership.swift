import ArgumentParser
import NodeService

extension Threads {
    /// `suture thread claim`.
    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the thread. On a contested one this settles it.",
            discussion: "Example: suture thread claim TOW-4F7K --as ana")

        @OptionGroup var target: Target

        func run() async throws { try await target.perform("claim", done: "claimed") }
    }

    /// `suture thread release`.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the thread back to a queue.",
            discussion: "Example: suture thread release TOW-4F7K --to towson-desk --as ana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Which queue; the one it came from without it.", valueName: "queue"))
        var to: String?

        func run() async throws { try await target.perform("release", ["to": .optional(to)], done: "released") }
    }

    /// `suture thread handoff`.
    struct HandOff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "handoff", abstract: "Ask somebody to take the thread; the owner stays accountable until they do.",
            discussion: "Example: suture thread handoff TOW-4F7K --to bo --note \"Prefers Bel Air\" --as ana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Who: the key of a member of staff or a queue.", valueName: "staff or queue"))
        var to: String

        @Option(help: ArgumentHelp("A note for them.", valueName: "text"))
        var note: String?

        func run() async throws {
            try await target.perform("handoff", ["to": .string(to), "note": .optional(note)], done: "offered to \(to)")
        }
    }

    /// `suture thread accept`.
    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a thread that was handed off.", discussion: "Example: suture thread accept TOW-4F7K --as bo")

        @OptionGroup var target: Target

        func run() async throws { try await target.perform("accept", done: "accepted") }
    }

    /// `suture thread decline`.
    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Do not take a thread that was handed off.",
            discussion: "Example: suture thread decline TOW-4F7K --note \"Off today\" --as bo")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Why.", valueName: "text"))
        var note: String?

        func run() async throws { try await target.perform("decline", ["note": .optional(note)], done: "declined") }
    }

    /// `suture thread assign`.
    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the thread to somebody, as a supervisor. On a contested one this settles it.",
            discussion: "Example: suture thread assign TOW-4F7K --to bo --as dana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Who: the key of a member of staff or a queue.", valueName: "staff or queue"))
        var to: String

        @Option(help: ArgumentHelp("A note for them.", valueName: "text"))
        var note: String?

        func run() async throws {
            try await target.perform("assign", ["to": .string(to), "note": .optional(note)], done: "assigned to \(to)")
        }
    }

    /// `suture thread escalate`.
    struct Escalate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Raise the thread on the escalation ladder.",
            discussion: "Example: suture thread escalate TOW-4F7K --level 2 --note \"No answer for an hour\" --as ana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("The level, from 1.", valueName: "level"))
        var level = 1

        @Option(help: ArgumentHelp("Why.", valueName: "text"))
        var note: String?

        func run() async throws {
            try await target.perform(
                "escalate", ["level": .int(level), "note": .optional(note)], done: "escalated to level \(level)")
        }
    }

    /// `suture thread acknowledge`.
    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a person has seen the escalation.",
            discussion: "Example: suture thread acknowledge TOW-4F7K --as osei")

        @OptionGroup var target: Target

        func run() async throws { try await target.perform("acknowledge", done: "escalation acknowledged") }
    }

    /// `suture thread settle`.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Settle what people did to the thread while apart.",
            discussion: """
                A contested thread goes to --to (a supervisor's decision), or to whoever settles it. One filed twice is filed \
                as --category, or as it is shown. One answered twice is marked as seen.

                Example: suture thread settle TOW-4F7K --to ana --as dana
                """)

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Who it goes to: the key of a member of staff or a queue.", valueName: "staff or queue"))
        var to: String?

        @Option(help: ArgumentHelp("What it is filed as.", valueName: "key"))
        var category: String?

        @Option(help: ArgumentHelp("A note on the decision.", valueName: "text"))
        var note: String?

        func run() async throws {
            try await target.perform(
                "settle", ["to": .optional(to), "category": .optional(category), "note": .optional(note)], done: "settled")
        }
    }
}
