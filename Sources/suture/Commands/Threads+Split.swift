import ArgumentParser
import NodeService

extension Threads {
    /// `suture thread split`.
    struct Split: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let messages that are about another matter go on in another thread.",
            discussion: """
                What the patient wrote is copied there and waits there for its answer; both threads say so. The other thread is a new \
                one, of a category and about a subject, or one that the patient has already (--into). `suture thread show --json` gives \
                the ids of messages.

                Example: suture thread split TOW-4F7K --message 0192f1c2a7d4b8e1c3f5a9d2e4b6c8f0 --category billing \\
                    --subject "The invoice of May" --as ana
                """)

        @OptionGroup var target: Target

        @Option(name: .customLong("message"), help: ArgumentHelp("A message of the patient; may be given several times.", valueName: "id"))
        var messages: [String]

        @Option(help: ArgumentHelp("A thread of the same patient that they go on in.", valueName: "code"))
        var into: String?

        @Option(help: ArgumentHelp("The category of a new thread.", valueName: "key"))
        var category: String?

        @Option(help: ArgumentHelp("The office of a new thread; without it that of the thread they come from.", valueName: "key"))
        var office: String?

        @Option(help: ArgumentHelp("What a new thread is about.", valueName: "text"))
        var subject: String?

        func validate() throws {
            if (into == nil) == (category == nil) { throw ValidationError("say where they go on: --into, or --category and --subject") }
            if category != nil && subject == nil { throw ValidationError("a new thread needs --subject") }
            if messages.isEmpty { throw ValidationError("choose messages with --message") }
        }

        func run() async throws {
            try await target.perform(
                "split",
                [
                    "messages": .array(messages.map { .string($0) }), "into": .optional(into), "category": .optional(category),
                    "office": .optional(office), "subject": .optional(subject),
                ], done: messages.count == 1 ? "the message goes on elsewhere" : "\(messages.count) messages go on elsewhere")
        }
    }
}
