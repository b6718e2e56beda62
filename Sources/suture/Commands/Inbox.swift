import ArgumentParser
import NodeService

/// `suture inbox`.
struct Inbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a list of threads, in the order of work.",
        discussion: """
            Lists: needs-reply, mine, queues, unassigned, contested, review, overdue, waiting, snoozed, resolved, open, \
            conflicts, all, held, purged, shared. 'mine' and 'queues' are of the person named with --as, who sees of all lists \
            what their role may, with subjects; without --as subjects are left out.

            Example:
              suture inbox --list needs-reply --office towson
              suture inbox --list mine --as ana
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("Which list.", valueName: "list"))
    var list = "open"

    @Option(help: ArgumentHelp("Only threads of this office.", valueName: "key"))
    var office: String?

    @Option(help: ArgumentHelp("Only threads of this category.", valueName: "key"))
    var category: String?

    @Option(help: ArgumentHelp("Only threads of this patient.", valueName: "name or id"))
    var patient: String?

    @OptionGroup var actor: ActorOption

    @Option(help: ArgumentHelp("How many threads at most.", valueName: "count"))
    var limit = 50

    @Option(help: ArgumentHelp("Go on after a list that was cut off, with the cursor it gave.", valueName: "cursor"))
    var cursor: String?

    func run() async throws {
        let answer = try await node.ask(
            "inbox",
            [
                "list": .string(list), "office": .optional(office), "category": .optional(category),
                "patient": .optional(patient), "as": .optional(actor.staff), "limit": .int(limit),
                "cursor": .optional(cursor),
            ])
        node.show(answer) { InboxView(answer: answer, terminal: $0).text }
    }
}
