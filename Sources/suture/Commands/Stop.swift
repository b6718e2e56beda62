import ArgumentParser
import NodeService

/// `suture stop`.
struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the running node.",
        discussion: "Example: suture stop --data ./towson")

    @OptionGroup var node: NodeOptions

    func run() async throws {
        let answer = try await node.ask("stop")
        node.show(answer) { _ in "the node is stopping\n" }
    }
}
