extension SpaceTimeDiagram {
    static let tickSpacing = 96.0

    /// Times of day and offsets above the rows, and below them where there are many; the lengths of the breaks.
    func drawAxis(into out: inout Markup) {
        out.element("g", ["class": "axis"]) { out in
            drawAxis(base: rows.axisBottom, direction: -1, into: &out)
            if rows.count > 12 { drawAxis(base: rows.bottom + 2, direction: 1, into: &out) }
        }
        out.line()
    }

    private func drawAxis(base: Double, direction: Double, into out: inout Markup) {
        var path = PathText()
        path.move(layout.axis.left, base)
        path.level(layout.axis.right)
        let ticks = layout.axis.ticks(spacing: Self.tickSpacing)
        for tick in ticks {
            path.move(tick.x, base)
            path.upright(base + 5 * direction)
        }
        out.empty("path", ["class": "axis-line", "d": path.text])
        let upper = base + (direction < 0 ? -35 : 17)
        for tick in ticks {
            out.element("text", ["class": "tick", "x": Markup.number(tick.x), "y": Markup.number(upper)], clock(tick.at))
            out.element(
                "text", ["class": "tick soft", "x": Markup.number(tick.x), "y": Markup.number(upper + 13)],
                TimeText.offset(tick.at))
        }
        drawBreaks(base: base, words: base + (direction < 0 ? -8 : 42), into: &out)
    }

    private func drawBreaks(base: Double, words height: Double, into out: inout Markup) {
        var zigzag = PathText()
        for pause in layout.axis.breaks where pause.right - pause.left > TimeAxis.breakWidthMin {
            let middle = (pause.left + pause.right) / 2
            zigzag.move(middle - 6, base)
            for (index, x) in [-3.0, 0, 3, 6].enumerated() {
                zigzag.line(middle + x, base + (index == 3 ? 0 : index % 2 == 0 ? -4 : 4))
            }
            let words = TimeText.length(pause.to - pause.from)
            if pause.right - pause.left > LabelLanes.width(of: words) * 0.8 {
                out.element("text", ["class": "pause", "x": Markup.number(middle), "y": Markup.number(height)], words)
            }
            out.element(
                "rect",
                [
                    "class": "hit-area", "x": Markup.number(pause.left), "y": Markup.number(base - 20),
                    "width": Markup.number(pause.right - pause.left), "height": "24",
                ]
            ) { out in
                let from = layout.words.time(pause.from)
                out.element("title", "Nothing that is drawn happened for \(words) from \(from)")
            }
        }
        guard !zigzag.text.isEmpty else { return }
        out.empty("path", ["class": "zigzag-gap", "d": zigzag.text])
        out.empty("path", ["class": "zigzag", "d": zigzag.text])
    }

    private func clock(_ at: Int64) -> String {
        let start = layout.record.start
        let time = TimeText.clock(start &+ at)
        guard layout.record.duration > 86_400_000 else { return time }
        // Days counted from the first, because a month has more than one of every weekday.
        let day = (start &+ at) / 86_400_000 - start / 86_400_000 + 1
        return "day \(day) \(time)"
    }

    /// Names and kinds in the column on the left, which a page keeps in sight.
    func drawNames(into out: inout Markup) {
        out.element("g", ["class": "names"]) { out in
            out.empty(
                "rect",
                [
                    "class": "paper", "x": "0", "y": "\(Markup.number(rows.axisBottom - 48))",
                    "width": Markup.number(DiagramLayout.gutter), "height": Markup.number(plotBottom - rows.axisBottom + 48),
                ])
            if !layout.cuts.stretches.isEmpty {
                out.element("text", ["class": "kind", "x": "20", "y": Markup.number(rows.cutsTop + 12)], "links cut")
            }
            for (node, participant) in layout.record.nodes.enumerated() {
                let y = rows.y(node)
                let isTall = rows.pitch > 40
                out.element("g") { out in
                    out.element("title", "\(participant.name), \(participant.kind)")
                    out.element(
                        "text", ["class": "name", "x": "20", "y": Markup.number(isTall ? y - 1 : y + 4)],
                        Markup.shortened(participant.name, to: 15))
                    if isTall {
                        out.element(
                            "text", ["class": "kind", "x": "20", "y": Markup.number(y + 13)],
                            Markup.shortened(participant.kind, to: 16))
                    }
                }
            }
        }
        out.line()
    }
}
