import Foundation
@testable import PartitionSimulator
import Testing

@Suite("The folder of a run")
struct RunDirectoryTests {
    /// A folder that is gone after the test.
    private final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "suture-run-\(UUID().uuidString)")

        var path: String { url.path(percentEncoded: false) }

        func text(_ file: String) throws -> String { try String(contentsOf: url.appending(path: file), encoding: .utf8) }

        func set(_ file: String, _ text: String) throws {
            try Data(text.utf8).write(to: url.appending(path: file))
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    private func summary(_ record: RunRecord) -> RunSummary {
        var summary = RunSummary(name: record.name, seed: record.seed)
        summary.verdict = .violated
        summary.violations = [Violation(.durability, at: 9_000, node: record.nodes.first?.name, changeSet: "a:1", "gone")]
        summary.refused = ["not-owner": 2, "disk-full": 1]
        summary.wallSeconds = 1.25
        summary.coverage.add(.halves, in: .apart, count: 3)
        return summary
    }

    @Test("reads back what was written, and draws the same again", arguments: [1, 2, 3])
    func roundTrip(_ seed: UInt64) throws {
        let folder = Folder()
        let record = SampleRecord(seed: seed).record
        let summary = summary(record)
        let directory = RunDirectory(folder.path + "/deep/er")
        try directory.write(record, summary: summary, plan: "seed: \(seed)\n# é\n")
        let again = try directory.record()
        #expect(again.entries == record.entries)
        #expect(again.samples == record.samples)
        #expect(again.nodes == record.nodes)
        #expect([again.name, "\(again.seed)", "\(again.start)", "\(again.duration)"]
            == [record.name, "\(record.seed)", "\(record.start)", "\(record.duration)"])
        #expect(try directory.summary() == summary)
        #expect(try directory.plan() == "seed: \(seed)\n# é\n")

        let files = [
            "convergence.jsonl", "convergence.svg", "plan.yaml", "report.html", "spacetime.svg", "summary.json", "trace.jsonl",
        ]
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == files)
        let before = try files.map { try folder.text("deep/er/\($0)") }
        for picture in ["convergence.svg", "report.html", "spacetime.svg"] { try folder.set("deep/er/\(picture)", "old") }
        try directory.redraw()
        #expect(try files.map { try folder.text("deep/er/\($0)") } == before)
        try directory.write(record, summary: summary, plan: "seed: \(seed)\n# é\n")
        #expect(try files.map { try folder.text("deep/er/\($0)") } == before)
    }

    @Test("the hostile record survives the folder")
    func hostile() throws {
        let folder = Folder()
        let directory = RunDirectory(folder.path)
        try directory.write(.hostile, summary: .hostile, plan: "")
        #expect(try directory.record().entries == RunRecord.hostile.entries)
        #expect(try directory.summary() == .hostile)
        #expect(try folder.text("trace.jsonl").split(separator: "\n").count == RunRecord.hostile.entries.count + 1)
    }

    @Test("the trace is a header and one entry a line; the summary has sorted keys")
    func form() throws {
        let folder = Folder()
        var record = RunRecord(name: "two", seed: 7, duration: 60, start: 5, nodes: [.init(name: "a", kind: "office")])
        record.entries = [TraceEntry(at: 3, kind: .deed, node: 0, text: "claim")]
        record.samples = [.init(at: 4, digests: 1, missing: [nil])]
        try RunDirectory(folder.path).write(record, summary: summary(record), plan: "")
        #expect(
            try folder.text("trace.jsonl") == """
                {"duration":60,"name":"two","nodes":[{"kind":"office","name":"a"}],"seed":7,"start":5,"trace":"suture trace 1"}
                {"at":3,"kind":"deed","node":0,"text":"claim"}

                """)
        #expect(try folder.text("convergence.jsonl") == "{\"at\":4,\"digests\":1,\"missing\":[null]}\n")
        let lines = try folder.text("summary.json").split(separator: "\n")
        let keys = lines.filter { $0.hasPrefix("  \"") }.compactMap { $0.split(separator: "\"").dropFirst().first }
        #expect(keys == keys.sorted())
        #expect(keys.count > 8)
    }

    private static let header =
        #"{"duration":60,"name":"x","nodes":[{"kind":"office","name":"a"}],"seed":7,"start":5,"trace":"suture trace 1"}"#

    /// Damaged traces and what is said of them. `HEADER` stands for a good header line.
    private static let damagedTraces: [(text: String, expected: String)] = [
        ("", "trace.jsonl: empty"),
        ("\n", "trace.jsonl, line 1: expected the header of a trace: no JSON"),
        ("nonsense\n", "line 1: expected the header of a trace: no JSON"),
        ("{}\n", #"line 1: expected the header of a trace: "trace" is missing"#),
        ("[1,2]\n", "line 1: expected the header of a trace: a value of the wrong type"),
        (header, "line 1: ends in the middle of a line"),
        ("HEADER{\"at\":3,\"ki", "line 2: ends in the middle of a line"),
        (header.replacing("trace 1", with: "trace 9") + "\n", #"a trace of the form "suture trace 9"; expected "suture trace 1""#),
        (header.replacing(#"{"kind":"office","name":"a"}"#, with: "") + "\n", "line 1: 0 nodes"),
        (header.replacing(":60", with: ":-60") + "\n", "line 1: the impossible time -60"),
        ("HEADER{\"at\":1,\"kind\":\"dance\"}\n", "line 2: expected an entry of a trace: an unknown value at kind"),
        (
            "HEADER{\"at\":1,\"kind\":\"deed\"}\n{\"kind\":\"deed\"}\n",
            #"line 3: expected an entry of a trace: "at" is missing"#
        ),
        ("HEADER{\"at\":1,\"kind\":\"deed\",\"node\":1}\n", "line 2: names node 1; the header lists 1 node, counted from 0"),
        ("HEADER{\"at\":1,\"kind\":\"frame\",\"node\":0,\"peer\":-1}\n", "line 2: names node -1"),
        ("HEADER{\"at\":9223372036854775807,\"kind\":\"deed\"}\n", "line 2: the impossible time"),
        ("HEADER{\"at\":1e400,\"kind\":\"deed\"}\n", "line 2: expected an entry of a trace"),
        ("HEADER\n{\"at\":1,\"kind\":\"deed\"}\n", "line 2: expected an entry of a trace: no JSON"),
        ("HEADER" + String(repeating: "[", count: 100_000) + "\n", "line 2: expected an entry of a trace"),
    ]

    @Test("a damaged trace is refused, with the line and what was expected", arguments: damagedTraces.indices)
    func damagedTrace(_ place: Int) throws {
        let (text, expected) = Self.damagedTraces[place]
        let folder = Folder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        try folder.set("trace.jsonl", text.replacing("HEADER", with: Self.header + "\n"))
        let error = #expect(throws: SimulationError.self) { try RunDirectory(folder.path).record() }
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("\(folder.path)/trace.jsonl") == true)
    }

    @Test("damaged samples, summaries and plans are refused", arguments: [
        ("convergence.jsonl", "{\"at\":1,\"digests\":1,\"missing\":[1,2]}\n", "line 1: figures for 2 nodes; the trace has 1"),
        ("convergence.jsonl", "{\"at\":1,\"digests\":1,\"missing\":[0]}\n{\"at\":1}\n", "line 2: expected a sample of convergence"),
        ("convergence.jsonl", "{\"at\":1,\"digests\":-1,\"missing\":[0]}\n", "line 1: a count that is negative"),
        ("summary.json", "{}", "summary.json: expected the summary of a run: \"name\" is missing"),
        ("summary.json", "\u{0}", "summary.json: expected the summary of a run: no JSON"),
    ])
    func damagedOthers(_ file: String, _ text: String, _ expected: String) throws {
        let folder = Folder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        try folder.set("trace.jsonl", Self.header + "\n")
        try folder.set("plan.yaml", "")
        try folder.set(file, text)
        let error = #expect(throws: SimulationError.self) { try RunDirectory(folder.path).redraw() }
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test("what is not there, is a folder, or is no text is named")
    func absent() throws {
        let folder = Folder()
        let directory = RunDirectory(folder.path)
        #expect(throws: SimulationError.self) { try directory.record() }
        try FileManager.default.createDirectory(at: folder.url.appending(path: "trace.jsonl"), withIntermediateDirectories: true)
        let error = #expect(throws: SimulationError.self) { try directory.record() }
        #expect(error?.message.contains("trace.jsonl: no file") == true, "\(error?.message ?? "")")
        try Data([0xFF, 0xFE, 0x00]).write(to: folder.url.appending(path: "plan.yaml"))
        #expect(throws: SimulationError.self) { try directory.plan() }
    }

    @Test("a folder that cannot be made is named")
    func unwritable() throws {
        let folder = Folder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        try folder.set("file", "x")
        let directory = RunDirectory(folder.path + "/file/run")
        let record = SampleRecord(seed: 1).record
        let error = #expect(throws: SimulationError.self) { try directory.write(record, summary: self.summary(record), plan: "") }
        #expect(error?.message.contains("file/run") == true)
    }
}
