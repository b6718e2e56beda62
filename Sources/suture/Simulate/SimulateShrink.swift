import ArgumentParser
import Foundation
import PartitionSimulator

/// `suture simulate shrink`.
struct SimulateShrink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink", abstract: "Cut a plan that violates something down to what is needed for that.",
        discussion: """
            Leaves out events, then nodes, then bad conditions and long times, as long as the same invariant is violated. What is left \
            is a plan of a few lines that a person can read, and a regression test to keep in Simulations/regressions/.

            Example: suture simulate shrink ./seed-17/plan.yaml --out ./seed-17/small.yaml
            """)

    @Argument(help: "The plan, or a scenario.") var file: String
    @Option(help: "Which seed of the scenario.") var seed: UInt64?
    @Option(help: ArgumentHelp("Where to write the smaller plan; standard output without.", valueName: "file")) var out: String?
    @Option(help: ArgumentHelp("How long to try.", valueName: "duration")) var limit = "2m"
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    func validate() throws {
        if SpanText.milliseconds(limit) == nil { throw ValidationError("--limit: found '\(limit)', expected a duration such as 2m") }
    }

    func run() async throws {
        let plan = try ScenarioFile(file).plan(seed: seed)
        let deadline = ContinuousClock.now.advanced(by: .milliseconds(SpanText.milliseconds(limit) ?? 120_000))
        let meter = SimulationMeter(total: plan.events.count, label: "events left out", noColor: noColor)
        let first = plan.events.count
        guard
            var shrinker = PlanShrinker(
                plan, while: { ContinuousClock.now < deadline }, progress: { meter.update(first - $0.events) })
        else { throw ScenarioFile.undecided("\(file) violates nothing with seed \(plan.seed): there is nothing to cut down") }
        shrinker.shrink()
        meter.finish()
        let small = shrinker.plan
        let words = "# \(shrinker.violation)\n"
        if let out {
            try Data((words + small.yaml).utf8).write(to: URL(fileURLWithPath: out))
        } else {
            print(words + small.yaml, terminator: "")
        }
        StandardError.write(
            "\(first) events to \(small.events.count), \(plan.nodes.count) nodes to \(small.nodes.count), in \(shrinker.runs) runs: "
                + "\(shrinker.violation)\n")
        throw ExitCode(1)
    }
}

/// `suture simulate report`.
struct SimulateReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Draw the pictures of a run or an exploration again.",
        discussion: "Example: suture simulate report ./two-claims")

    @Argument(help: "The folder that `run`, `replay`, `explore` or `live` wrote.") var folder: String

    func run() async throws {
        let exploration = URL(fileURLWithPath: folder).appendingPathComponent("exploration.json").path
        do {
            if FileManager.default.fileExists(atPath: exploration) {
                let read = try ExplorationFolder.read(exploration)
                try ExplorationFolder(folder).write(read)
            } else {
                try RunDirectory(folder).redraw()
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw ScenarioFile.undecided("\(error)")
        }
        print("drawn: open \(folder)/report.html")
    }
}

/// `suture simulate merge`.
struct SimulateMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put the parts of an exploration together.",
        discussion: """
            Each shard writes an exploration.json; this makes one of them all.

            Example: suture simulate merge shard-*/exploration.json --out ./all
            """)

    @Argument(help: "The parts: exploration.json files.") var parts: [String]
    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder")) var out: String
    @Flag(help: "Print the outcome as JSON.") var json = false
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    func run() async throws {
        var whole = try ExplorationFolder.read(parts[0])
        do { for part in parts.dropFirst() { try whole.merge(try ExplorationFolder.read(part)) } } catch let error as SimulationError {
            throw ScenarioFile.undecided(error.message)
        }
        try ExplorationFolder(out).write(whole)
        if json {
            print(SimulationJSON.text(of: whole))
        } else {
            print(ExplorationView(exploration: whole, folder: out).text(in: .output(noColor: noColor)), terminator: "")
        }
        if whole.verdict != .valid { throw ExitCode(whole.verdict.status) }
    }
}
