import ArgumentParser
import Causality
import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// `suture log`.
struct LogCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Check the log, or make the inbox anew from it.",
        discussion: """
            Both work on a running node, through its socket, and on one that is stopped.

            Example: suture log verify --data ./towson
            """,
        subcommands: [Verify.self, Rebuild.self])

    /// `suture log verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute every log's chain and check every signature.",
            discussion: "Ends with status 1 if anything is wrong.\n\nExample: suture log verify --data ./towson")

        @OptionGroup var node: NodeOptions
        @OptionGroup var passphrase: PassphraseOptions

        func run() async throws {
            let answer: JSONValue
            if let running = try await LogCommands.askIfRunning("log-verify", node) {
                answer = running
            } else {
                answer = try verifyStopped().json
            }
            node.show(answer) { Self.text(answer, $0) }
            if !answer.flag("sound") { throw ExitCode(1) }
        }

        private func verifyStopped() throws -> LogVerification {
            let (store, stopped) = try LogCommands.open(node.unlock(passphrase))
            let total = try store.reader.progress().reduce(0) { $0 + Int(clamping: $1.received.sequence) }
            var bar = ProgressBar("verifying", total: total, in: .error(noColor: node.noColor))
            let verification = try stopped.makeReader().verifyLogs { bar.update(Int(clamping: $0)) }
            bar.finish(total)
            try store.close()
            return verification
        }

        private static func text(_ answer: JSONValue, _ terminal: Terminal) -> String {
            var table = TextTable([
                .init("log of", widthMin: 8, isFlexible: true, priority: 4), .init("replica", widthMin: 16, priority: 1),
                .number("change sets", priority: 3), .number("signatures", priority: 2),
                .init("finding", widthMin: 12, isFlexible: true, priority: 5),
            ])
            for log in answer.list("logs") {
                let fault = log["fault"]?.string
                table.add([
                    .init(log["author"]?.string ?? "unknown", .accent), .init(log.text("replica"), .dim),
                    .init(Figures.grouped(log.number("changeSets"))), .init(Figures.grouped(log.number("signatures"))),
                    .init(fault ?? "sound", fault == nil ? .plain : .danger),
                ])
            }
            let verdict =
                answer.flag("sound")
                ? "every log is sound\n"
                : "the log is not what its authors wrote: stop the node, keep a copy of the folder, and join anew\n"
            return table.text(in: terminal) + verdict
        }
    }

    /// `suture log rebuild`.
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the inbox anew from the log.",
            discussion: """
                The log is not touched. Everything shown is computed again; a running node does nothing else meanwhile.

                Example: suture log rebuild --data ./towson
                """)

        @OptionGroup var node: NodeOptions
        @OptionGroup var passphrase: PassphraseOptions

        func run() async throws {
            let answer: JSONValue
            if let running = try await LogCommands.askIfRunning("log-rebuild", node) {
                answer = running
            } else {
                answer = try rebuildStopped()
            }
            node.show(answer) { _ in
                answer.flag("equal")
                    ? "rebuilt; everything shown is as it was\ndigest \(answer.text("after"))\n"
                    : """
                    rebuilt; what was shown before differed from the log and is mended
                    digest before \(answer.text("before"))
                    digest after  \(answer.text("after"))

                    """
            }
        }

        private func rebuildStopped() throws -> JSONValue {
            let (store, stopped) = try LogCommands.open(node.unlock(passphrase))
            let total = try store.reader.progress().reduce(0) { $0 + Int(clamping: $1.received.sequence) }
            var bar = ProgressBar("rebuilding", total: total, in: .error(noColor: node.noColor))
            let digests = try stopped.rebuild { bar.update(Int(clamping: $0)) }
            bar.finish(total)
            try store.close()
            return [
                "before": .string("\(digests.before)"), "after": .string("\(digests.after)"),
                "equal": .bool(digests.before == digests.after),
            ]
        }
    }

    /// What the running node answers; nil where none runs.
    static func askIfRunning(_ verb: String, _ node: NodeOptions) async throws -> JSONValue? {
        do {
            return try await node.ask(verb, timeout: .seconds(3600))
        } catch let error as NodeServiceError where error.code == .notRunning {
            return nil
        }
    }

    /// The node of a folder on which none runs.
    static func open(_ folder: DataFolder) throws -> (ReplicaStore, OfficeNode) {
        let identity = try folder.identity()
        let store = try folder.openStore()
        return (store, try OfficeNode(store: store, identity: identity, random: SystemRandomSource()))
    }
}
