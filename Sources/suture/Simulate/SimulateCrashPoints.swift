import ArgumentParser
import PartitionSimulator

/// `suture simulate crashpoints`.
struct SimulateCrashPoints: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crashpoints", abstract: "Let the disk die at every operation of a transaction.",
        discussion: """
            Each transaction is played again and again on a simulated disk, which dies at one operation after the other, as a process \
            that is killed, as a machine that loses power, and with the last write torn. Afterwards the replica must open, be whole, hold \
            what was acknowledged, and go on.

            Without a scenario: every kind of transaction that a node has. With one: what people do in it.

              suture simulate crashpoints
              suture simulate crashpoints Simulations/two-claims.yaml
            """)

    @Argument(help: "A scenario; without one, the kinds of transaction that there are.") var file: String?
    @Option(help: ArgumentHelp("Only these kinds, with commas between them.", valueName: "kinds")) var kinds: String?
    @Option(help: "What crashes and torn writes are drawn from.") var seed: UInt64 = 1
    @Option(name: .customLong("limit"), help: "The most points of a transaction, in each mode.") var limit = 200
    @Option(help: ArgumentHelp("How many change sets catching up and merging a backlog are about.", valueName: "count"))
    var rows = CrashPoints.rowsDefault
    @Flag(help: "With databases that are sealed at rest; then no disk may show plain text either.") var sealed = false
    @Flag(help: "Print the report as JSON.") var json = false
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    func validate() throws {
        if !(100...1_000_000).contains(rows) { throw ValidationError("--rows: found \(rows), expected 100 to 1000000") }
        if limit < 1 { throw ValidationError("--limit: found \(limit), expected 1 or more") }
        if file != nil && sealed { throw ValidationError("--sealed: goes without a scenario") }
        if file != nil && kinds != nil { throw ValidationError("--kinds: goes without a scenario") }
        _ = try chosenKinds()
    }

    private func chosenKinds() throws -> [CrashKind] {
        guard let kinds else { return CrashKind.allCases }
        return try kinds.split(separator: ",").map { name in
            guard let kind = CrashKind(rawValue: String(name)) else {
                let all = CrashKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--kinds: found '\(name)', expected some of \(all)")
            }
            return kind
        }
    }

    func run() async throws {
        let meter = SimulationMeter(total: 0, label: "kinds", noColor: noColor)
        var done = 0
        let report = try points {
            done += 1
            meter.update(done)
        }
        meter.finish()
        print(json ? SimulationJSON.text(of: report) + "\n" : text(report, .output(noColor: noColor)), terminator: "")
        if !report.isSound { throw ExitCode(1) }
    }

    private func points(_ progress: () -> Void) throws -> CrashPointReport {
        guard let file else {
            return try CrashPoints.run(
                kinds: chosenKinds(), seed: seed, limitPerKind: limit, rows: rows, isSealed: sealed
            ) { _ in progress() }
        }
        var report = CrashPointReport(seed: seed)
        let scenes: [CrashScene]
        do { scenes = try SimulationRun.crashScenes(of: ScenarioFile(file).plan(seed: nil)) } catch let error as SimulationError {
            throw ScenarioFile.undecided("\(file): \(error.message)")
        }
        for scene in scenes {
            report.kinds.append(try CrashPoints.run(scene, seed: seed, limit: limit))
            progress()
        }
        return report
    }

    private func text(_ report: CrashPointReport, _ terminal: Terminal) -> String {
        var table = TextTable([
            .init("transaction", widthMin: 16, isFlexible: true, priority: 5), .number("operations", priority: 3),
            .number("points", priority: 4), .number("there", priority: 2), .number("not there", priority: 2),
            .number("in part", priority: 1), .number("wrong", priority: 5),
        ])
        for kind in report.kinds {
            let violations = kind.modes.reduce(0) { $0 + $1.violations.count }
            table.add([
                .init(kind.kind, .accent), .init(Figures.grouped(kind.operations)),
                .init(Figures.grouped(kind.pointsTried * kind.modes.count)),
                .init(Figures.grouped(kind.modes.reduce(0) { $0 + $1.committed })),
                .init(Figures.grouped(kind.modes.reduce(0) { $0 + $1.rolledBack })),
                .init(Figures.grouped(kind.modes.reduce(0) { $0 + $1.partly })),
                .init(Figures.grouped(violations), violations == 0 ? .plain : .danger),
            ])
        }
        let findings = report.violations.prefix(20).map { Style.danger.applied(to: "\($0)", in: terminal) + "\n" }.joined()
        let tried = report.kinds.reduce(0) { $0 + $1.pointsTried * $1.modes.count }
        let last = report.isSound ? "all \(Figures.grouped(tried)) points held" : "\(report.violations.count) points did not hold"
        return table.text(in: terminal) + findings + last + "\n"
    }
}
