import Causality
import InboxModel
import OfficeNode

/// Who looked after a thread, as numbers for a drawing over time and as the same steps in words.
///
/// Times are those of their authors' clocks. Two owners at once are two lanes whose bars overlap: hatched is the time in which people acted
/// apart.
struct OwnershipStrip {
    let view: ThreadView

    private struct Step {
        let stamp: Stamp
        /// What its author had seen of the thread.
        let context: VersionVector
        let act: OwnershipAct
        let to: Owner
        let actor: String
        let office: String
        let note: String
        let wasApart: Bool
        var at: Int64 { stamp.timestamp.milliseconds }
    }

    private struct Hold {
        let owner: Owner
        let from: Int64
        var until: Int64
        var isContested: Bool
    }

    private static let laneHeight = 36

    private var steps: [Step] {
        // The opening names the queue that is accountable from the first moment.
        let opening = view.state.openings.earliest.map { opening in
            Step(
                stamp: opening.stamp, context: VersionVector(), act: .routed, to: .queue(opening.value.queue), actor: "The category",
                office: view.page.directory.name(of: opening.value.office), note: "", wasApart: false)
        }
        return [opening].compactMap { $0 }
            + view.thread.entries.compactMap { entry in
                guard case .ownership(let act, _, let to) = entry.kind else { return nil }
                return Step(
                    stamp: entry.stamp, context: entry.context, act: act, to: to, actor: entry.actor, office: entry.office,
                    note: entry.text,
                    wasApart: entry.wasApart)
            }
    }

    /// What the template wants; nil where there is no step, which only a thread has whose opening has not arrived.
    var model: [String: Any]? {
        let steps = steps
        guard let first = steps.first?.at else { return nil }
        let end = view.item.status.isOpen ? max(view.page.now, steps.last?.at ?? first) : lastMoment(steps)
        let span = Double(max(1, end - first))
        func x(_ time: Int64) -> String { Self.number(100 * Double(min(max(time, first), end) - first) / span) }
        let holds = holds(steps, until: end)
        var lanes: [Owner] = []
        for hold in holds where !lanes.contains(hold.owner) { lanes.append(hold.owner) }
        func lane(_ owner: Owner) -> Int { lanes.firstIndex(of: owner) ?? max(0, lanes.count - 1) }
        let height = Self.laneHeight * lanes.count
        return [
            "summary": summary(lanes), "height": height + 26, "axisY": height + 8,
            "lanes": lanes.enumerated().map { ["name": view.name($0.element), "textY": Self.laneHeight * $0.offset + 12] },
            "segments": holds.map { hold -> [String: Any] in
                [
                    "x": x(hold.from), "width": Self.number(100 * Double(max(0, hold.until - hold.from)) / span),
                    "barY": Self.laneHeight * lane(hold.owner) + 18, "isQueue": hold.owner.queue != nil, "isContested": hold.isContested,
                    "words": "\(view.name(hold.owner)), \(view.time.short(hold.from)) to \(view.time.short(hold.until))",
                ]
            },
            "partitions": apart(steps).map { span_ -> [String: Any] in
                [
                    "x": x(span_.from), "width": Self.number(max(1, 100 * Double(span_.until - span_.from) / span)), "height": height,
                    "words": "Done while apart, \(view.time.short(span_.from)) to \(view.time.short(span_.until))",
                ]
            },
            "acts": steps.map { step -> [String: Any] in
                [
                    "x": x(step.at), "actY": Self.laneHeight * lane(step.to) + 23, "kind": ActWords.past(step.act),
                    "words": "\(ActWords.sentence(step.act, actor: step.actor, to: view.name(step.to))), \(view.time.short(step.at))",
                ]
            },
            "ticks": [
                ["x": "0", "time": view.time.short(first), "isFirst": true, "isLast": false],
                ["x": "100", "time": view.time.short(end), "isFirst": false, "isLast": true],
            ],
            "steps": steps.map(row),
        ]
    }

    private func row(_ step: Step) -> [String: Any] {
        [
            "time": view.time.short(step.at), "iso": view.time.iso(step.at), "who": step.actor, "act": ActWords.past(step.act),
            "kind": ActWords.past(step.act),
            "to": view.name(step.to), "office": step.office.isEmpty ? "at no office" : step.office, "why": false,
            "note": step.note.isEmpty ? false : step.note as Any, "apart": step.wasApart ? "while apart" : false as Any,
        ]
    }

    private func lastMoment(_ steps: [Step]) -> Int64 {
        max(view.state.lastActivity?.timestamp.milliseconds ?? 0, steps.last?.at ?? 0)
    }

    /// Who held the thread when: a step ends what its author had seen, and leaves what they had not seen to go on beside it.
    private func holds(_ steps: [Step], until end: Int64) -> [Hold] {
        var holds: [Hold] = []
        var live: [(index: Int, dot: Dot)] = []
        for step in steps where step.act.movesOwnership {
            let covered = live.filter { step.context.covers($0.dot) }
            for hold in covered { holds[hold.index].until = step.at }
            live.removeAll { hold in covered.contains { $0.index == hold.index } }
            holds.append(Hold(owner: step.to, from: step.at, until: end, isContested: !live.isEmpty))
            for other in live { holds[other.index].isContested = true }
            live.append((holds.count - 1, step.stamp.dot))
        }
        return holds
    }

    /// The spans in which people acted without seeing each other: from the earlier act to the one that was apart from it.
    private func apart(_ steps: [Step]) -> [(from: Int64, until: Int64)] {
        var spans: [(from: Int64, until: Int64)] = []
        for (index, step) in steps.enumerated() {
            let unseen = steps[..<index].filter { !step.context.covers($0.stamp.dot) && $0.stamp.dot != step.stamp.dot }
            guard let from = unseen.map(\.at).min() else { continue }
            if let last = spans.last, from <= last.until {
                spans[spans.count - 1] = (min(last.from, from), max(last.until, step.at))
            } else {
                spans.append((from, step.at))
            }
        }
        return spans
    }

    private func summary(_ lanes: [Owner]) -> String {
        let names = lanes.map { view.name($0) }.joined(separator: ", then ")
        return view.item.flags.contains(.contested) ? "\(names); contested." : "\(names)."
    }

    /// With two decimals: enough for a drawing, and the same text on every machine.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
