import Foundation
import PartitionSimulator

/// Where an exploration is kept: `exploration.json`, `report.html`, and a folder for each failure that was run again.
struct ExplorationFolder {
    let path: String

    init(_ path: String) { self.path = path }

    /// Writes the exploration and its page.
    func write(_ exploration: Exploration) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data(SimulationJSON.text(of: exploration).utf8).write(to: file("exploration.json"), options: .atomic)
            let page = ExplorationPage(exploration.summaries, elapsedSeconds: exploration.wallSeconds).html()
            try Data(page.utf8).write(to: file("report.html"), options: .atomic)
        } catch {
            throw ScenarioFile.undecided("the folder \(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// The folder of one seed.
    func seed(_ seed: UInt64) -> String { path + "/seed-\(seed)" }

    /// Reads an `exploration.json`.
    static func read(_ path: String) throws -> Exploration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioFile.undecided("\(path) cannot be read: is it there?")
        }
        do { return try JSONDecoder().decode(Exploration.self, from: data) } catch {
            throw ScenarioFile.undecided("\(path) is no exploration.json of this version: \(error)")
        }
    }

    private func file(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }
}

/// An exploration's outcome as people read it in a terminal.
struct ExplorationView {
    let exploration: Exploration
    let folder: String?

    /// On some lines, the verdict first.
    func text(in terminal: Terminal) -> String {
        let count = exploration.summaries.count
        let seconds = max(exploration.wallSeconds, 0.001)
        var lines = [
            "\(verdict(in: terminal))  \(exploration.name): \(Figures.grouped(count)) seeds, "
                + "\(Figures.decimal(exploration.simulatedHours, places: 0)) simulated hours in "
                + "\(DurationText.of(.seconds(exploration.wallSeconds))) (\(Figures.decimal(Double(count) / seconds, places: 1)) seeds/s, "
                + "\(Figures.decimal(exploration.simulatedHours / seconds, places: 1)) hours/s)"
        ]
        for failure in exploration.failures.prefix(10) {
            let first = failure.violations.first?.description ?? ""
            lines.append("  seed \(failure.seed): " + Style.danger.applied(to: first, in: terminal))
            lines.append("    again: \(failure.reproduction)")
        }
        if exploration.failures.count > 10 { lines.append("  and \(exploration.failures.count - 10) more seeds") }
        for summary in exploration.summaries.filter({ $0.verdict == .undecided }).prefix(3) {
            lines.append("  seed \(summary.seed) not decided: \(summary.undecided ?? "")")
        }
        lines.append("  " + coverage(in: terminal))
        if let folder { lines.append("  written to \(folder): open \(folder)/report.html") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func coverage(in terminal: Terminal) -> String {
        let known = Fault.allCases.filter { $0.notYet == nil }
        let coverage = exploration.coverage
        let reached = known.filter { coverage.count($0) > 0 }
        let missing = known.filter { coverage.count($0) == 0 }.map(\.rawValue)
        let pairs = known.count * Phase.allCases.count
        return "faults reached: \(reached.count) of \(known.count), in \(pairs - coverage.missing.count) of \(pairs) phases"
            + (missing.isEmpty ? "" : "; not: " + missing.joined(separator: ", "))
    }

    private func verdict(in terminal: Terminal) -> String {
        switch exploration.verdict {
        case .valid: Style.accent.applied(to: "valid", in: terminal)
        case .violated: Style.danger.applied(to: "violated", in: terminal)
        case .undecided: Style.warning.applied(to: "not decided", in: terminal)
        }
    }
}
