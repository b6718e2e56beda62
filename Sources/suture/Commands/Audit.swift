import ArgumentParser
import NodeService
import OfficeNode
import ReplicaStore

/// `suture audit`.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who signed in, read, wrote and was refused, and whether the record is whole.",
        discussion: "Example: suture audit --who ana --data ./towson", subcommands: [List.self, Verify.self], defaultSubcommand: List.self)

    /// `suture audit list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the audit, the latest first.",
            discussion: "Example: suture audit list --who ana --limit 20 --data ./towson")

        @Option(help: ArgumentHelp("Only what this person did.", valueName: "staff"))
        var who: String?

        @Option(help: ArgumentHelp("Only what was about this patient.", valueName: "patient"))
        var patient: String?

        @Option(help: ArgumentHelp("Only what was about this thread.", valueName: "thread"))
        var thread: String?

        @Flag(help: "Only what was refused or failed.")
        var trouble = false

        @Option(help: ArgumentHelp("How many lines.", valueName: "number"))
        var limit = 50

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "audit",
                [
                    "who": .optional(who), "patient": .optional(patient), "thread": .optional(thread), "trouble": .bool(trouble),
                    "limit": .int(limit),
                ])
            node.show(answer) { terminal in
                var table = TextTable([
                    .init("when", widthMin: 12, priority: 5), .init("who", widthMin: 8, isFlexible: true, priority: 5),
                    .init("what", widthMin: 10, isFlexible: true, priority: 5), .init("outcome", widthMin: 4, priority: 4),
                    .init("where", widthMin: 6, priority: 3), .init("change set", widthMin: 10, priority: 1),
                ])
                for line in answer.list("lines") {
                    let detail = line.text("detail")
                    let outcome = line.text("outcome")
                    table.add([
                        .init(RelativeTime.of(Int64(line.number("at")), now: WallClock.now()), .dim),
                        .init(PrintableText.oneLine(line.text("who"))),
                        .init(Self.words(line.text("action")) + (detail.isEmpty ? "" : ": " + PrintableText.oneLine(detail))),
                        .init(outcome, outcome == "done" ? .plain : .danger), .init(line.text("member"), .accent),
                        .init(line.text("changeSet"), .dim),
                    ])
                }
                return table.text(in: terminal)
            }
        }

        /// `readThread` as people say it.
        private static func words(_ action: String) -> String {
            action.map { $0.isUppercase ? " \($0.lowercased())" : String($0) }.joined()
        }
    }

    /// `suture audit verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute the audit: every log's chain and signatures, and who else signed to hold how much of it.",
            discussion: """
                Works on a running node, and on one that is stopped. Ends with status 1 if anything is wrong.

                Example: suture audit verify --data ./towson
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var passphrase: PassphraseOptions

        func run() async throws {
            let answer: JSONValue
            if let running = try await LogCommands.askIfRunning("audit-verify", node) {
                answer = running
            } else {
                let (store, stopped) = try LogCommands.open(node.unlock(passphrase))
                answer = try AuditVerification(stopped.makeReader()).json
                try store.close()
            }
            node.show(answer) { Self.text(answer, $0) }
            if !answer.flag("sound") { throw ExitCode(1) }
        }

        private static func text(_ answer: JSONValue, _ terminal: Terminal) -> String {
            var table = TextTable([
                .init("log of", widthMin: 8, isFlexible: true, priority: 4), .number("change sets", priority: 3),
                .init("others signed to hold", widthMin: 12, isFlexible: true, priority: 4),
                .init("finding", widthMin: 12, isFlexible: true, priority: 5),
            ])
            for log in answer.list("logs") {
                let fault = log["fault"]?.string
                let witnesses = log.list("witnesses").map { "\($0.text("member")) \(Figures.grouped($0.number("changeSets")))" }
                table.add([
                    .init(log["author"]?.string ?? "unknown", .accent), .init(Figures.grouped(log.number("changeSets"))),
                    .init(witnesses.isEmpty ? "nobody yet" : witnesses.joined(separator: ", ")),
                    .init(fault ?? "sound", fault == nil ? .plain : .danger),
                ])
            }
            let verdict =
                answer.flag("sound")
                ? "the record is whole\n"
                : "the record is not what its authors wrote: stop the node, keep a copy of the folder, and join anew\n"
            return table.text(in: terminal) + verdict
        }
    }
}
