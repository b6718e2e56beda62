@testable import PartitionSimulator
import Testing

@Suite("The space-time diagram")
struct SpaceTimeDiagramTests {
    private func violation(_ record: RunRecord) -> Violation {
        Violation(.durability, at: record.entries[record.entries.count * 2 / 3].at, node: record.nodes[1].name, "gone")
    }

    @Test("is well-formed, and has every deed, every fault, the violation and every RUN of a small record", arguments: 1...12)
    func complete(_ seed: UInt64) {
        let record = SampleRecord(seed: seed, entries: 200).record
        let check = MarkupCheck(SpaceTimeDiagram(record, violations: [violation(record)]).svg())
        #expect(check.error == nil)
        let ids = Set(check.ids)
        #expect(ids.count == check.ids.count)
        #expect(ids.contains("violation-0"))
        for (index, entry) in record.entries.enumerated() {
            if entry.kind == .deed || entry.kind == .fault || entry.kind == .merged || entry.frame == "RUN" {
                #expect(ids.contains("e\(index)"), "entry \(index), \(entry.kind)")
            }
        }
    }

    @Test("the same record gives the same bytes", arguments: 1...3)
    func deterministic(_ seed: UInt64) {
        let record = SampleRecord(seed: seed).record
        #expect(SpaceTimeDiagram(record).svg() == SpaceTimeDiagram(record).svg())
        #expect(SpaceTimeDiagram(record).svg() != SpaceTimeDiagram(SampleRecord(seed: seed + 50).record).svg())
    }

    @Test("names and texts stay texts")
    func hostile() {
        let svg = SpaceTimeDiagram(.hostile, violations: RunSummary.hostile.violations).svg()
        let check = MarkupCheck(svg)
        #expect(check.error == nil)
        #expect(!svg.contains("<script"))
        #expect(!svg.contains("\u{202E}"))
        #expect(!check.attributes.contains { $0.name.lowercased().hasPrefix("on") })
        #expect(check.titles.contains { $0.contains("<script>alert('x')</script>") })
        #expect(svg.utf8.count < 2_000_000)
    }

    @Test("what is not in the cone of the violation is dimmed, and nothing is without a violation")
    func cone() throws {
        let record = SampleRecord(seed: 5, entries: 200).record
        let violation = violation(record)
        let node = try #require(record.nodes.firstIndex { $0.name == violation.node })
        let cone = CausalCone(record, at: violation.at, node: node)
        let svg = SpaceTimeDiagram(record, violations: [violation]).svg()
        for (index, entry) in record.entries.enumerated() where entry.kind == .deed || entry.frame != nil {
            let isIn = entry.kind == .frame ? cone.carries(entry) : cone.contains(index, entry)
            let tag = try #require(svg.firstMatch(of: try Regex("<g id=\"e\(index)\" class=\"([^\"]*)\"")))
            #expect(tag.output[1].substring?.hasSuffix(" off") == !isIn, "entry \(index)")
        }
        #expect(!SpaceTimeDiagram(record).svg().contains(" off\""))
    }

    @Test("the caption says what is not drawn")
    func caption() {
        var record = SampleRecord(seed: 8, entries: 40).record
        let frames = record.entries.filter { $0.kind == .frame }.count
        for index in 0..<2_000 {
            var entry = TraceEntry(at: 4_000_000 + Int64(index) * 60_000, kind: .frame, node: 0, peer: 1)
            entry.frame = "HELLO"
            entry.fate = .delivered
            entry.arrivals = [entry.at + 40]
            record.entries.append(entry)
        }
        let captions = SpaceTimeDiagram(record).captions
        let sentence = captions.first { $0.contains("are not drawn") }
        #expect(sentence?.contains(" of \(TimeText.count(frames + 2_000)) frames are not drawn: ") == true)
        #expect(sentence?.contains("control frames in quiet times") == true)
        #expect(SpaceTimeDiagram(SampleRecord(seed: 8).record).captions.allSatisfy { !$0.contains("are not drawn") })
    }

    @Test("a huge record becomes a picture of bounded size, with nothing that people did left out")
    func huge() {
        let record = SampleRecord(seed: 9, nodes: 50, entries: 12_000, step: 2_000).record
        let svg = SpaceTimeDiagram(record).svg()
        #expect(MarkupCheck(svg).error == nil)
        #expect(svg.utf8.count < 6_000_000)
        let layout = DiagramLayout(record, violations: [])
        #expect(layout.marks.count <= DiagramMark.marksMax)
        let marked = Set(layout.marks.flatMap(\.entries))
        #expect(record.entries.indices.allSatisfy { record.entries[$0].kind != .deed || marked.contains($0) })
    }

    @Test("an empty record, one node, a violation at the very start and one after the end can be drawn")
    func extremes() {
        var record = RunRecord(name: "", seed: 0, duration: 0, start: 0, nodes: [.init(name: "alone", kind: "office")])
        #expect(MarkupCheck(SpaceTimeDiagram(record).svg()).error == nil)
        let violations = [Violation(.logs, at: 0, node: "alone", "x"), Violation(nil, at: 9_000_000, "y")]
        record.entries = [TraceEntry(at: 5, kind: .frame, node: 0, peer: 0), TraceEntry(at: 5, kind: .deed, node: 77)]
        let check = MarkupCheck(SpaceTimeDiagram(record, violations: violations).svg())
        #expect(check.error == nil)
        #expect(check.ids.contains("violation-0"))
        #expect(check.ids.contains("violation-1"))
        record.nodes = []
        #expect(MarkupCheck(SpaceTimeDiagram(record, violations: violations).svg()).error == nil)
    }

    @Test("a deed and the merges and frames that carried its change set share its name, for highlighting")
    func changeSets() {
        var record = RunRecord(name: "x", seed: 1, duration: 1_000, start: 0, nodes: ["a", "b"].map { .init(name: $0, kind: "office") })
        var deed = TraceEntry(at: 10, kind: .deed, node: 0, text: "claim")
        deed.changeSet = "r:7"
        var run = TraceEntry(at: 11, kind: .frame, node: 0, peer: 1)
        run.frame = "RUN"
        run.fate = .delivered
        run.arrivals = [60]
        var merged = TraceEntry(at: 60, kind: .merged, node: 1, text: "2")
        merged.changeSets = ["r:6", "r:7"]
        record.entries = [deed, run, merged]
        let sets = MarkupCheck(SpaceTimeDiagram(record).svg()).attributes.filter { $0.name == "data-sets" }.map(\.value)
        #expect(sets.sorted() == ["r:6 r:7", "r:6 r:7", "r:7"])
    }
}
