extension SpaceTimeDiagram {
    /// A letter for a part of the group, a number where the alphabet ends.
    static func partName(_ part: Int) -> String {
        part < 26 ? String(UnicodeScalar(UInt8(65 + part))) : String(part + 1)
    }

    /// Hatches tell parts apart without colour.
    func drawPatterns(into out: inout Markup) {
        let shapes = ["M0 8L8 0", "M0 0L8 8", "M4 0V8", "M0 4H8"]
        out.element("defs") { out in
            for (number, shape) in shapes.enumerated() {
                out.element(
                    "pattern",
                    ["id": "hatch-\(number)", "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"]
                ) { out in
                    out.empty("rect", ["class": "hatch-ground", "width": "8", "height": "8"])
                    out.empty("path", ["class": "hatch", "d": shape])
                }
            }
        }
    }

    /// Shades the rows of every stretch with a cut, and names parts.
    func drawCuts(into out: inout Markup) {
        guard !layout.cuts.stretches.isEmpty else { return }
        out.element("g", ["class": "cuts"]) { out in
            var edge = -Double.infinity
            for (index, stretch) in layout.cuts.stretches.enumerated() {
                let left = layout.axis.x(stretch.from)
                let right = max(layout.axis.x(stretch.to), left + 1.5)
                // Flapping faster than the width can show leaves its first stretch to stand for the rest.
                guard right > edge + 0.5 else { continue }
                edge = right
                out.element("g") { out in
                    out.element("title", cutTitle(stretch))
                    drawBar(index, stretch, left: left, right: right, into: &out)
                    drawParts(stretch, left: left, right: right, into: &out)
                }
                out.line()
            }
        }
    }

    private func cutTitle(_ stretch: LinkCuts.Stretch) -> String {
        let time = "\(layout.words.time(stretch.from)) for \(TimeText.length(stretch.to - stretch.from))"
        return "Cut from \(time): \(stretch.detail)"
    }

    private func drawBar(
        _ index: Int, _ stretch: LinkCuts.Stretch, left: Double, right: Double, into out: inout Markup
    ) {
        let (x, y) = (Markup.number(left), rows.cutsTop)
        out.empty(
            "rect",
            [
                "class": "bar", "x": x, "y": Markup.number(y), "width": Markup.number(right - left),
                "height": Markup.number(DiagramRows.cutHeight), "rx": "2",
            ])
        let full = "\(index + 1)  \(stretch.summary)"
        let number = "\(index + 1)"
        let text = [full, number].first { LabelLanes.width(of: $0) + 10 <= right - left }
        guard let text else { return }
        out.element("text", ["class": "bar-text", "x": Markup.number(left + 6), "y": Markup.number(y + 12)], text)
    }

    private func drawParts(_ stretch: LinkCuts.Stretch, left: Double, right: Double, into out: inout Markup) {
        var row = 0
        while row < rows.count {
            let first = row
            while row < rows.count, stretch.parts[row] == stretch.parts[first], stretch.touched[row] == stretch.touched[first] {
                row += 1
            }
            let isParted = stretch.partCount > 1
            guard isParted || stretch.touched[first] else { continue }
            let part = stretch.parts[first]
            let top = rows.rowTop(first) + 1
            out.empty(
                "rect",
                [
                    "fill": "url(#hatch-\(isParted ? part % 4 : 3))", "x": Markup.number(left), "y": Markup.number(top),
                    "width": Markup.number(right - left), "height": Markup.number(Double(row - first) * rows.pitch - 2),
                ])
            if isParted, right - left > 18 {
                out.element(
                    "text", ["class": "part", "x": Markup.number(left + 4), "y": Markup.number(top + 13)], Self.partName(part))
            }
        }
    }

    /// Hair lines at the axis's ticks.
    func drawGrid(into out: inout Markup) {
        var path = PathText()
        for tick in layout.axis.ticks(spacing: Self.tickSpacing) {
            path.move(tick.x, rows.gridTop)
            path.upright(rows.bottom)
        }
        out.empty("path", ["class": "grid", "d": path.text])
        out.line()
    }

    /// The nodes' lines: whole while they run, dashed while they hang, dotted while they are down, broken where time is.
    func drawLines(into out: inout Markup) {
        for node in 0..<rows.count {
            let y = rows.y(node)
            for stretch in layout.lives[node].stretches {
                let (left, right) = (layout.axis.x(stretch.from), layout.axis.x(stretch.to))
                let state = stretch.state == .running ? "line" : stretch.state == .paused ? "line paused" : "line down"
                var reach = right
                if let cone = layout.cone {
                    reach = cone.horizon[node].map { min(right, max(left, layout.axis.x(min($0.at, layout.end)))) } ?? left
                }
                if reach > left { drawLine(left, reach, y, layout.cone == nil ? state : state + " in", into: &out) }
                if right > reach { drawLine(reach, right, y, state + " off", into: &out) }
            }
        }
        var breaks = PathText()
        var gaps = PathText()
        for pause in layout.axis.breaks where pause.right - pause.left > TimeAxis.breakWidthMin {
            let x = (pause.left + pause.right) / 2
            for node in 0..<rows.count {
                let y = rows.y(node)
                gaps.segment(x - 1.5, y + 4.5, x + 1.5, y - 4.5)
                breaks.segment(x - 3.5, y + 5, x - 0.5, y - 5)
                breaks.segment(x + 0.5, y + 5, x + 3.5, y - 5)
            }
        }
        if !breaks.text.isEmpty {
            out.empty("path", ["class": "break-gap", "d": gaps.text])
            out.empty("path", ["class": "break", "d": breaks.text])
        }
        out.line()
    }

    private func drawLine(_ left: Double, _ right: Double, _ y: Double, _ style: String, into out: inout Markup) {
        var path = PathText()
        path.move(left, y)
        path.level(right)
        out.empty("path", ["class": style, "d": path.text])
    }
}
