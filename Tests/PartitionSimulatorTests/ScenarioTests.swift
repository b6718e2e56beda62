import Foundation
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

@Suite("Scenario files")
struct ScenarioTests {
    /// The scenarios of the project, beside its tests.
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Simulations")

    private func scenario(_ name: String) throws -> Scenario {
        try Scenario(yaml: try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8))
    }

    @Test("two claims end contested and open on every node, in every run alike")
    func twoClaims() throws {
        let run = try ScenarioRun(try scenario("two-claims.yaml"))
        #expect(run.isConverged)
        #expect(run.refusals.isEmpty)
        let thread = try #require(run.threads["T1"])
        for node in run.group.nodes {
            let item = try #require(try node.reader.page(of: thread)).item
            #expect(item.claimants.count == 2)
            #expect(item.flags.isSuperset(of: [.contested, .unseenByResolver, .needsReply]))
        }
        #expect(try ScenarioRun(try scenario("two-claims.yaml")).trace == run.trace)
    }

    @Test("the laptop's answer of the night is everywhere in the morning")
    func laptopFromCover() throws {
        let run = try ScenarioRun(try scenario("laptop-from-cover.yaml"))
        #expect(run.isConverged)
        let thread = try #require(run.threads["swelling"])
        for node in run.group.nodes {
            let page = try #require(try node.reader.page(of: thread))
            #expect(page.item.status == .waitingOnPatient)
            #expect(page.item.owner == "On-call clinician")
            #expect(page.entries.contains { $0.text == "A note about swelling." })
        }
    }

    @Test("a mistake in a file names its line and what was expected", arguments: [
        ("", "empty"), ("seed: [", "no YAML"), ("just words", "line 1: expected settings"),
        ("seed: 1\nduration: 2\nnodes: [a]\nevents: []", "line 2: duration: expected a duration"),
        ("seed: -1\nduration: 2h\nnodes: [a]\nevents: []", "line 1: seed: expected a whole number"),
        ("seed: 1\nduration: 2h\nnodes: []\nevents: []", "at least one"),
        ("seed: 1\nduration: 2h\nnodes: [{name: a, kind: laptop}]\nevents: []", "the first one an office"),
        ("seed: 1\nduration: 2h\nnodes: [{name: a, kind: relay}]\nevents: []", "office or laptop"),
        ("seed: 1\nduration: 2h\nnodes: [a, a]\nevents: []", "different names"),
        ("seed: 1\nduration: 2h\nnodes: [A]\nevents: []", "lower-case"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nweather: wet\nevents: []", "line 4: expected one of seed"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nlinks: {loss: 200%}\nevents: []", "0% to 100%"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nlinks: {delay: 200-20ms}\nevents: []", "a range"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nevents:\n  - {at: 1m, do: dance, node: a}", "line 5: do: expected one of open"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nevents:\n  - {at: 1m, crash: b}", "line 5: crash: expected the name of a node"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nevents:\n  - {at: 1m, partition: [[a], [b]]}", "line 5"),
        ("seed: 1\nduration: 2h\nnodes: [a]\nevents:\n  - {do: open, node: a, thread: T}", "at: expected a time"),
    ])
    func mistakes(_ text: String, _ expected: String) throws {
        let error = try #require(throws: SimulationError.self) { try Scenario(yaml: text) }
        #expect(error.code == .scenario)
        #expect(error.message.contains(expected), "\(error.message)")
    }

    @Test("a scenario that acts on what is not there stops with the line")
    func unknownNames() throws {
        let start = "seed: 1\nduration: 1h\nnodes: [a]\nevents:\n"
        let noThread = try Scenario(yaml: start + "  - {at: 1m, node: a, do: claim, thread: T, as: desk-a}")
        #expect(try #require(throws: SimulationError.self) { try ScenarioRun(noThread) }.message.contains("line 5"))
        let opened = start + "  - {at: 1m, node: a, do: open, thread: T}\n"
        let nobody = try Scenario(yaml: opened + "  - {at: 2m, node: a, do: claim, thread: T, as: x}")
        #expect(try #require(throws: SimulationError.self) { try ScenarioRun(nobody) }.message.contains("line 6"))
    }
}
