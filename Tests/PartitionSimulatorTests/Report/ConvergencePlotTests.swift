@testable import PartitionSimulator
import Testing

@Suite("The convergence plot")
struct ConvergencePlotTests {
    @Test("is well-formed and the same for the same record", arguments: 1...5)
    func wellFormed(_ seed: UInt64) {
        let record = SampleRecord(seed: seed).record
        let violations = [Violation(.convergence, at: 90_000, "2 digests")]
        let svg = ConvergencePlot(record, violations: violations).svg()
        #expect(MarkupCheck(svg).error == nil)
        #expect(svg == ConvergencePlot(record, violations: violations).svg())
    }

    @Test("names stay texts")
    func hostile() {
        let svg = ConvergencePlot(.hostile, violations: RunSummary.hostile.violations).svg()
        #expect(MarkupCheck(svg).error == nil)
        #expect(!svg.contains("<script"))
    }

    @Test("a record without samples says so")
    func empty() {
        var record = SampleRecord(seed: 1).record
        record.samples = []
        let check = MarkupCheck(ConvergencePlot(record).svg())
        #expect(check.error == nil)
        #expect(check.text.contains("No samples were taken."))
    }

    @Test("the conclusion names the peak and what was still missing")
    func conclusion() {
        var record = SampleRecord(seed: 1, nodes: 2).record
        record.samples = [
            .init(at: 0, digests: 1, missing: [0, 0]), .init(at: 10, digests: 2, missing: [3, nil]),
            .init(at: 20, digests: 1, missing: [1, 0]),
        ]
        let conclusion = ConvergencePlot(record).conclusion
        #expect(conclusion.hasPrefix("At most 2 different digests; in the end 1 digest, and 1 change set was still missing."))
    }

    @Test("of very many samples the worst of every column stay")
    func thinned() {
        var record = SampleRecord(seed: 2, nodes: 2).record
        record.samples = (0..<50_000).map { .init(at: Int64($0) * 20, digests: 1, missing: [$0 == 31_007 ? 900 : 0, 0]) }
        let plot = ConvergencePlot(record)
        #expect(plot.samples.count < 3_000)
        #expect(plot.samples.contains { $0.missing[0] == 900 })
        #expect(zip(plot.samples, plot.samples.dropFirst()).allSatisfy { $0.at <= $1.at })
    }

    @Test("values have whole ticks, times round ones", arguments: [0, 1, 4, 5, 17, 999, 12_345])
    func ticks(_ most: Int) {
        let ticks = PlotScale.wholeTicks(to: most, steps: 4)
        #expect(ticks.first == 0)
        #expect(ticks.count <= 5)
        #expect((ticks.last ?? 0) <= most)
        #expect(most == 0 || ticks.count >= 2)
        #expect(PlotScale.timeTicks(to: 7_200_000, steps: 9) == (0...8).map { Int64($0) * 900_000 })
        #expect(PlotScale.timeTicks(to: 90 * 86_400_000, steps: 9).count <= 10)
    }
}
