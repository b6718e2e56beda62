extension SpaceTimeDiagram {
    /// Who gets room first: a label that says more about the run.
    private static let order: [TraceEntry.Kind] = [
        .deed, .stopped, .started, .paused, .fault, .warning, .notice, .resumed, .remark,
    ]

    /// Places the labels of all marks and violations.
    static func place(_ layout: DiagramLayout, _ rows: DiagramRows) -> (labels: [PlacedLabel], left: Int) {
        let bounds = (layout.axis.left - 8)...(layout.axis.right + 24)
        var lanes = (0..<rows.count).map { _ in LabelLanes(count: rows.lanes.count, bounds: bounds) }
        var group = LabelLanes(count: 1, bounds: bounds)
        var labels: [PlacedLabel] = []
        var left = 0
        for alarm in layout.alarms.sorted(by: { $0.at < $1.at }) {
            let x = layout.axis.x(alarm.at)
            let more = alarm.words.count > 1 ? " +\(alarm.words.count - 1)" : ""
            // Beside the burst, where that stands on the line of the group itself.
            let text = alarm.label + more
            let shift = alarm.node == nil ? LabelLanes.width(of: text) / 2 + 18 : 0
            guard let place = group.place(text, at: x + shift) else {
                left += 1
                continue
            }
            labels.append(
                PlacedLabel(
                    text: text, x: place.x, y: rows.groupLine, mark: (x, rows.groupLine), style: "alarm",
                    isNear: true))
        }
        for kind in order {
            for mark in layout.marks where mark.kind == kind {
                guard let text = label(of: mark, layout) else { continue }
                let dimmed = mark.isInCone ? "" : " off"
                if let node = mark.node, let place = lanes[node].place(text, at: mark.x) {
                    let y = rows.y(node) + rows.lanes[place.lane]
                    labels.append(
                        PlacedLabel(
                            text: text, x: place.x, y: y, mark: (mark.x, rows.y(node)), style: style(of: mark) + dimmed,
                            isNear: abs(rows.lanes[place.lane]) < 24))
                } else if mark.node == nil, let place = group.place(text, at: mark.x + LabelLanes.width(of: text) / 2 + 10) {
                    labels.append(
                        PlacedLabel(
                            text: text, x: place.x, y: rows.groupLine, mark: (mark.x, rows.groupLine),
                            style: style(of: mark) + dimmed, isNear: true))
                } else {
                    left += 1
                }
            }
        }
        return (labels, left)
    }

    func drawLabels(into out: inout Markup) {
        var leaders = PathText()
        for label in labels where !label.isNear {
            let isAbove = label.y < label.mark.y
            leaders.segment(
                label.mark.x, label.mark.y + (isAbove ? -6 : 6), label.mark.x, label.y + (isAbove ? 3 : -9))
        }
        if !leaders.text.isEmpty { out.empty("path", ["class": "leader", "d": leaders.text]) }
        out.element("g", ["class": "labels"]) { out in
            for label in labels {
                out.element(
                    "text",
                    ["class": label.style, "x": Markup.number(label.x), "y": Markup.number(label.y)], label.text)
            }
        }
        out.line()
    }

    private static func label(of mark: DiagramMark, _ layout: DiagramLayout) -> String? {
        let entry = layout.record.entries[mark.entries[0]]
        guard mark.entries.count == 1 else { return "\(TimeText.count(mark.entries.count)) \(mark.kind.nouns)" }
        return layout.words.label(entry)
    }

    private static func style(of mark: DiagramMark) -> String {
        switch mark.kind {
        case .deed: mark.isRefused ? "deed refused" : "deed"
        case .stopped, .started, .paused, .resumed: "life"
        case .fault, .warning: "fault"
        default: "remark"
        }
    }
}
