extension SpaceTimeDiagram {
    /// Everything that happened at a node: kinds that matter more above the others.
    func drawMarks(into out: inout Markup) {
        let order: [TraceEntry.Kind] = [
            .merged, .remark, .notice, .warning, .fault, .resumed, .paused, .started, .stopped, .deed,
        ]
        out.element("g", ["class": "marks"]) { out in
            for kind in order {
                for mark in layout.marks where mark.kind == kind { draw(mark, into: &out) }
            }
        }
        out.line()
    }

    /// How long faults last that end by themselves: a band along the node's line.
    func drawExtents(into out: inout Markup) {
        for mark in layout.marks where mark.kind == .fault && mark.entries.count == 1 {
            guard let node = mark.node, let until = layout.record.entries[mark.entries[0]].until else { continue }
            out.empty(
                "rect",
                [
                    "class": mark.isInCone ? "extent" : "extent off", "x": Markup.number(mark.x),
                    "y": Markup.number(rows.y(node) - 5),
                    "width": Markup.number(max(1, layout.axis.x(min(until, layout.end)) - mark.x)), "height": "10",
                ])
        }
    }

    private func draw(_ mark: DiagramMark, into out: inout Markup) {
        let y = mark.node.map(rows.y) ?? rows.groupLine - 4
        let entries = mark.entries.map { layout.record.entries[$0] }
        let sets = changeSets(entries)
        let style = "mark \(mark.kind.rawValue)\(mark.isRefused ? " refused" : "")\(mark.isInCone ? "" : " off")"
        out.element(
            "g",
            [
                "id": mark.id, "class": style, "data-sets": sets, "data-row": mark.node.map(String.init),
                "tabindex": isInPage && mark.kind == .deed ? "-1" : nil,
                "role": isInPage && mark.kind == .deed ? "img" : nil,
                "aria-label": isInPage && mark.kind == .deed ? title(mark, entries) : nil,
            ]
        ) { out in
            out.element("title", title(mark, entries))
            Self.symbol(mark.kind, x: mark.x, y: y, count: mark.entries.count, into: &out)
        }
    }

    private func title(_ mark: DiagramMark, _ entries: [TraceEntry]) -> String {
        guard entries.count > 1 else { return layout.words.title(entries[0]) }
        let shown = entries.prefix(6).map { "\(layout.words.time($0.at)) \(layout.words.sentence($0))" }
        let more = entries.count > 6 ? ["and \(TimeText.count(entries.count - 6)) more"] : []
        return (["\(layout.words.name(mark.node)) · \(TimeText.count(entries.count, mark.kind.noun, mark.kind.nouns))"] + shown + more)
            .joined(separator: "\n")
    }

    private func changeSets(_ entries: [TraceEntry]) -> String? {
        let sets = entries.flatMap { ($0.changeSet.map { [$0] } ?? []) + ($0.changeSets ?? []) }
        return sets.isEmpty ? nil : sets.prefix(64).joined(separator: " ")
    }

    /// The sign of a kind; legends draw the same.
    static func symbol(_ kind: TraceEntry.Kind, x: Double, y: Double, count: Int = 1, into out: inout Markup) {
        var path = PathText()
        switch kind {
        case .deed:
            out.empty(
                "circle",
                ["class": "dot", "cx": Markup.number(x), "cy": Markup.number(y), "r": count > 1 ? "6" : "4.8"])
            return
        case .started:
            out.empty("circle", ["class": "ring", "cx": Markup.number(x), "cy": Markup.number(y), "r": "6.5"])
            return
        case .merged:
            path.move(x, y - 4)
            path.line(x + 4, y)
            path.line(x, y + 4)
            path.line(x - 4, y)
            path.close()
        case .stopped:
            path.segment(x - 6, y - 6, x + 6, y + 6)
            path.segment(x - 6, y + 6, x + 6, y - 6)
        case .paused:
            path.segment(x - 2.5, y - 7, x - 2.5, y + 7)
            path.segment(x + 2.5, y - 7, x + 2.5, y + 7)
        case .resumed:
            path.move(x - 3.5, y - 6)
            path.line(x + 5.5, y)
            path.line(x - 3.5, y + 6)
            path.close()
        case .fault:
            path.move(x, y)
            path.upright(y - 13)
            path.line(x + 8, y - 10)
            path.line(x, y - 7)
        case .warning:
            path.move(x, y - 7)
            path.line(x + 6.5, y + 4.5)
            path.line(x - 6.5, y + 4.5)
            path.close()
            path.segment(x, y - 2.5, x, y + 1)
            path.segment(x, y + 2.6, x, y + 3.2)
        case .notice:
            path.move(x - 5, y - 5)
            path.level(x + 5)
            path.upright(y + 3)
            path.level(x)
            path.line(x - 3, y + 6)
            path.upright(y + 3)
            path.level(x - 5)
            path.close()
        default:
            path.segment(x, y - 5, x, y + 5)
        }
        out.empty("path", ["class": "sign", "d": path.text])
    }

    /// Violations above everything else: a line across all rows, and a burst at the node.
    func drawAlarms(into out: inout Markup) {
        guard !layout.alarms.isEmpty else { return }
        out.element("g", ["class": "alarms"]) { out in
            for alarm in layout.alarms {
                let x = layout.axis.x(alarm.at)
                let y = alarm.node.map(rows.y) ?? rows.groupLine - 4
                out.element(
                    "g", ["id": alarm.id, "class": "alarm", "tabindex": isInPage ? "-1" : nil]
                ) { out in
                    let when = layout.words.time(alarm.at)
                    out.element("title", "Violation · \(when)\n\(alarm.words.prefix(6).joined(separator: "\n"))")
                    var path = PathText()
                    path.move(x, rows.groupLine + 4)
                    path.upright(rows.bottom)
                    out.empty("path", ["class": "alarm-line", "d": path.text])
                    Self.burst(x: x, y: y, into: &out)
                }
            }
        }
        out.line()
    }

    /// The sign of a violation: a star with eight points, in a ring.
    static func burst(x: Double, y: Double, into out: inout Markup) {
        // Sines and cosines of eighths of a turn and halves of them, so that no platform's rounding shows.
        let (far, near, half, long, short) = (9.0, 4.4, 0.70711, 0.92388, 0.38268)
        let points: [(Double, Double)] = [
            (far, 0), (near * long, near * short), (far * half, far * half), (near * short, near * long), (0, far),
            (-near * short, near * long), (-far * half, far * half), (-near * long, near * short), (-far, 0),
            (-near * long, -near * short), (-far * half, -far * half), (-near * short, -near * long), (0, -far),
            (near * short, -near * long), (far * half, -far * half), (near * long, -near * short),
        ]
        var path = PathText()
        for (index, point) in points.enumerated() {
            if index == 0 { path.move(x + point.0, y + point.1) } else { path.line(x + point.0, y + point.1) }
        }
        path.close()
        out.empty("circle", ["class": "halo", "cx": Markup.number(x), "cy": Markup.number(y), "r": "14"])
        out.empty("path", ["class": "burst", "d": path.text])
    }
}
