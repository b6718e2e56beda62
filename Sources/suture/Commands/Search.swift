import ArgumentParser
import NodeService

/// `suture search`.
struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find threads by what was said in them.",
        discussion: """
            All words must occur; the last may be the beginning of one. Case and accents do not matter.

            Found is what the person named with --as may read, and the search is recorded.

            Example: suture search swelling neck --as ana
            """)

    @Argument(help: "The words to look for.")
    var words: [String]

    @OptionGroup var actor: ActorOption

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
    var limit = 50

    func run() async throws {
        let answer = try await node.ask(
            "search", ["text": .string(words.joined(separator: " ")), "limit": .int(limit), "as": .optional(actor.staff)])
        node.show(answer) { terminal in
            let hits = answer.list("hits")
            if hits.isEmpty { return "nothing found\n" }
            var table = TextTable([
                .init("code", widthMin: 8, priority: 5), .init("when", widthMin: 16, priority: 3),
                .init("patient", widthMin: 10, widthMax: 24, isFlexible: true, priority: 2),
                .init("subject", widthMin: 12, widthMax: 32, isFlexible: true, priority: 1),
                .init("text", widthMin: 20, isFlexible: true, priority: 4),
            ])
            for hit in hits {
                table.add([
                    .init(hit.text("code"), .accent), .init(hit.moment("at").map { RelativeTime.minute(of: $0) } ?? ""),
                    .init(hit.text("patient")), .init(hit.text("subject")), .init(hit.text("text")),
                ])
            }
            return table.text(in: terminal)
        }
    }
}
