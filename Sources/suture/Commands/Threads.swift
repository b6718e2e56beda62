import ArgumentParser
import NodeService

/// `suture thread`.
struct Threads: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thread", abstract: "Show a thread, or do something to it.",
        discussion: """
            A thread is named by its code, such as TOW-4F7K, or its id. Whoever acts is named with --as. What was done is \
            answered with a clock; given back with --shown, the next command counts as made by somebody who saw that and \
            nothing since. Without --shown it counts as made by somebody who sees what the node shows now.

            Example:
              suture thread show TOW-4F7K --as ana
              suture thread claim TOW-4F7K --as ana
              suture thread reply TOW-4F7K "We will call you at noon." --as ana
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Reading and writing",
                subcommands: [
                    Show.self, Open.self, Message.self, Reply.self, Note.self, Correct.self, Draft.self, Read.self,
                    Fetch.self,
                ]),
            CommandGroup(
                name: "Who is accountable",
                subcommands: [
                    Claim.self, Release.self, HandOff.self, Accept.self, Decline.self, Assign.self, Escalate.self,
                    Acknowledge.self, Settle.self, Share.self, Unshare.self,
                ]),
            CommandGroup(
                name: "Filing",
                subcommands: [
                    Category.self, SetPriority.self, Review.self, Tag.self, Untag.self, Due.self, Snooze.self, Move.self,
                    Language.self, Merge.self, Split.self,
                ]),
            CommandGroup(name: "Ending", subcommands: [Resolve.self, Reopen.self, Purge.self]),
        ])

    /// What every command on a thread is told.
    struct Target: ParsableArguments {
        @Argument(help: "The thread: its code, such as TOW-4F7K, or its id.")
        var thread: String

        @OptionGroup var actor: ActorOption

        @Option(help: ArgumentHelp("The clock of what the person saw, from an earlier answer.", valueName: "clock"))
        var shown: String?

        @OptionGroup var node: NodeOptions

        /// Carries out `verb` on the thread and prints what came of it.
        func perform(_ verb: String, _ arguments: [String: JSONValue] = [:], done: String) async throws {
            var all = arguments
            all["thread"] = .string(thread)
            all["as"] = .optional(actor.staff)
            all["shown"] = .optional(shown)
            let answer = try await node.ask(verb, all)
            node.show(answer) { ThreadOutcome(answer: answer, done: done).line(in: $0) }
        }
    }
}

/// What a command did to a thread, in one line.
struct ThreadOutcome {
    let answer: JSONValue
    /// What was done, as in "claimed".
    let done: String

    func line(in terminal: Terminal) -> String {
        let code = Style.accent.applied(to: answer.text("code"), in: terminal)
        var parts = ["owner \(answer.text("owner"))", ThreadWords.plain(answer.text("status"))]
        parts += answer.texts("flags").map(ThreadWords.plain)
        var verdict = answer.flag("changed") ? done : "nothing had to change"
        if let into = answer["intoCode"]?.string { verdict += " in \(into)" }
        return "\(code) \(PrintableText.oneLine("\(verdict); \(parts.joined(separator: ", "))"))\n"
    }
}
