import ArgumentParser
import NodeService

/// `suture counters`.
struct Counters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the running node has moved and used.",
        discussion: "Network, longest turn, memory and database.\n\nExample: suture counters --json")

    @OptionGroup var node: NodeOptions

    func run() async throws {
        let answer = try await node.ask("counters")
        node.show(answer) { terminal in
            let transport = answer["transport"] ?? .null
            let database = answer["database"] ?? .null
            var table = TextTable([.init("what", isFlexible: true), .number("how much")])
            func add(_ name: String, _ value: String) { table.add([.init(name), .init(value)]) }
            add("frames received", Figures.grouped(transport.number("framesIn")))
            add("bytes received", Figures.bytes(transport.number("bytesIn")))
            add("frames sent", Figures.grouped(transport.number("framesOut")))
            add("bytes sent", Figures.bytes(transport.number("bytesOut")))
            add("frames dropped", Figures.grouped(transport.number("framesDropped")))
            add("connections and frames refused", Figures.grouped(transport.number("refused")))
            add("longest turn", DurationText.of(.milliseconds(answer["longestTurnMilliseconds"]?.double ?? 0)))
            add("memory at its peak", Figures.bytes(answer.number("memoryPeakBytes")))
            add("database", Figures.bytes(database.number("bytes")))
            add("threads", Figures.grouped(database.number("threads")))
            add("messages", Figures.grouped(database.number("messages")))
            add("patients", Figures.grouped(database.number("patients")))
            add("change sets held", Figures.grouped(database.number("changeSets")))
            add("change sets merged", Figures.grouped(database.number("changeSetsMerged")))
            add("changes not understood", Figures.grouped(database.number("unknownChanges")))
            return table.text(in: terminal)
        }
    }
}
