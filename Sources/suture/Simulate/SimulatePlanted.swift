import ArgumentParser
import Causality
import PartitionSimulator

/// `suture simulate planted`.
struct SimulatePlanted: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted", abstract: "Show that mistakes that are built in on purpose are found.",
        discussion: """
            Breaks one rule of the program at a time and explores a scenario until something is violated. Works only in a program that \
            was compiled for it: `./suture planted`.
            """,
        shouldDisplay: false)

    @Argument(help: "The scenario.") var file: String
    @Option(help: ArgumentHelp("Only these mistakes, with commas between them.", valueName: "names")) var bugs: String?
    @Option(help: ArgumentHelp("The most seeds for a mistake.", valueName: "count")) var seeds = 200
    @Option(name: .customLong("shrink-limit"), help: ArgumentHelp("How long to cut each plan down.", valueName: "duration"))
    var shrinkLimit = "20s"
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    func run() async throws {
        #if PLANTED_BUGS
            try explore()
        #else
            throw ScenarioFile.undecided("this program has no planted mistakes in it: run `./suture planted`")
        #endif
    }

    #if PLANTED_BUGS
        private struct Finding {
            let bug: PlantedBug
            var seeds: Int
            var violation: Violation?
            var events = 0
            var smallEvents = 0
            var smallNodes = 0
            var seconds = 0.0
        }

        private func explore() throws {
            let scenario = try ScenarioFile(file)
            let chosen = bugs.map { $0.split(separator: ",").compactMap { PlantedBug(rawValue: String($0)) } } ?? PlantedBug.allCases
            var table = TextTable([
                .init("planted mistake", widthMin: 20, priority: 5), .number("seeds", priority: 5),
                .init("found by", widthMin: 12, priority: 4), .number("events", priority: 2), .number("cut down to", priority: 3),
                .number("nodes", priority: 1), .number("seconds", priority: 1),
            ])
            var missed: [String] = []
            var counts: [Int] = []
            for bug in chosen {
                PlantedBug.planted = bug
                let finding = try find(bug, scenario)
                PlantedBug.planted = nil
                if finding.violation == nil { missed.append(bug.rawValue) } else { counts.append(finding.seeds) }
                table.add([
                    .init(bug.rawValue, .accent), .init(finding.violation == nil ? "none of \(seeds)" : "\(finding.seeds)"),
                    .init(finding.violation?.invariant?.name ?? "-"), .init("\(finding.events)"), .init("\(finding.smallEvents)"),
                    .init("\(finding.smallNodes)"), .init(Figures.decimal(finding.seconds, places: 1)),
                ])
                StandardError.write("\(bug.rawValue): \(finding.violation.map { "\($0)" } ?? "not found")\n")
            }
            let median = counts.sorted().dropFirst(counts.count / 2).first ?? 0
            print(table.text(in: .output(noColor: noColor)) + "found \(counts.count) of \(chosen.count), median \(median) seeds")
            if !missed.isEmpty { throw CommandFailure("not found: \(missed.joined(separator: ", "))") }
        }

        private func find(_ bug: PlantedBug, _ scenario: ScenarioFile) throws -> Finding {
            let began = ContinuousClock.now
            var finding = Finding(bug: bug, seeds: 0)
            for seed in 1...UInt64(max(1, seeds)) {
                finding.seeds += 1
                let plan = try scenario.plan(seed: seed)
                var options = RunOptions()
                options.stopsAtViolation = true
                let run = try SimulationRun(plan, options)
                run.run()
                guard let violation = run.summary.violations.first else { continue }
                finding.violation = violation
                finding.events = plan.events.count
                cutDown(plan, &finding)
                break
            }
            finding.seconds = began.duration(to: .now) / .seconds(1)
            return finding
        }

        private func cutDown(_ plan: Scenario, _ finding: inout Finding) {
            let limit = SpanText.milliseconds(shrinkLimit) ?? 20_000
            let deadline = ContinuousClock.now.advanced(by: .milliseconds(limit))
            guard limit > 0, var shrinker = PlanShrinker(plan, while: { ContinuousClock.now < deadline }) else { return }
            shrinker.shrink()
            finding.smallEvents = shrinker.plan.events.count
            finding.smallNodes = shrinker.plan.nodes.count
        }
    #endif
}
