import ArgumentParser
import NodeService

/// `suture status`.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the running node and its peers stand.",
        discussion: """
            Peers with their links and what either side lacks, the logs, threads on which people acted while apart, and what \
            is held back. With --digest also the digest of everything the node shows: nodes that hold the same change sets \
            have the same one.

            Example: suture status --data ./towson --digest
            """)

    @OptionGroup var node: NodeOptions

    @Flag(help: "Also compute the digest of everything the node shows.")
    var digest = false

    func run() async throws {
        var answer = try await node.ask("status")
        if digest, case .object(var members) = answer {
            members["digest"] = try await node.ask("digest", timeout: .seconds(600))["digest"]
            answer = .object(members)
        }
        node.show(answer) { StatusView(answer: answer, terminal: $0).text }
    }
}
