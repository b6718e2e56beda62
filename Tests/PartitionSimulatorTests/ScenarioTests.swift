import Foundation
@testable import PartitionSimulator
import Testing

@Suite("The scenario library")
struct ScenarioTests {
    /// The scenarios of the project, beside its tests.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Simulations")

    private static func files(_ part: String = "") -> [String] {
        let folder = part.isEmpty ? folder : folder.appending(path: part)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.map { part.isEmpty ? $0 : "\(part)/\($0)" }.sorted()
    }

    /// Small ones that between them use people, shapes, lines, clocks, disks and members.
    private static let quick = [
        "two-claims.yaml", "answered-twice.yaml", "patient-edited-twice.yaml", "consent-withdrawn-apart.yaml", "owner-leaves.yaml",
        "ring-of-majorities.yaml", "one-way-line.yaml", "replayed-frames.yaml", "clock-from-the-future.yaml", "kill-before-answer.yaml",
        "full-disk.yaml", "stale-sponsor.yaml", "forged-signature.yaml",
    ]

    private func text(_ file: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
    }

    private func scenario(_ file: String) throws -> Scenario {
        try Scenario(yaml: try text(file), name: String(file.dropLast(".yaml".count)))
    }

    @Test("there are at least 25 scenarios, and some that wait")
    func count() {
        #expect(Self.files().count >= 25)
        #expect(Self.files("not-yet").count >= 1)
    }

    @Test("every file reads, says first what a clinic would see, and has a plan that reads", arguments: files())
    func reads(_ file: String) throws {
        #expect(try text(file).hasPrefix("# "))
        let scenario = try scenario(file)
        #expect(scenario.notYet.isEmpty, "what is not built yet belongs in not-yet/")
        let plan = scenario.drawn(seed: scenario.seed)
        var read = try Scenario(yaml: plan.yaml, name: plan.name)
        read.forgetLines()
        var forgetful = plan
        forgetful.forgetLines()
        #expect(read == forgetful)
        #expect(!scenario.isPlan || scenario.expectations != Expectations(), "a story says what must come of it")
    }

    @Test("what waits says for what", arguments: files("not-yet"))
    func waits(_ file: String) throws {
        #expect(try text(file).hasPrefix("# "))
        #expect(!(try scenario(file).notYet.isEmpty), "it can move up: everything it asks for is built")
    }

    @Test("plans of failures that were found read", arguments: files("regressions"))
    func regressions(_ file: String) throws {
        #expect(try text(file).hasPrefix("# "))
        #expect(try scenario(file).isPlan)
    }

    @Test("what a scenario expects comes of it", arguments: quick)
    func runs(_ file: String) throws {
        let run = try SimulationRun(try scenario(file))
        run.run()
        #expect(run.summary.verdict == .valid, "\(run.summary.undecided ?? "") \(run.summary.violations)")
        #expect(run.summary.acknowledged > 0)
    }

    @Test("what does not come of a scenario is told")
    func missed() throws {
        var scenario = try scenario("two-claims.yaml")
        scenario.expectations.threads["T1"]?.status = "resolved"
        scenario.expectations.threads["T1"]?.contested = []
        scenario.expectations.notices["towson"] = ["answered-twice"]
        let run = try SimulationRun(scenario)
        run.run()
        #expect(run.summary.verdict == .violated)
        let told = run.summary.violations.map(\.message).joined(separator: "\n")
        for part in ["status", "contested", "answered-twice"] { #expect(told.contains(part), "\(told)") }
    }

    @Test("a story with something that is not built yet is not decided")
    func undecided() throws {
        let run = try SimulationRun(try scenario("not-yet/consent-meets-reminder.yaml"))
        run.run()
        #expect(run.summary.verdict == .undecided)
    }
}
