extension SpaceTimeDiagram {
    /// How far an arrow keeps from the line it starts at or arrives at, so that marks stay readable.
    private static let clearance = 3.0

    /// One end and the other of an arrow, and the direction between them.
    private struct Flight {
        let x0: Double
        let y0: Double
        let x1: Double
        let y1: Double

        /// The point at a share of the way.
        func point(_ share: Double) -> (x: Double, y: Double) {
            (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        }

        /// The direction, of length 1.
        var direction: (x: Double, y: Double) {
            let length = max(((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).squareRoot(), 0.001)
            return ((x1 - x0) / length, (y1 - y0) / length)
        }
    }

    /// All frames that are drawn: those that only arrange things beneath those that carry change sets.
    func drawFrames(into out: inout Markup) {
        let carrying = layout.frames.drawn.filter { FrameSelection.carries(layout.record.entries[$0].frame) }
        let control = layout.frames.drawn.filter { !FrameSelection.carries(layout.record.entries[$0].frame) }
        out.element("g", ["class": "frames"]) { out in
            for index in control + carrying { drawFrame(index, layout.record.entries[index], into: &out) }
        }
        out.line()
    }

    private func drawFrame(_ index: Int, _ entry: TraceEntry, into out: inout Markup) {
        guard let node = entry.node, let peer = entry.peer else { return }
        let isIn = layout.cone?.carries(entry) ?? true
        let family = FrameSelection.carries(entry.frame) ? "frame carry" : "frame control"
        let fate = entry.fate ?? .delivered
        let flights = flights(entry, from: rows.y(node), to: rows.y(peer), fate)
        let sets = layout.changeSets(ofFrame: index)
        out.element(
            "g",
            [
                "id": "e\(index)", "class": "\(family) \(fate.rawValue)\(isIn ? "" : " off")",
                "data-sets": sets.isEmpty ? nil : sets.prefix(64).joined(separator: " "),
            ]
        ) { out in
            out.element("title", layout.words.title(entry))
            for flight in flights { Self.draw(flight, fate, isArriving: entry.arrivals?.isEmpty == false, into: &out) }
        }
    }

    private func flights(_ entry: TraceEntry, from: Double, to: Double, _ fate: TraceEntry.Fate) -> [Flight] {
        let sign = to > from ? 1.0 : -1.0
        let (y0, y1) = (from + Self.clearance * sign, to - Self.clearance * sign)
        let x0 = layout.axis.x(entry.at)
        let arrivals = fate == .lost || fate == .blocked ? [] : entry.arrivals ?? []
        guard !arrivals.isEmpty else {
            // It never arrived: the slope of its neighbours, within what looks like an arrow.
            let x1 = min(max(layout.axis.x(entry.at + layout.usualDelay), x0 + 12), x0 + 60)
            return [Flight(x0: x0, y0: y0, x1: x1, y1: y1)]
        }
        return arrivals.map { Flight(x0: x0, y0: y0, x1: layout.axis.x($0), y1: y1) }
    }

    /// An arrow of that fate in a box of 30 by 16: for legends.
    static func sample(_ fate: TraceEntry.Fate, into out: inout Markup) {
        draw(Flight(x0: 2, y0: 3, x1: 27, y1: 12), fate, isArriving: true, into: &out)
    }

    private static func draw(_ flight: Flight, _ fate: TraceEntry.Fate, isArriving: Bool, into out: inout Markup) {
        var path = PathText()
        var faded = PathText()
        switch fate {
        case .lost:
            let end = flight.point(0.5)
            path.segment(flight.x0, flight.y0, end.x, end.y)
            cross(at: end, 3.6, into: &path)
        case .blocked:
            let (turn, end) = (flight.point(0.22), flight.point(0.45))
            path.segment(flight.x0, flight.y0, turn.x, turn.y)
            faded.segment(turn.x, turn.y, end.x, end.y)
            bar(at: end, flight.direction, into: &path)
        case .damaged where !isArriving:
            let end = flight.point(0.6)
            path.segment(flight.x0, flight.y0, end.x, end.y)
            zigzag(at: flight.point(0.4), flight.direction, into: &path)
        case .delivered, .damaged, .replayed:
            path.segment(flight.x0, flight.y0, flight.x1, flight.y1)
            head(of: flight, into: &path)
            if fate == .damaged { zigzag(at: flight.point(0.5), flight.direction, into: &path) }
        }
        out.empty("path", ["class": "hit", "d": path.text])
        out.empty("path", ["class": "shaft", "d": path.text])
        if !faded.text.isEmpty { out.empty("path", ["class": "shaft faded", "d": faded.text]) }
        if fate == .replayed {
            let start = flight.point(0.12)
            out.empty(
                "circle", ["class": "shaft loop", "cx": Markup.number(start.x), "cy": Markup.number(start.y), "r": "3.5"])
        }
    }

    private static func head(of flight: Flight, into path: inout PathText) {
        let (x, y) = flight.direction
        let (length, half) = (5.5, 2.8)
        path.move(flight.x1 - x * length - y * half, flight.y1 - y * length + x * half)
        path.line(flight.x1, flight.y1)
        path.line(flight.x1 - x * length + y * half, flight.y1 - y * length - x * half)
    }

    private static func cross(at point: (x: Double, y: Double), _ half: Double, into path: inout PathText) {
        path.segment(point.x - half, point.y - half, point.x + half, point.y + half)
        path.segment(point.x - half, point.y + half, point.x + half, point.y - half)
    }

    private static func bar(at point: (x: Double, y: Double), _ direction: (x: Double, y: Double), into path: inout PathText) {
        path.segment(
            point.x - direction.y * 4.5, point.y + direction.x * 4.5, point.x + direction.y * 4.5, point.y - direction.x * 4.5)
    }

    private static func zigzag(
        at point: (x: Double, y: Double), _ direction: (x: Double, y: Double), into path: inout PathText
    ) {
        let steps: [(along: Double, across: Double)] = [(-6, 0), (-3, 4.5), (0, -4.5), (3, 4.5), (6, 0)]
        for (index, step) in steps.enumerated() {
            let x = point.x + direction.x * step.along - direction.y * step.across
            let y = point.y + direction.y * step.along + direction.x * step.across
            if index == 0 { path.move(x, y) } else { path.line(x, y) }
        }
    }
}
