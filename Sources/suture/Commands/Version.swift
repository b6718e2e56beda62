import ArgumentParser
import NodeService
import ReplicaStore

/// `suture version`.
struct Version: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the version of this program and of what it reads and writes.",
        discussion: "Example: suture version --json")

    /// The version of this program.
    static let text = "0.1.0"

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func run() async throws {
        let format = Int(ReplicaStore.formatVersion)
        let answer: JSONValue = ["version": .string(Self.text), "databaseFormat": .int(format)]
        print(json ? answer.pretty : "suture \(Self.text), database format \(format)")
    }
}
