/// The space-time diagram of a run: a line per node, time from left to right, frames as slanted arrows, what people and faults
/// did as marks, cuts shaded, and the causal cone of the first violation raised above the rest.
///
/// The same record and violations give the same bytes. Large records are thinned: the caption says what is not drawn.
public struct SpaceTimeDiagram {
    let layout: DiagramLayout
    let rows: DiagramRows
    /// Whether it stands in a page, which gives the style, the legend and the caption.
    let isInPage: Bool
    /// Labels that found room, per row; the last one is the line of the whole group.
    let labels: [PlacedLabel]
    /// How many found none.
    let labelsLeft: Int

    /// A label with its place.
    struct PlacedLabel {
        let text: String
        let x: Double
        let y: Double
        /// The mark's place and the height of its line.
        let mark: (x: Double, y: Double)
        let style: String
        /// Whether the mark is near, so that no line must lead to it.
        let isNear: Bool
    }

    /// The diagram of a record, with the violations of its summary.
    public init(_ record: RunRecord, violations: [Violation] = []) {
        self.init(DiagramLayout(record, violations: violations), isInPage: false)
    }

    init(_ layout: DiagramLayout, isInPage: Bool) {
        self.layout = layout
        self.isInPage = isInPage
        let hasGroupLine = layout.alarms.isEmpty == false || layout.marks.contains { $0.node == nil }
        rows = DiagramRows(
            layout.record.nodes.count, heading: isInPage ? 0 : 60, hasCuts: !layout.cuts.stretches.isEmpty,
            hasGroupLine: hasGroupLine)
        (labels, labelsLeft) = Self.place(layout, rows)
    }

    /// The diagram as a file of its own, with its style, legend and caption.
    public func svg() -> String {
        var out = Markup()
        let legend = DiagramLegend(self)
        let width = layout.axis.right + 28
        let lines = legend.lines(width: width - 40)
        let height = plotBottom + 22 + legend.height(of: lines, captions: captions)
        out.append(trusted: #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n")
        out.element("svg", attributes(width: width, height: height)) { out in
            out.element("title", heading)
            out.element("style") { $0.append(trusted: ReportStyle.colours + ReportStyle.standalone + ReportStyle.diagram) }
            out.empty("rect", ["class": "paper", "width": Markup.number(width), "height": Markup.number(height)])
            out.element("text", ["class": "heading", "x": "20", "y": "30"], heading)
            out.element("text", ["class": "soft", "x": "20", "y": "49"], subheading)
            draw(into: &out)
            legend.draw(lines, captions: captions, top: plotBottom + 22, into: &out)
        }
        out.line()
        return out.text
    }

    /// The diagram as an element of a page.
    func inline() -> String {
        var out = Markup()
        let width = layout.axis.right + 28
        out.element("svg", attributes(width: width, height: plotBottom + 6)) { out in
            draw(into: &out)
        }
        return out.text
    }

    /// The lower edge of rows and axis.
    var plotBottom: Double { rows.bottom + (rows.count > 12 ? 52 : 8) }

    /// What the diagram leaves out and how it is to be read: sentences for beneath it.
    public var captions: [String] {
        var captions: [String] = []
        if layout.cone != nil, let first = layout.alarms.min(by: { $0.at < $1.at }) {
            let which = layout.alarms.count > 1 ? "the first violation" : "the violation"
            let all = first.node == nil ? " No single node shows it, so that is all that came before it." : ""
            captions.append(
                "Raised: what happened before \(which), by what each node did and by frames that arrived. "
                    + "Dimmed: the rest.\(all)")
        }
        captions.append(
            "Time runs from left to right and is not to scale; a break names the quiet stretch that it leaves out. "
                + "Times of day are UTC.")
        let frames = layout.frames
        if frames.drawn.count < frames.total {
            let reasons =
                frames.left.count == 1
                ? frames.left[0].name : TimeText.list(frames.left.map { "\(TimeText.count($0.count)) \($0.name)" })
            let left = frames.total - frames.drawn.count
            captions.append("\(TimeText.count(left)) of \(TimeText.count(frames.total, "frame")) are not drawn: \(reasons).")
        }
        if layout.mergesLeft > 0 { captions.append("\(TimeText.count(layout.mergesLeft, "merge")) are not drawn.") }
        let several = layout.marks.reduce(0) { $0 + ($1.entries.count > 1 ? 1 : 0) }
        if several > 0 {
            let stand = several == 1 ? "stands" : "stand"
            captions.append("\(TimeText.count(several, "larger mark")) \(stand) for several entries close to each other.")
        }
        if labelsLeft > 0 {
            captions.append("\(TimeText.count(labelsLeft, "label")) found no room; hover over the marks to read them.")
        }
        return captions
    }

    private func draw(into out: inout Markup) {
        drawPatterns(into: &out)
        drawCuts(into: &out)
        drawGrid(into: &out)
        drawExtents(into: &out)
        drawLines(into: &out)
        drawFrames(into: &out)
        drawMarks(into: &out)
        drawLabels(into: &out)
        drawAlarms(into: &out)
        drawAxis(into: &out)
        drawNames(into: &out)
    }

    private var heading: String {
        "\(Markup.shortened(layout.record.name, to: 80)), seed \(layout.record.seed)"
    }

    private var subheading: String {
        let record = layout.record
        return "\(TimeText.count(record.nodes.count, "node")), \(TimeText.length(record.duration)) from "
            + "\(TimeText.date(record.start)) \(TimeText.clock(record.start)) UTC, "
            + TimeText.count(record.entries.count, "entry", "entries")
    }

    private func attributes(width: Double, height: Double) -> Markup.Attributes {
        [
            "xmlns": "http://www.w3.org/2000/svg", "class": layout.cone == nil ? "diagram" : "diagram coned",
            "width": Markup.number(width), "height": Markup.number(height),
            "viewBox": "0 0 \(Markup.number(width)) \(Markup.number(height))",
            "role": isInPage ? "group" : "img", "aria-label": "Space-time diagram of \(heading): \(subheading)",
        ]
    }
}
