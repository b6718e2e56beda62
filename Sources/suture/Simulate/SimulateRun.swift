import ArgumentParser
import Foundation
import PartitionSimulator

/// `suture simulate run`.
struct SimulateRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one scenario and check everything.",
        discussion: """
            Example: suture simulate run Simulations/two-claims.yaml --out ./two-claims --doublecheck
            """)

    @Argument(help: "The scenarios, or plans of runs.") var files: [String]
    @Option(help: "Draw from this seed instead of the file's.") var seed: UInt64?
    @OptionGroup var output: RunOutput
    @Flag(help: "Run twice and compare the traces.") var doublecheck = false
    @Flag(help: "Print nothing but each scenario's name and the hash of its trace, to compare builds.") var traces = false

    func validate() throws {
        if files.count > 1 && (output.out != nil || output.json) {
            throw ValidationError("--out and --json go with one scenario; \(files.count) were named")
        }
    }

    func run() async throws {
        if files.count == 1 && !traces { return try output.run(try plan(files[0]), again: again(files[0]), doublecheck: doublecheck) }
        var worst = RunSummary.Verdict.valid
        for file in files {
            let summary = try output.checked(try plan(file), again: again(file), doublecheck: doublecheck)
            print(traces ? "\(summary.name) \(summary.trace)" : line(summary))
            if summary.verdict == .violated || worst == .valid { worst = summary.verdict }
        }
        if worst != .valid { throw ExitCode(worst.status) }
    }

    private func plan(_ file: String) throws -> Scenario { try ScenarioFile(file).plan(seed: seed) }

    private func again(_ file: String) -> String {
        "suture simulate run \(file)" + (seed.map { " --seed \($0)" } ?? "")
    }

    /// A run in one line; all of it where something is wrong.
    private func line(_ summary: RunSummary) -> String {
        let view = RunView(summary: summary).text(in: .output(noColor: output.noColor))
        let lines = view.split(separator: "\n", omittingEmptySubsequences: true)
        return summary.verdict == .valid ? String(lines[0]) : lines.joined(separator: "\n")
    }
}

/// `suture simulate replay`.
struct SimulateReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run a seed or a plan again, to its end or to a moment.",
        discussion: """
            A plan holds everything that was drawn, so it runs the same without the scenario it came from.

              suture simulate replay Simulations/office-week-swarm.yaml --seed 17
              suture simulate replay --plan ./seed-17/plan.yaml --until 1h20m --out ./closer
            """)

    @Argument(help: "The scenario; not with --plan.") var file: String?
    @Option(help: "Which seed of the scenario.") var seed: UInt64?
    @Option(help: ArgumentHelp("The plan to run.", valueName: "file")) var plan: String?
    @Option(help: ArgumentHelp("End the story there, such as 1h20m; nothing is expected of it then.", valueName: "time"))
    var until: String?
    @OptionGroup var output: RunOutput

    func validate() throws {
        guard (file == nil) != (plan == nil) else { throw ValidationError("Name a scenario, or a plan with --plan; not both.") }
        if plan != nil && seed != nil { throw ValidationError("--seed: a plan has its seed in it; it goes with a scenario.") }
        if let until, SpanText.milliseconds(until) == nil {
            throw ValidationError("--until: found '\(until)', expected a time after the start such as 1h20m")
        }
    }

    func run() async throws {
        let path = file ?? plan ?? ""
        let drawn = try ScenarioFile(path).plan(seed: seed)
        let again = plan.map { "suture simulate replay --plan \($0)" } ?? "suture simulate replay \(path) --seed \(drawn.seed)"
        try output.run(drawn, again: again, until: until.flatMap(SpanText.milliseconds))
    }
}

/// Where the outcome of one run goes.
struct RunOutput: ParsableArguments {
    @Option(help: ArgumentHelp("Write what happened into this folder, with pictures.", valueName: "folder")) var out: String?
    @Flag(help: "Print the summary as JSON.") var json = false
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    /// Runs a plan, shows what came of it, and ends with its verdict's status.
    func run(_ plan: Scenario, again: String, until: Int64? = nil, doublecheck: Bool = false) throws {
        let summary = try checked(plan, again: again, until: until, doublecheck: doublecheck)
        show(summary)
        if doublecheck && summary.verdict == .valid && !json { print("  a second run had the same trace") }
        if summary.verdict != .valid { throw ExitCode(summary.verdict.status) }
    }

    /// Runs a plan, once or twice.
    func checked(_ plan: Scenario, again: String, until: Int64? = nil, doublecheck: Bool) throws -> RunSummary {
        var summary = try carryOut(plan, again: again, until: until)
        guard doublecheck else { return summary }
        let second = try carryOut(plan, again: again, until: until, isSilent: true)
        if second.trace != summary.trace {
            summary.verdict = .violated
            summary.violations.append(
                Violation(nil, at: 0, "a second run had another trace, \(second.trace): the simulation is not deterministic"))
        }
        return summary
    }

    private func carryOut(_ plan: Scenario, again: String, until: Int64?, isSilent: Bool = false) throws -> RunSummary {
        var options = RunOptions()
        options.records = out != nil && !isSilent
        options.until = until
        options.reproduction = again
        let meter = SimulationMeter(total: Int(clamping: min(until ?? .max, plan.duration) / 60_000), noColor: noColor)
        options.progress = { meter.update(Int($0 / 60_000)) }
        let run: SimulationRun
        do { run = try SimulationRun(plan, options) } catch { throw ScenarioFile.undecided("\(error)") }
        run.run()
        meter.finish()
        if let out, let record = run.record {
            try RunDirectory(out).write(record, summary: run.summary, plan: plan.yaml)
            if !json { print("written to \(out): open \(out)/report.html") }
        }
        return run.summary
    }

    /// Shows a run's outcome.
    func show(_ summary: RunSummary) {
        if json {
            print(SimulationJSON.text(of: summary))
        } else {
            print(RunView(summary: summary).text(in: .output(noColor: noColor)), terminator: "")
        }
    }
}

/// A progress bar that a run can report to from wherever it goes on.
final class SimulationMeter: @unchecked Sendable {
    // Used by the one thread that runs the simulation.
    private var bar: ProgressBar
    private var last = 0

    init(total: Int, label: String = "minutes", noColor: Bool) {
        bar = ProgressBar(label, total: total, in: .error(noColor: noColor))
    }

    func update(_ count: Int) {
        last = max(last, count)
        bar.update(last)
    }

    func finish() { bar.finish(last) }
}

/// Outcomes as JSON.
enum SimulationJSON {
    /// On many lines with sorted keys, or on one.
    static func text(of value: some Encodable, isOneLine: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        // These values hold nothing that JSON cannot: an error here would be a mistake in this program.
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
