/// What the signs of a diagram mean: those that it holds, and the list of its cuts.
struct DiagramLegend {
    /// A sign and its meaning.
    struct Item {
        let sign: Sign
        let words: String
    }

    /// What is drawn beside the words, in a box of 30 by 16.
    enum Sign {
        case mark(TraceEntry.Kind, style: String)
        case frame(String, TraceEntry.Fate)
        case line(String)
        case hatch
        case burst
    }

    /// A line of the legend in an SVG.
    struct Line {
        var items: [(x: Double, item: Item)]
    }

    private static let cutsMax = 8
    private static let step = 22.0

    let items: [Item]
    /// The cuts in words, numbered as their bars are: a sentence each.
    let cuts: [String]

    init(_ diagram: SpaceTimeDiagram) {
        let layout = diagram.layout
        items = Self.frameItems(layout) + Self.markItems(layout) + Self.lineItems(layout)
        let stretches = layout.cuts.stretches
        var cuts = stretches.prefix(Self.cutsMax).enumerated().map { number, stretch in
            let until = stretch.to >= layout.end ? "to the end" : "to \(TimeText.offset(stretch.to))"
            return "Cut \(number + 1): \(TimeText.offset(stretch.from)) \(until): \(stretch.summary)"
        }
        if stretches.count > Self.cutsMax {
            cuts.append("\(TimeText.count(stretches.count - Self.cutsMax, "more cut")); hover over the bars to read them.")
        }
        self.cuts = cuts
    }

    private static func frameItems(_ layout: DiagramLayout) -> [Item] {
        let drawn = layout.frames.drawn.map { layout.record.entries[$0] }
        var items: [Item] = []
        if drawn.contains(where: { FrameSelection.carries($0.frame) }) {
            items.append(Item(sign: .frame("carry", .delivered), words: "frame with change sets"))
        }
        if drawn.contains(where: { !FrameSelection.carries($0.frame) }) {
            items.append(Item(sign: .frame("control", .delivered), words: "control frame"))
        }
        let fates: [(TraceEntry.Fate, String)] = [
            (.lost, "lost"), (.blocked, "not carried"), (.damaged, "damaged"), (.replayed, "replayed"),
        ]
        for (fate, words) in fates where drawn.contains(where: { $0.fate == fate }) {
            items.append(Item(sign: .frame("carry", fate), words: words))
        }
        return items
    }

    private static func markItems(_ layout: DiagramLayout) -> [Item] {
        let kinds: [(TraceEntry.Kind, String)] = [
            (.deed, "deed"), (.merged, "merged"), (.stopped, "stopped"), (.started, "started"), (.paused, "hangs"),
            (.resumed, "goes on"), (.fault, "fault"), (.notice, "told people"), (.warning, "warning"), (.remark, "remark"),
        ]
        var items: [Item] = []
        for (kind, words) in kinds {
            if layout.marks.contains(where: { $0.kind == kind && !$0.isRefused }) {
                items.append(Item(sign: .mark(kind, style: "mark \(kind.rawValue)"), words: words))
            }
            if kind == .deed, layout.marks.contains(where: { $0.kind == .deed && $0.isRefused }) {
                items.append(Item(sign: .mark(.deed, style: "mark deed refused"), words: "deed, refused"))
            }
        }
        if !layout.alarms.isEmpty { items.append(Item(sign: .burst, words: "violation")) }
        return items
    }

    private static func lineItems(_ layout: DiagramLayout) -> [Item] {
        let states = layout.lives.flatMap(\.stretches).map(\.state)
        var items: [Item] = []
        if states.contains(.paused) { items.append(Item(sign: .line("line paused"), words: "node hangs")) }
        if states.contains(.down) { items.append(Item(sign: .line("line down"), words: "node down")) }
        let stretches = layout.cuts.stretches
        if stretches.contains(where: { $0.partCount > 1 }) {
            items.append(Item(sign: .hatch, words: "parts of the group (A, B …) while links are cut"))
        } else if !stretches.isEmpty {
            items.append(Item(sign: .hatch, words: "a link of the node is cut"))
        }
        return items
    }
}

extension DiagramLegend {
    /// The items set in lines of at most that width.
    func lines(width: Double) -> [Line] {
        var lines = [Line(items: [])]
        var x = 0.0
        for item in items {
            let length = 38 + LabelLanes.width(of: item.words) * 1.1 + 18
            if x + length > width, !lines[lines.count - 1].items.isEmpty {
                lines.append(Line(items: []))
                x = 0
            }
            lines[lines.count - 1].items.append((x, item))
            x += length
        }
        return lines
    }

    /// The height of legend, cuts and captions in an SVG.
    func height(of lines: [Line], captions: [String]) -> Double {
        Double(lines.count + cuts.count + captions.count) * Self.step + 18
    }

    /// Legend, cuts and captions of an SVG of its own.
    func draw(_ lines: [Line], captions: [String], top: Double, into out: inout Markup) {
        var y = top + 8
        for line in lines {
            for (x, item) in line.items {
                out.element("g", ["transform": "translate(\(Markup.number(20 + x)) \(Markup.number(y - 8)))"]) { out in
                    Self.draw(item.sign, into: &out)
                    out.element("text", ["class": "legend-text", "x": "38", "y": "12"], item.words)
                }
            }
            y += Self.step
        }
        for text in cuts + captions {
            out.element("text", ["class": "caption", "x": "20", "y": Markup.number(y + 4)], text)
            y += Self.step
        }
    }

    /// The legend as a list of a page.
    func html() -> String {
        var out = Markup()
        out.element("ul", ["class": "legend"]) { out in
            for item in items {
                out.element("li") { out in
                    out.element(
                        "svg",
                        ["class": "diagram", "width": "30", "height": "16", "viewBox": "0 0 30 16", "aria-hidden": "true"]
                    ) { Self.draw(item.sign, into: &$0) }
                    out.append(" \(item.words)")
                }
            }
        }
        return out.text
    }

    private static func draw(_ sign: Sign, into out: inout Markup) {
        switch sign {
        case .mark(let kind, let style):
            out.element("g", ["class": style]) { out in
                SpaceTimeDiagram.symbol(kind, x: kind == .fault ? 11 : 15, y: kind == .fault ? 15 : 8, into: &out)
            }
        case .frame(let family, let fate):
            out.element("g", ["class": "frame \(family) \(fate.rawValue)"]) { SpaceTimeDiagram.sample(fate, into: &$0) }
        case .line(let style):
            out.empty("path", ["class": style, "d": "M1 8H29"])
        case .hatch:
            out.empty("rect", ["fill": "url(#hatch-0)", "x": "1", "y": "1", "width": "28", "height": "14"])
        case .burst:
            out.element("g", ["class": "alarm", "transform": "translate(3 -2.6) scale(.8)"]) { out in
                SpaceTimeDiagram.burst(x: 15, y: 13, into: &out)
            }
        }
    }
}
