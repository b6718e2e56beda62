import ArgumentParser
import NodeService

extension Threads {
    /// `suture thread show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a thread with its history.",
            discussion: """
                What was said is shown as far as the person named with --as may read it, which is recorded. Without --as everything \
                else is shown.

                Example: suture thread show TOW-4F7K --as ana
                """)

        @Argument(help: "The thread: its code, such as TOW-4F7K, or its id.")
        var thread: String

        @OptionGroup var actor: ActorOption

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("thread-show", ["thread": .string(thread), "as": .optional(actor.staff)])
            node.show(answer) { ThreadView(thread: answer, now: WallClock.now(), terminal: $0).text }
        }
    }

    /// `suture thread open`.
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin a thread.",
            discussion: """
                Without --as the patient wrote it. With --as a member of staff enters what the patient said, or, with \
                --direction outbound, writes to the patient.

                Example:
                  suture thread open "Maria Lopez" --office towson --category post-op --subject "Swelling" \\
                    "The swelling has reached the neck."
                """)

        @Argument(help: "The patient: a name that only one has, or the id.")
        var patient: String

        @Argument(help: "The first message, or - for standard input.")
        var text: String

        @Option(help: ArgumentHelp("The office it concerns.", valueName: "key"))
        var office: String

        @Option(help: ArgumentHelp("What kind of matter.", valueName: "key"))
        var category: String

        @Option(help: ArgumentHelp("What it is about.", valueName: "text"))
        var subject: String

        @Option(help: ArgumentHelp("How the message travelled: portal, sms, email, phone, desk.", valueName: "channel"))
        var channel = "portal"

        @Option(help: ArgumentHelp("inbound or outbound.", valueName: "way"))
        var direction = "inbound"

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "thread-open",
                [
                    "patient": .string(patient), "text": .string(try MessageText.read(text)), "office": .string(office),
                    "category": .string(category), "subject": .string(subject), "channel": .string(channel),
                    "direction": .string(direction), "as": .optional(actor.staff),
                ])
            node.show(answer) { ThreadOutcome(answer: answer, done: "opened").line(in: $0) }
        }
    }

    /// `suture thread message`.
    struct Message: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter a message from the patient.",
            discussion: "Example: suture thread message TOW-4F7K \"She called: the fever is down.\" --channel phone --as ana")

        @OptionGroup var target: Target

        @Argument(help: "What the patient said, or - for standard input.")
        var text: String

        @Option(help: ArgumentHelp("How it travelled: portal, sms, email, phone, desk.", valueName: "channel"))
        var channel = "portal"

        func run() async throws {
            let text = try MessageText.read(text)
            try await target.perform(
                "thread-message", ["text": .string(text), "channel": .string(channel)], done: "message entered")
        }
    }

    /// `suture thread reply`.
    struct Reply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer the patient.",
            discussion: """
                Held, and kept as a draft, if something happened that --shown does not cover; --override sends it all the same.

                Example: suture thread reply TOW-4F7K "We will call you at noon." --as ana
                """)

        @OptionGroup var target: Target

        @Argument(help: "The answer, or - for standard input.")
        var text: String

        @Option(help: ArgumentHelp("How it travels: portal, sms, email, phone, desk.", valueName: "channel"))
        var channel = "portal"

        @Flag(help: "Send it although something happened since the page was shown.")
        var override = false

        func run() async throws {
            let text = try MessageText.read(text)
            try await target.perform(
                "reply", ["text": .string(text), "channel": .string(channel), "override": .bool(override)],
                done: "answered")
        }
    }

    /// `suture thread note`.
    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an internal note, which patients never see.",
            discussion: "Example: suture thread note TOW-4F7K \"Called twice, no answer.\" --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The note, or - for standard input.")
        var text: String

        func run() async throws {
            try await target.perform("note", ["text": .string(try MessageText.read(text))], done: "note written")
        }
    }

    /// `suture thread correct`.
    struct Correct: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Correct a message or note, or redact it.",
            discussion: """
                The original stays in the record. The id of a message stands in `suture thread show --json`.

                Example: suture thread correct TOW-4F7K 0199A... "We will call you at one." --as ana
                """)

        @OptionGroup var target: Target

        @Argument(help: "The id of the message or note.")
        var message: String

        @Argument(help: "The new text, or - for standard input; left out with --redact.")
        var text: String?

        @Flag(help: "Show nothing in its place.")
        var redact = false

        func validate() throws {
            if redact == (text != nil) { throw ValidationError("give the new text, or --redact") }
        }

        func run() async throws {
            let text = try text.map { argument throws in try MessageText.read(argument) }
            try await target.perform(
                "correct", ["message": .string(message), "text": .optional(text)],
                done: redact ? "redacted" : "corrected")
        }
    }

    /// `suture thread draft`.
    struct Draft: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep an unfinished reply, or discard it.",
            discussion: "Example: suture thread draft TOW-4F7K \"Dear Ms. Lopez,\" --as ana")

        @OptionGroup var target: Target

        @Argument(help: "The draft, or - for standard input; without it the draft is discarded.")
        var text: String?

        func run() async throws {
            let text = try text.map { argument throws in try MessageText.read(argument) }
            try await target.perform(
                "draft", ["text": .optional(text)], done: text == nil ? "draft discarded" : "draft kept")
        }
    }

    /// `suture thread read`.
    struct Read: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that a person has seen the thread.",
            discussion: "Example: suture thread read TOW-4F7K --as ana")

        @OptionGroup var target: Target

        func run() async throws { try await target.perform("read", done: "marked as read") }
    }

    /// `suture thread fetch`.
    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Get back what was said in a thread and is not held on this laptop.",
            discussion: """
                A laptop whose configuration says `laptop: holds:` lets go of what was said in threads that ended long ago; the offices \
                hold it. What is fetched stays for as long as the configuration says.

                Example: suture thread fetch TOW-4F7K --as oncall
                """)

        @Argument(help: "The thread: its code, such as TOW-4F7K, or its id.")
        var thread: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("fetch", ["thread": .string(thread), "as": .optional(actor.staff)])
            node.show(answer) { terminal in
                let code = Style.accent.applied(to: answer.text("code"), in: terminal)
                let missing = answer.number("missing")
                if missing == 0 { return "\(code) everything is held here\n" }
                return "\(code) asked an office for \(missing) \(missing == 1 ? "text" : "texts"); look again in a moment\n"
            }
        }
    }
}
