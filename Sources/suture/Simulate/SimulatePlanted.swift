import ArgumentParser
import Causality
import Foundation
import PartitionSimulator

/// `suture simulate planted`.
struct SimulatePlanted: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planted", abstract: "Show that mistakes that are built in on purpose are found.",
        discussion: """
            Breaks one rule of the program at a time and runs seeds of the scenarios, one after another, until something is violated; \
            then cuts that plan down. Works only in a program that was compiled for it: `./suture planted`.
            """,
        shouldDisplay: false)

    @Argument(help: "The scenarios: seed 1 of each, then seed 2 of each, and so on.") var files: [String]
    @Option(help: ArgumentHelp("Only these mistakes, with commas between them.", valueName: "names")) var bugs: String?
    @Option(help: ArgumentHelp("The most seeds for a mistake, over all scenarios.", valueName: "count")) var seeds = 200
    @Option(name: .customLong("shrink-limit"), help: ArgumentHelp("How long to cut each plan down.", valueName: "duration"))
    var shrinkLimit = "2m"
    @Option(help: ArgumentHelp("Write each mistake's smallest plan into this folder.", valueName: "folder")) var out: String?
    @Flag(help: "Print the outcome as JSON.") var json = false
    @Flag(name: .customLong("no-color"), help: "No colours.") var noColor = false

    func validate() throws {
        if !(1...1_000_000).contains(seeds) { throw ValidationError("--seeds: found \(seeds), expected 1 to 1000000") }
        if SpanText.milliseconds(shrinkLimit) == nil {
            throw ValidationError("--shrink-limit: found '\(shrinkLimit)', expected a duration such as 2m")
        }
        _ = try chosen()
    }

    /// The mistakes to make.
    private func chosen() throws -> [PlantedBug] {
        guard let bugs else { return PlantedBug.allCases }
        return try bugs.split(separator: ",").map { name in
            guard let bug = PlantedBug(rawValue: String(name)) else {
                let names = PlantedBug.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--bugs: there is no mistake '\(name)'; there are \(names)")
            }
            return bug
        }
    }

    func run() async throws {
        #if PLANTED_BUGS
            let scenarios = try files.map(ScenarioFile.init)
            let folder = try out.map { try Self.folder($0) }
            let report = try PlantedReport(
                findings: chosen().map { bug in
                    let finding = try PlantedSearch(bug, scenarios, seedsMax: seeds, shrinkLimit: shrinkLimit).run()
                    StandardError.write("\(bug.rawValue): \(finding.violation.map { "\($0)" } ?? "not found")\n")
                    if let folder { try finding.write(into: folder) }
                    return finding
                })
            if json { print(SimulationJSON.text(of: report)) } else { print(report.text(in: .output(noColor: noColor)), terminator: "") }
            if !report.missed.isEmpty { throw CommandFailure("not found: \(report.missed.joined(separator: ", "))") }
        #else
            throw ScenarioFile.undecided("this program has no planted mistakes in it: run `./suture planted`")
        #endif
    }

    private static func folder(_ path: String) throws -> URL {
        let url = URL(fileURLWithPath: path, isDirectory: true)
        do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
            throw ScenarioFile.undecided("the folder \(path) cannot be made: \(error.localizedDescription)")
        }
        return url
    }
}
