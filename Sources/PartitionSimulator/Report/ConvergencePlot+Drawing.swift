extension ConvergencePlot {
    /// One panel: its title and values on the left, steps, and gaps where a node was down.
    func draw(_ panel: Panel, isNode: Bool, into out: inout Markup) {
        let scale = PlotScale(from: 0, to: Double(panel.max), start: panel.top + panel.height, end: panel.top)
        let bottom = panel.top + panel.height
        var base = PathText()
        base.move(Self.left, bottom)
        base.level(Self.right)
        out.empty("path", ["class": isNode ? "grid" : "axis-line", "d": base.text])
        if isNode {
            let y = Markup.number(bottom - (panel.height < 20 ? 2 : panel.height / 2 - 4))
            out.element("text", ["class": "series", "x": "20", "y": y], Markup.shortened(panel.title, to: 18))
        } else {
            for (line, words) in panel.title.split(separator: " ", maxSplits: 1).enumerated() {
                let y = panel.top + panel.height / 2 - 4 + Double(line) * 16
                out.element("text", ["class": "panel-title", "x": "20", "y": Markup.number(y)], String(words))
            }
            drawValues(panel, scale, into: &out)
        }
        let (line, area) = steps(panel, scale)
        if !area.isEmpty { out.empty("path", ["class": "area", "d": area]) }
        if !line.isEmpty { out.empty("path", ["class": "step \(panel.style)", "d": line]) }
        if isNode, let most = samples.compactMap(panel.value).max(), most > 0 {
            out.element(
                "text", ["class": "soft", "x": Markup.number(Self.right + 8), "y": Markup.number(bottom - 2)],
                "≤ \(TimeText.count(most))")
        }
        out.line()
    }

    private func drawValues(_ panel: Panel, _ scale: PlotScale, into out: inout Markup) {
        var grid = PathText()
        for value in PlotScale.wholeTicks(to: panel.max, steps: 4) {
            let y = scale.place(Double(value))
            if value > 0 {
                grid.move(Self.left, y)
                grid.level(Self.right)
            }
            out.element(
                "text", ["class": "value soft", "x": Markup.number(Self.left - 8), "y": Markup.number(y + 4)],
                TimeText.count(value))
        }
        if !grid.text.isEmpty { out.empty("path", ["class": "grid", "d": grid.text]) }
    }

    /// The line of the values, and the area beneath it. A value holds until the next sample; there is no line while there is none.
    private func steps(_ panel: Panel, _ scale: PlotScale) -> (line: String, area: String) {
        var line = PathText()
        var area = PathText()
        var isOpen = false
        var index = 0
        while index < samples.count {
            let x = time.place(Double(samples[index].at))
            let value = panel.value(samples[index])
            while index < samples.count, panel.value(samples[index]) == value { index += 1 }
            let next = index < samples.count ? time.place(Double(samples[index].at)) : Self.right
            guard let value else {
                isOpen = false
                continue
            }
            let y = scale.place(Double(value))
            if isOpen { line.upright(y) } else { line.move(x, y) }
            line.level(next)
            isOpen = true
            guard value > panel.floor else { continue }
            let bottom = scale.place(Double(panel.floor))
            area.move(x, bottom)
            area.upright(y)
            // Half a pixel at least, so that a moment apart leaves a trace in a long story.
            area.level(max(next, x + 0.5))
            area.upright(bottom)
            area.close()
        }
        return (line.text, area.text)
    }

    /// Shades the stretches with cuts, numbered as in the space-time diagram.
    func drawCuts(top: Double, bottom: Double, into out: inout Markup) {
        var edge = -Double.infinity
        for (index, stretch) in cuts.enumerated() {
            let left = time.place(Double(stretch.from))
            let right = max(time.place(Double(stretch.to)), left + 1)
            guard right > edge + 0.5 else { continue }
            edge = right
            out.element("g") { out in
                let length = TimeText.length(stretch.to - stretch.from)
                out.element("title", "Cut from \(words.time(stretch.from)) for \(length): \(stretch.detail)")
                out.empty(
                    "rect",
                    [
                        "class": "shade", "x": Markup.number(left), "y": Markup.number(top),
                        "width": Markup.number(right - left), "height": Markup.number(bottom - top),
                    ])
                var edges = PathText()
                for x in [left, right] {
                    edges.move(x, top)
                    edges.upright(bottom)
                }
                out.empty("path", ["class": "shade-edge", "d": edges.text])
                let text = "cut \(index + 1)"
                if LabelLanes.width(of: text) + 8 < right - left {
                    out.element("text", ["class": "soft", "x": Markup.number(left + 5), "y": Markup.number(top + 13)], text)
                }
            }
        }
        out.line()
    }

    /// Round times beneath the panels, and hair lines up from them.
    func drawTimes(bottom: Double, into out: inout Markup) {
        let ticks = PlotScale.timeTicks(to: end, steps: 9)
        var grid = PathText()
        for tick in ticks {
            let x = time.place(Double(tick))
            grid.move(x, bottom)
            grid.upright(bottom + 6)
            out.element(
                "text", ["class": "tick", "x": Markup.number(x), "y": Markup.number(bottom + 19)],
                TimeText.clock(record.start &+ tick))
            out.element(
                "text", ["class": "tick soft", "x": Markup.number(x), "y": Markup.number(bottom + 32)], TimeText.offset(tick))
        }
        out.empty("path", ["class": "axis-line", "d": grid.text])
        out.line()
    }

    /// A dashed line for every violation; the first of them is named.
    func drawViolations(top: Double, bottom: Double, into out: inout Markup) {
        for (index, violation) in violations.sorted(by: { $0.at < $1.at }).enumerated() {
            let x = time.place(Double(violation.at))
            out.element("g", ["class": "alarm"]) { out in
                out.element("title", "Violation · \(words.time(violation.at))\n\(violation.words)")
                var line = PathText()
                line.move(x, top)
                line.upright(bottom)
                out.empty("path", ["class": "alarm-line", "d": line.text])
                guard index == 0 else { return }
                let width = LabelLanes.width(of: violation.rule) * 1.1
                let left = min(max(x - width / 2, Self.left), Self.width - width - 8)
                out.element(
                    "text", ["class": "alarm-text", "x": Markup.number(left), "y": Markup.number(top - 6)], violation.rule)
            }
        }
        out.line()
    }

    /// Areas to hover over, one for every sample, with its figures.
    func drawColumns(top: Double, bottom: Double, into out: inout Markup) {
        out.element("g", ["class": "columns"]) { out in
            for (index, sample) in samples.enumerated() {
                let x = time.place(Double(sample.at))
                let next = index + 1 < samples.count ? time.place(Double(samples[index + 1].at)) : Self.right
                out.element(
                    "rect",
                    [
                        "class": "hit-area", "x": Markup.number(x), "y": Markup.number(top),
                        "width": Markup.number(max(next - x, 1)), "height": Markup.number(bottom - top),
                    ]
                ) { $0.element("title", title(sample)) }
            }
        }
        out.line()
    }

    private func title(_ sample: RunRecord.Sample) -> String {
        let lacking = sample.missing.enumerated().filter { ($0.element ?? 0) > 0 }
        let down = sample.missing.enumerated().filter { $0.element == nil }
        var lines = ["\(words.time(sample.at)): \(TimeText.count(sample.digests, "digest"))"]
        lines.append(lacking.isEmpty ? "nothing missing" : "missing:")
        lines += lacking.prefix(10).map { "  \(words.name($0.offset)): \(TimeText.count($0.element ?? 0))" }
        if lacking.count > 10 { lines.append("  and at \(lacking.count - 10) more nodes") }
        if !down.isEmpty {
            let names = down.prefix(8).map { words.name($0.offset) }.joined(separator: ", ")
            lines.append("down: \(names)\(down.count > 8 ? " and \(down.count - 8) more" : "")")
        }
        return lines.joined(separator: "\n")
    }
}
