import ArgumentParser
import Foundation
import PartitionSimulator
import Synchronization

/// `suture simulate explore`.
struct SimulateExplore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Run many seeds of a scenario.",
        discussion: """
            Each seed is run in a process of its own kind of worker, so that a crash is a finding and not the end. For a batch system, \
            give each job its shard, and put their summaries together with `suture simulate merge`:

              suture simulate explore Simulations/office-week-swarm.yaml --seeds 0..9999 --shard $SLURM_ARRAY_TASK_ID/16 --out shard-3

            Example: suture simulate explore Simulations/office-week-swarm.yaml --seeds 0..99 --out ./week
            """)

    @Argument(help: "The scenario.") var file: String
    @Option(help: ArgumentHelp("Which seeds.", valueName: "first..last")) var seeds = "0..99"
    @Option(help: ArgumentHelp("Only this part of them.", valueName: "part/parts")) var shard: String?
    @Option(help: "How many processes work at once. Default: one for each processor.") var jobs: Int?
    @Option(help: ArgumentHelp("Write the outcome into this folder, and up to ten failures with pictures.", valueName: "folder"))
    var out: String?
    @Option(name: .customLong("stop-after"), help: "End after so many failures.") var stopAfter: Int?
    @Option(help: ArgumentHelp("Begin no seed after this time.", valueName: "duration")) var limit: String?
    @Flag(help: "Require that every fault that can be injected was.") var covered = false
    @Flag(help: "Print the outcome as JSON.") var json = false
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false
    @Flag(help: .hidden) var worker = false

    func validate() throws {
        guard let range = SeedRange(seeds) else {
            throw ValidationError("--seeds: found '\(seeds)', expected first..last such as 0..999")
        }
        if let shard, range.shard(shard) == nil { throw ValidationError("--shard: found '\(shard)', expected part/parts such as 3/16") }
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs: found \(jobs), expected 1 to 256") }
        if let limit, SpanText.milliseconds(limit) == nil {
            throw ValidationError("--limit: found '\(limit)', expected a duration such as 10m")
        }
    }

    func run() async throws {
        let scenario = try ScenarioFile(file)
        if worker { return try SeedWorker.serve(scenario) }
        // Found now rather than by every worker.
        _ = try scenario.plan(seed: nil)
        guard let all = SeedRange(seeds), let range = shard.map({ all.shard($0) }) ?? all else { return }
        let began = ContinuousClock.now
        var exploration = try await explore(range, scenario)
        exploration.wallSeconds = began.duration(to: .now) / .seconds(1)
        try finish(exploration, scenario)
    }

    private func explore(_ range: SeedRange, _ scenario: ScenarioFile) async throws -> Exploration {
        let count = jobs ?? min(ProcessInfo.processInfo.activeProcessorCount, max(1, range.count))
        let deadline = limit.flatMap(SpanText.milliseconds).map { ContinuousClock.now.advanced(by: .milliseconds($0)) }
        let pool = SeedPool(
            range, name: scenario.scenario.name, deadline: deadline, stopAfter: stopAfter,
            meter: SimulationMeter(total: range.count, label: "seeds", noColor: noColor))
        let file = file
        await withTaskGroup { group in
            for _ in 0..<count {
                group.addTask { await BlockingThread.run { SeedProcess(file: file, pool: pool).work() } }
            }
        }
        return pool.finish()
    }

    private func finish(_ exploration: Exploration, _ scenario: ScenarioFile) throws {
        if let out {
            let folder = ExplorationFolder(out)
            try folder.write(exploration)
            for failure in exploration.failures.prefix(10) { try record(failure.seed, scenario, folder) }
        }
        if json {
            print(SimulationJSON.text(of: exploration))
        } else {
            print(ExplorationView(exploration: exploration, folder: out).text(in: .output(noColor: noColor)), terminator: "")
        }
        if exploration.verdict != .valid { throw ExitCode(exploration.verdict.status) }
        let missed = Fault.allCases.filter { $0.notYet == nil && exploration.coverage.count($0) == 0 }
        // An exploration that ran out of time says what it covered, and is no failure for what it did not come to.
        let wasWhole = exploration.summaries.count == (SeedRange(seeds).flatMap { all in shard.flatMap(all.shard) ?? all }?.count ?? 0)
        if covered && wasWhole && !missed.isEmpty {
            throw CommandFailure("not every fault was reached: \(missed.map(\.rawValue).joined(separator: ", ")): explore more seeds")
        }
    }

    /// Runs a failure again, with pictures.
    private func record(_ seed: UInt64, _ scenario: ScenarioFile, _ folder: ExplorationFolder) throws {
        let plan = try scenario.plan(seed: seed)
        var options = RunOptions()
        options.records = true
        options.reproduction = "suture simulate replay \(file) --seed \(seed)"
        let run = try SimulationRun(plan, options)
        run.run()
        if let record = run.record {
            try RunDirectory(folder.seed(seed)).write(record, summary: run.summary, plan: plan.yaml)
        }
    }
}

/// The seeds that are left, and what those that were run showed. Shared by the threads that feed workers.
final class SeedPool: Sendable {
    private struct State {
        var next = 0
        var exploration: Exploration
        var meter: SimulationMeter
    }

    private let range: SeedRange
    private let deadline: ContinuousClock.Instant?
    private let stopAfter: Int?
    private let state: Mutex<State>

    init(_ range: SeedRange, name: String, deadline: ContinuousClock.Instant?, stopAfter: Int?, meter: SimulationMeter) {
        self.range = range
        self.deadline = deadline
        self.stopAfter = stopAfter
        state = Mutex(State(exploration: Exploration(name: name), meter: meter))
    }

    /// The next seed to run; nil where none is left or there is no time.
    func take() -> UInt64? {
        state.withLock { state in
            if let deadline, ContinuousClock.now >= deadline { return nil }
            if let stopAfter, state.exploration.failures.count >= stopAfter { return nil }
            guard state.next < range.count else { return nil }
            defer { state.next += 1 }
            return range.seed(at: state.next)
        }
    }

    /// Takes what a seed showed.
    func put(_ summary: RunSummary) {
        state.withLock { state in
            state.exploration.add(summary)
            state.meter.update(state.exploration.summaries.count)
        }
    }

    /// Everything so far.
    func finish() -> Exploration {
        state.withLock { state in
            state.meter.finish()
            return state.exploration
        }
    }

    /// A summary for a seed whose run ended the worker.
    func crashed(_ seed: UInt64, _ file: String, _ how: String) {
        var summary = RunSummary(name: state.withLock { $0.exploration.name }, seed: seed)
        summary.verdict = .violated
        summary.violations = [Violation(.badInput, at: 0, "the program ended while it ran this seed: \(how)")]
        summary.reproduction = "suture simulate replay \(file) --seed \(seed)"
        put(summary)
    }
}
