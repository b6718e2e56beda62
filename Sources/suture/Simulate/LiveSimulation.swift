import ArgumentParser
import Foundation
import NodeService
import PartitionSimulator
import UnixSignals

/// `suture simulate live`.
struct LiveSimulation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Run a scenario among real processes, over lines that fail.",
        discussion: """
            Starts a `suture run` process for each node on loopback, with a proxy for each direction of each link that delays, \
            stalls, resets, cuts, damages and jams what passes, kills and pauses processes as the scenario says, and then reads \
            the same rules as the simulator from the replicas they left.

            The story is told faster than it happened: --speed says how much. Delays and rates of links and the nodes' own \
            timers are not scaled: a link's 200 ms stay 200 ms. Where 15 seconds or more of the story lie between two events, \
            nodes that reach each other get the time to become equal, as they would have had.

            What cannot be done to real processes (clocks, torn writes, forged frames ...) is listed before anything starts, \
            and nothing runs unless --skip-impossible is given.

            Exit status: 0 everything held, 1 something did not, 2 it could not be decided.

            Example: suture simulate live Simulations/two-claims.yaml
            """)

    @Argument(help: "The scenario, or the plan of a run.")
    var file: String

    @Option(help: ArgumentHelp(
        "How many times faster the story is told. Default: so that an hour lasts a minute, and no story longer than that.",
        valueName: "times"))
    var speed: Double?

    @Option(help: ArgumentHelp("How long the run may take.", valueName: "duration"))
    var limit = "5m"

    @Option(help: "Draw from this seed instead of the file's.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Write what happened into this folder, with pictures.", valueName: "folder"))
    var out: String?

    @Flag(help: "Print the summary as JSON.")
    var json = false

    @Flag(help: "Keep the nodes' data and logs, and say where they are.")
    var keep = false

    @Flag(name: .customLong("skip-impossible"), help: "Leave out what cannot be done to real processes.")
    var skipImpossible = false

    @Flag(name: .customLong("no-color"), help: "No colours.")
    var noColor = false

    @Flag(name: .customLong("in-mount-namespace"), help: .hidden)
    var isInMountNamespace = false

    func validate() throws {
        guard SpanText.milliseconds(limit).map({ (1_000...3_600_000).contains($0) }) == true else {
            throw ValidationError("--limit: found '\(limit)', expected a duration from 1s to 1h such as 90s")
        }
        if let speed, !(1...100_000).contains(speed) {
            throw ValidationError("--speed: found \(speed), expected a number from 1 to 100000")
        }
    }

    func run() async throws {
        let story = try ScenarioFile(file).scenario
        // Nothing is left to chance from here on.
        let drawn = story.drawn(seed: seed ?? story.seed)
        let plan = LivePlan(drawn)
        let scenario = drawn.withoutRelays
        try refuseImpossible(plan)
        let hasSmallDisks = plan.smallDisks.isEmpty ? false : smallDisks()
        let directory = try Self.makeDirectory()
        var options = LiveRun.Options(
            speed: speed ?? LiveClock.speed(for: scenario.duration),
            limit: .milliseconds(SpanText.milliseconds(limit) ?? 300_000), directory: directory)
        options.smallDisks = hasSmallDisks
        let outcome = await carryOut(scenario, plan, options)
        // A temporary folder that stays is no reason to lose the outcome.
        if !keep { try? FileManager.default.removeItem(atPath: directory) }
        try report(outcome, scenario, plan, directory: directory, lacksDisks: !plan.smallDisks.isEmpty && !hasSmallDisks)
    }

    /// What came of a run.
    private struct Outcome: Sendable {
        var summary: RunSummary
        var record: RunRecord?
        var counts = ProxyCounts()
    }

    /// Runs, and ends everything that was started: at the end, on errors, and on Ctrl-C.
    private func carryOut(_ scenario: Scenario, _ plan: LivePlan, _ options: LiveRun.Options) async -> Outcome {
        let (isQuiet, writesToErrors) = (json && isatty(STDERR_FILENO) == 0, json)
        let terminal = json ? Terminal.error(noColor: noColor) : Terminal.output(noColor: noColor)
        let keep = keep
        let work = Task {
            var failed = RunSummary(name: scenario.name, seed: scenario.seed)
            do {
                let journal = LiveJournal(scenario, plan, terminal: isQuiet ? nil : terminal, writesToErrors: writesToErrors)
                let run = try LiveRun(scenario, plan, options, journal)
                await run.run()
                run.end(keep: keep)
                return Outcome(summary: run.summary, record: journal.record, counts: run.group.network.counts)
            } catch {
                failed.undecided = CommandFailure(error).message
                return Outcome(summary: failed)
            }
        }
        let interruption = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) { work.cancel() }
        }
        let outcome = await work.value
        interruption.cancel()
        return outcome
    }

    // MARK: Before

    private func refuseImpossible(_ plan: LivePlan) throws {
        guard plan.members.count <= LiveGroup.membersMax else {
            throw ScenarioFile.undecided(
                "\(file) has \(plan.members.count) nodes; real processes are started for at most \(LiveGroup.membersMax)")
        }
        let terminal = Terminal.error(noColor: noColor)
        for remark in plan.remarks { StandardError.write(Style.dim.applied(to: "note: \(remark)", in: terminal) + "\n") }
        guard !plan.impossible.isEmpty else { return }
        for item in plan.impossible {
            StandardError.write(Style.warning.applied(to: "not possible live: \(item)", in: terminal) + "\n")
        }
        if !skipImpossible {
            throw ScenarioFile.undecided(
                "\(file) asks for what cannot be done to real processes; --skip-impossible leaves it out")
        }
    }

    /// Whether small disks can be mounted; if not yet, becomes this command in a mount namespace, where they can.
    private func smallDisks() -> Bool {
        if isInMountNamespace { return true }
        if let command = LiveSmallDisk.namespaceCommand() {
            LiveSmallDisk.enterNamespace(command, adding: "--in-mount-namespace")
        }
        StandardError.write("note: a small disk cannot be mounted here, so no disk can run full: cannot be injected here\n")
        return false
    }

    private static var temporaryFolder: String {
        let folder = NSTemporaryDirectory()
        return folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    }

    private static func makeDirectory() throws -> String {
        // Short: the path of a socket must fit in about a hundred bytes.
        var template = Array((Self.temporaryFolder + "/suture-live-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ScenarioFile.undecided("no temporary folder is to be had: \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: After

    private func report(
        _ outcome: Outcome, _ scenario: Scenario, _ plan: LivePlan, directory: String, lacksDisks: Bool
    ) throws {
        var summary = outcome.summary
        if lacksDisks && !skipImpossible && summary.undecided == nil {
            summary.undecided = "the scenario fills a disk, which cannot be injected here"
            if summary.verdict == .valid { summary.verdict = .undecided }
        }
        summary.reproduction = "suture simulate live \(file) --seed \(summary.seed)" + (speed.map { " --speed \($0)" } ?? "")
        if let out, let record = outcome.record {
            try RunDirectory(out).write(record, summary: summary, plan: scenario.yaml)
        }
        let report = LiveReport(summary: summary, counts: outcome.counts, skipped: plan.impossible.map(\.description))
        print(json ? try report.json() : report.text(in: .output(noColor: noColor)), terminator: "")
        if keep { StandardError.write("the nodes' data and logs are in \(directory)\n") }
        if summary.verdict != .valid { throw ExitCode(summary.verdict.status) }
    }
}
