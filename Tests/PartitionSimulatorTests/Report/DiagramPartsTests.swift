@testable import PartitionSimulator
import Testing

@Suite("Parts of the space-time diagram")
struct DiagramPartsTests {
    @Test("of a small record every frame is drawn", arguments: 1...5)
    func smallRecord(_ seed: UInt64) {
        let record = SampleRecord(seed: seed, entries: 180).record
        let selection = FrameSelection(record, cone: nil)
        #expect(selection.total <= FrameSelection.smallRecord)
        #expect(selection.drawn == record.entries.indices.filter { record.entries[$0].kind == .frame })
        #expect(selection.left.isEmpty)
    }

    @Test("quiet control frames are left out first, and the counts add up")
    func thinning() {
        var record = RunRecord(name: "x", seed: 1, duration: 0, start: 0, nodes: ["a", "b"].map { .init(name: $0, kind: "office") })
        for index in 0..<3_000 {
            var entry = TraceEntry(at: Int64(index) * 60_000, kind: .frame, node: index % 2, peer: 1 - index % 2)
            entry.frame = index % 10 == 0 ? "RUN" : "HELLO"
            entry.fate = .delivered
            record.entries.append(entry)
        }
        // Around one deed, control frames are of interest.
        record.entries.append(TraceEntry(at: 60_000, kind: .deed, node: 0))
        let selection = FrameSelection(record, cone: nil)
        #expect(selection.drawn.filter { record.entries[$0].frame == "RUN" }.count == 300)
        #expect(selection.drawn.filter { record.entries[$0].frame == "HELLO" } == [1])
        #expect(selection.left.map(\.name) == ["control frames in quiet times"])
        #expect(selection.left.reduce(0) { $0 + $1.count } + selection.drawn.count == selection.total)
    }

    @Test("where even frames with change sets are too many, those that led to the violation stay")
    func coneFirst() {
        var record = RunRecord(name: "x", seed: 1, duration: 0, start: 0, nodes: ["a", "b", "c"].map { .init(name: $0, kind: "office") })
        for index in 0..<5_000 {
            var entry = TraceEntry(at: Int64(index), kind: .frame, node: index % 50 == 0 ? 0 : 1, peer: index % 50 == 0 ? 1 : 2)
            entry.frame = "RUN"
            entry.fate = .delivered
            entry.arrivals = [Int64(index) + 1]
            record.entries.append(entry)
        }
        let cone = CausalCone(record, at: 6_000, node: 1)
        let selection = FrameSelection(record, cone: cone)
        #expect(selection.drawn.count == 800)
        #expect(selection.drawn.filter { record.entries[$0].node == 0 }.count == 100)
    }

    @Test("thinning takes evenly and never more than the budget", arguments: [0, 1, 7, 100, 1_000])
    func budget(_ budget: Int) {
        let thinning = Thinning([Array(0..<50), Array(50..<300)], budget: budget)
        #expect(thinning.chosen.count == min(budget, 300))
        #expect(thinning.chosen == Array(Set(thinning.chosen)).sorted())
        #expect(thinning.left.reduce(0, +) + thinning.chosen.count == 300)
        if budget == 100 { #expect(thinning.chosen.filter { $0 >= 50 } == stride(from: 50, to: 300, by: 5).map { $0 }) }
    }

    private func cuts(_ changes: [(Int64, TraceEntry.Kind, Int?, Int?, String?)], nodes: Int = 4) -> [LinkCuts.Stretch] {
        var record = RunRecord(
            name: "x", seed: 1, duration: 100, start: 0, nodes: (0..<nodes).map { .init(name: "n\($0)", kind: "office") })
        record.entries = changes.map { TraceEntry(at: $0.0, kind: $0.1, node: $0.2, peer: $0.3, text: $0.4) }
        return LinkCuts(record, end: 100).stretches
    }

    @Test("a partition has its parts, from the cut to the heal")
    func partition() {
        let stretches = cuts([
            (10, .cut, 0, 1, nil), (10, .cut, 0, 3, nil), (10, .cut, 2, 1, nil), (10, .cut, 3, 2, nil), (40, .healed, nil, nil, nil),
        ])
        #expect(stretches.count == 1)
        #expect(stretches.first?.from == 10)
        #expect(stretches.first?.to == 40)
        #expect(stretches.first?.parts == [0, 1, 0, 1])
        #expect(stretches.first?.summary == "n0, n2  |  n1, n3")
        #expect(stretches.first?.detail == "n0 – n1, n0 – n3, n1 – n2, n2 – n3")
    }

    @Test("a link that is cut in one direction parts nobody, and the last cut lasts to the end")
    func oneWay() {
        let stretches = cuts([(10, .cut, 1, 0, "one-way"), (20, .cut, 2, 3, nil), (30, .healed, 0, 1, nil)])
        #expect(stretches.map(\.summary) == ["n1 → n0", "n1 → n0, n2 – n3", "n2 – n3"])
        #expect(stretches.map(\.partCount) == [1, 1, 1])
        #expect(stretches.map(\.touched) == [[true, true, false, false], [true, true, true, true], [false, false, true, true]])
        #expect(stretches.last?.to == 100)
    }

    @Test("a node's cut without another end is a cut from everybody")
    func cutOff() {
        let stretches = cuts([(10, .cut, 2, nil, nil), (50, .healed, 2, nil, nil)])
        #expect(stretches.map(\.parts) == [[0, 0, 1, 0]])
        #expect(stretches.map(\.to) == [50])
    }

    @Test("a node's life is told by what stopped, hung and started it")
    func life() {
        let entries: [TraceEntry] = [
            .init(at: 10, kind: .paused, node: 0), .init(at: 20, kind: .resumed, node: 0), .init(at: 30, kind: .stopped, node: 0),
            .init(at: 60, kind: .started, node: 0),
        ]
        let life = NodeLife(entries, end: 100).stretches
        #expect(life.map(\.state) == [.running, .paused, .running, .down, .running])
        #expect(life.map(\.from) == [0, 10, 20, 30, 60])
        #expect(life.map(\.to) == [10, 20, 30, 60, 100])
        #expect(NodeLife([.init(at: 50, kind: .started, node: 0)], end: 100).stretches.map(\.state) == [.down, .running])
        #expect(NodeLife([], end: 100).stretches.map(\.state) == [.running])
    }

    @Test("labels on one lane never overlap, and stay within the bounds", arguments: 1...10)
    func lanes(_ seed: UInt64) {
        var lanes = LabelLanes(count: 3, bounds: 0...1_000)
        var placed: [LabelLanes.Place] = []
        var left = 0
        for index in 0..<80 {
            let x = Double((UInt64(index) &* 2_654_435_761 &* (seed | 1)) % 1_000)
            if let place = lanes.place("label \(index)", at: x) { placed.append(place) } else { left += 1 }
        }
        #expect(left > 0)
        #expect(placed.count > 20)
        for lane in 0..<3 {
            let row = placed.filter { $0.lane == lane }.sorted { $0.x < $1.x }
            for (one, other) in zip(row, row.dropFirst()) { #expect(one.x + one.width < other.x) }
        }
        #expect(placed.allSatisfy { $0.x >= 0 && $0.x + $0.width <= 1_000 })
    }
}
