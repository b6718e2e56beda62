/// How far apart the replicas were over time: how many different digests they showed, how many change sets were missing in
/// all, and a line for each node with those that it lacked. Time is to scale; stretches with cuts are shaded.
///
/// The same record and violations give the same bytes.
public struct ConvergencePlot {
    static let width = 1_180.0
    static let left = 148.0
    static let right = 1_112.0
    private static let samplesMax = 1_000

    let record: RunRecord
    let words: EntryWords
    let violations: [Violation]
    let cuts: [LinkCuts.Stretch]
    let samples: [RunRecord.Sample]
    let time: PlotScale
    let end: Int64
    /// Whether it stands in a page, which gives the style.
    let isInPage: Bool

    /// A panel: values over time.
    struct Panel {
        let title: String
        let style: String
        let top: Double
        let height: Double
        let max: Int
        /// The value at which all is well: the area is drawn above it.
        let floor: Int
        let value: (RunRecord.Sample) -> Int?
    }

    /// The plot of a record, with the violations of its summary.
    public init(_ record: RunRecord, violations: [Violation] = []) {
        self.init(record, violations: violations, isInPage: false)
    }

    init(_ record: RunRecord, violations: [Violation], isInPage: Bool) {
        self.record = record
        self.violations = violations
        self.isInPage = isInPage
        words = EntryWords(record)
        let end = max(record.duration, record.samples.map(\.at).max() ?? 0, 1)
        self.end = end
        cuts = LinkCuts(record, end: end).stretches
        time = PlotScale(from: 0, to: Double(end), start: Self.left, end: Self.right)
        samples = Self.thinned(record.samples, time)
    }

    /// The plot as a file of its own.
    public func svg() -> String {
        #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n" + drawn() + "\n"
    }

    /// The plot as an element of a page.
    func inline() -> String { drawn() }

    private func drawn() -> String {
        let panels = panels
        let bottom = panels.last.map { $0.top + $0.height } ?? heading + 40
        let height = bottom + 70
        var out = Markup()
        let size = (Markup.number(Self.width), Markup.number(height))
        let name = "Convergence of \(Markup.shortened(record.name, to: 80)), seed \(record.seed)"
        out.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": "plot", "width": size.0, "height": size.1,
                "viewBox": "0 0 \(size.0) \(size.1)", "role": "img", "aria-label": "\(name). \(conclusion)",
            ]
        ) { out in
            if !isInPage {
                out.element("title", name)
                out.element("style") { out in
                    out.append(trusted: ReportStyle.colours + ReportStyle.standalone + ReportStyle.diagram)
                }
                out.empty("rect", ["class": "paper", "width": size.0, "height": size.1])
                out.element("text", ["class": "heading", "x": "20", "y": "30"], name)
            }
            drawCuts(top: panelsTop - 18, bottom: bottom, into: &out)
            drawTimes(bottom: bottom, into: &out)
            for panel in panels { draw(panel, isNode: panel.style == "node", into: &out) }
            drawViolations(top: panelsTop - 18, bottom: bottom, into: &out)
            drawColumns(top: panelsTop - 18, bottom: bottom, into: &out)
            out.element("text", ["class": "caption", "x": "20", "y": Markup.number(height - 10)], conclusion)
        }
        return out.text
    }

    /// What the plot shows, in a sentence.
    var conclusion: String {
        guard let last = record.samples.last else { return "No samples were taken." }
        let missing = last.missing.reduce(0) { $0 + ($1 ?? 0) }
        let digests = TimeText.count(last.digests, "digest")
        let peak = record.samples.map(\.digests).max() ?? 0
        let state =
            missing == 0
            ? "no change set was missing anywhere"
            : "\(TimeText.count(missing, "change set")) \(missing == 1 ? "was" : "were") still missing"
        let most = peak == 1 ? "Never more than 1 digest" : "At most \(TimeText.count(peak)) different digests"
        return "\(most); in the end \(digests), and \(state). Time is to scale; links were cut where it is shaded."
    }

    private var heading: Double { isInPage ? 0 : 44 }

    private var panelsTop: Double { heading + 40 }

    private var panels: [Panel] {
        guard !samples.isEmpty else { return [] }
        let total: (RunRecord.Sample) -> Int? = { $0.missing.reduce(0) { $0 + ($1 ?? 0) } }
        let digests = max(1, record.samples.map(\.digests).max() ?? 1)
        var panels = [
            Panel(
                title: "distinct digests", style: "digests", top: panelsTop, height: 84, max: digests, floor: 1,
                value: { $0.digests }),
            Panel(
                title: "missing in all", style: "total", top: panelsTop + 112, height: 84,
                max: max(1, record.samples.compactMap(total).max() ?? 1), floor: 0, value: total),
        ]
        let most = max(1, record.samples.flatMap(\.missing).compactMap(\.self).max() ?? 1)
        let height = record.nodes.count <= 8 ? 28.0 : record.nodes.count <= 20 ? 20 : 13
        for (node, participant) in record.nodes.enumerated() {
            panels.append(
                Panel(
                    title: participant.name, style: "node", top: panelsTop + 228 + Double(node) * (height + 8), height: height,
                    max: most, floor: 0, value: { $0.missing.indices.contains(node) ? $0.missing[node] : nil }))
        }
        return panels
    }

    /// Of more samples than columns, the last one of every column and the one that lacks the most.
    private static func thinned(_ samples: [RunRecord.Sample], _ time: PlotScale) -> [RunRecord.Sample] {
        let sorted = samples.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        guard sorted.count > samplesMax else { return sorted }
        var kept: [RunRecord.Sample] = []
        var start = 0
        while start < sorted.count {
            let column = Int(time.place(Double(sorted[start].at)))
            var next = start
            var worst = start
            while next < sorted.count, Int(time.place(Double(sorted[next].at))) == column {
                let lacks = { (sample: RunRecord.Sample) in sample.missing.reduce(0) { $0 + ($1 ?? 0) } + sample.digests }
                if lacks(sorted[next]) > lacks(sorted[worst]) { worst = next }
                next += 1
            }
            kept.append(sorted[worst])
            if worst != next - 1 { kept.append(sorted[next - 1]) }
            start = next
        }
        return kept
    }
}
