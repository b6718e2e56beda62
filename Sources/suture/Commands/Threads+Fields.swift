import ArgumentParser
import NodeService

extension Threads {
    /// `suture thread category`.
    struct Category: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "File the thread under a category.",
            discussion: "Example: suture thread category TOW-4F7K post-op --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The category's key.")
        var category: String

        func run() async throws {
            try await target.perform("category", ["category": .string(category)], done: "filed as \(category)")
        }
    }

    /// `suture thread priority`.
    struct SetPriority: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "priority", abstract: "Set how pressing the thread is.",
            discussion: "Example: suture thread priority TOW-4F7K urgent --as ana")

        @OptionGroup var target: Target

        @Argument(help: "low, normal, high or urgent.")
        var priority: String

        func run() async throws {
            try await target.perform("priority", ["priority": .string(priority)], done: "priority \(priority)")
        }
    }

    /// `suture thread review`.
    struct Review: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Flag the thread for clinical review, or clear the flag.",
            discussion: """
                Example:
                  suture thread review TOW-4F7K --as ana
                  suture thread review TOW-4F7K --clear --as marsh
                """)

        @OptionGroup var target: Target

        @Flag(help: "Take the flag off.")
        var clear = false

        func run() async throws {
            try await target.perform(
                "review", ["review": .bool(!clear)], done: clear ? "clinical review cleared" : "flagged for clinical review")
        }
    }

    /// `suture thread tag`.
    struct Tag: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a label.", discussion: "Example: suture thread tag TOW-4F7K implant --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The label.")
        var tag: String

        func run() async throws { try await target.perform("tag", ["tag": .string(tag)], done: "tagged") }
    }

    /// `suture thread untag`.
    struct Untag: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a label off.", discussion: "Example: suture thread untag TOW-4F7K implant --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The label.")
        var tag: String

        func run() async throws { try await target.perform("untag", ["tag": .string(tag)], done: "label taken off") }
    }

    /// `suture thread due`.
    struct Due: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set when a reply is due.",
            discussion: """
                Example:
                  suture thread due TOW-4F7K 4h --as ana
                  suture thread due TOW-4F7K 2026-11-24T17:00 --as ana
                  suture thread due TOW-4F7K never --as ana
                """)

        @OptionGroup var target: Target

        @Argument(help: "45m, 4h or 3d from now, a local date and time, or never.")
        var when: MomentArgument

        func run() async throws {
            let moment = when.moment(now: WallClock.now())
            try await target.perform("due", ["due": moment.map { .int(Int($0)) } ?? .null], done: "due date set")
        }
    }

    /// `suture thread snooze`.
    struct Snooze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hide the thread from the daily list for a time; a message from the patient wakes it.",
            discussion: """
                Example:
                  suture thread snooze TOW-4F7K 2h --as ana
                  suture thread snooze TOW-4F7K never --as ana    wakes it
                """)

        @OptionGroup var target: Target

        @Argument(help: "45m, 4h or 3d from now, a local date and time, or never.")
        var until: MomentArgument

        func run() async throws {
            let moment = until.moment(now: WallClock.now())
            try await target.perform(
                "snooze", ["until": moment.map { .int(Int($0)) } ?? .null], done: moment == nil ? "woken" : "snoozed")
        }
    }

    /// `suture thread move`.
    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move the thread to another office.",
            discussion: "Example: suture thread move TOW-4F7K belair --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The office's key.")
        var office: String

        func run() async throws { try await target.perform("move", ["office": .string(office)], done: "moved to \(office)") }
    }

    /// `suture thread language`.
    struct Language: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the language to answer in.", discussion: "Example: suture thread language TOW-4F7K es --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The language, such as en or es.")
        var language: String

        func run() async throws {
            try await target.perform("language", ["language": .string(language)], done: "language \(language)")
        }
    }

    /// `suture thread merge`.
    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the thread go on in another one, or take that back.",
            discussion: "Example: suture thread merge TOW-4F7K --into TOW-9C2D --as ana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("The thread it goes on in; without it a merge is taken back.", valueName: "code"))
        var into: String?

        func run() async throws {
            try await target.perform("merge", ["into": .optional(into)], done: into == nil ? "merge taken back" : "merged")
        }
    }

    /// `suture thread resolve`.
    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the matter.",
            discussion: """
                Whether the patient was told is always said: told, told-otherwise, not-needed, not-reached.

                Example: suture thread resolve TOW-4F7K --outcome appointment-booked --told told --as ana
                """)

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("A short outcome, such as answered.", valueName: "outcome"))
        var outcome: String

        @Option(help: ArgumentHelp("Whether the patient was told.", valueName: "how"))
        var told: String

        @Option(help: ArgumentHelp("More about it, for staff.", valueName: "text"))
        var note: String?

        func run() async throws {
            try await target.perform(
                "resolve", ["outcome": .string(outcome), "told": .string(told), "note": .optional(note)], done: "resolved")
        }
    }

    /// `suture thread reopen`.
    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open the matter again.",
            discussion: "Example: suture thread reopen TOW-4F7K --note \"Fever\" --as ana")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("Why.", valueName: "text"))
        var note: String?

        func run() async throws { try await target.perform("reopen", ["note": .optional(note)], done: "reopened") }
    }
}
