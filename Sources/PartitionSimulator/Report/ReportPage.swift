/// `report.html` of a run: verdict, repetition, figures, violations, both diagrams, coverage, entries and plan, in one file
/// that opens without a network, in light and in dark.
///
/// The same record, summary and plan give the same bytes.
public struct ReportPage {
    private let record: RunRecord
    private let summary: RunSummary
    private let plan: String
    private let layout: DiagramLayout

    /// The page of a run; `plan` is the text of its `plan.yaml`.
    public init(_ record: RunRecord, summary: RunSummary, plan: String) {
        self.record = record
        self.summary = summary
        self.plan = plan
        layout = DiagramLayout(record, violations: summary.violations)
    }

    /// The page.
    ///
    /// - Throws: `SimulationError` if the entries cannot be written as JSON.
    public func html() throws -> String {
        let list = EntryList(layout)
        var entries = Markup()
        do {
            try list.write(into: &entries)
        } catch {
            throw SimulationError(RunDirectory.code, "report.html: the entries cannot be written as JSON: \(error)")
        }
        let title = "\(Markup.shortened(record.name, to: 60)), seed \(record.seed): \(verdict)"
        return ReportDocument.html(title: title, scripts: ReportScript.diagram + ReportScript.entries) { out in
            writeHeading(into: &out)
            writeViolations(into: &out)
            writeDiagrams(into: &out)
            section("coverage", "Faults and phases", into: &out) { out in
                let table = CoverageTable(coverage: summary.coverage)
                out.element("p", ["class": "soft"], table.summary)
                table.write(into: &out)
            }
            section("entries", "Everything that happened", into: &out) { out in
                out.element("p", ["class": "soft"], list.summary)
                out.append(trusted: entries.text)
            }
            writePlan(into: &out)
            writeFooter(into: &out)
        }
    }

    /// The verdict in words.
    private var verdict: String {
        switch summary.verdict {
        case .valid: return "Valid"
        case .undecided:
            return "Not decided: \(Markup.shortened(summary.undecided ?? "the run was not carried to its end", to: 300))"
        case .violated:
            guard let first = summary.violations.first else { return "Violated" }
            let place = first.node.map { " at \(Markup.shortened($0, to: 60))" } ?? ""
            return "Violated: \(first.rule)\(place) after \(TimeText.length(first.at))"
        }
    }

    private func section(_ id: String, _ title: String, into out: inout Markup, _ content: (inout Markup) -> Void) {
        out.element("section", ["id": id, "aria-labelledby": "\(id)-title"]) { out in
            out.element("h2", ["id": "\(id)-title"], title)
            content(&out)
        }
        out.line()
    }

    private func writeHeading(into out: inout Markup) {
        let under =
            switch summary.verdict {
            case .valid: "Every invariant and every expectation held."
            case .undecided: "Nothing that was checked is known to be wrong."
            case .violated:
                summary.violations.count == 1
                    ? "One thing did not hold; the diagram raises what led to it."
                    : "\(TimeText.count(summary.violations.count)) things did not hold; the diagram raises what led to the first."
            }
        ReportDocument.heading(
            summary.verdict, over: "simulation of \(Markup.shortened(record.name, to: 80)), seed \(record.seed)",
            words: verdict, under: under, into: &out)
        ReportDocument.command(summary.reproduction, into: &out)
        ReportDocument.figures(figures, into: &out)
    }

    private var figures: [(name: String, value: String, remark: String)] {
        let kinds = Dictionary(grouping: record.nodes, by: \.kind).map { (kind: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
        let nodes = kinds.prefix(3).map { TimeText.count($0.count, Markup.shortened($0.kind, to: 20)) }.joined(separator: ", ")
        let frames = summary.frames
        let fates = [
            ("delivered", frames.delivered), ("lost", frames.lost), ("not carried", frames.blocked), ("damaged", frames.damaged),
            ("repeated", frames.repeated), ("reordered", frames.reordered),
        ].filter { $0.1 > 0 }.map { "\(TimeText.count($0.1)) \($0.0)" }.joined(separator: ", ")
        let refusals = summary.refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let codes = refusals.prefix(3).map { "\(TimeText.count($0.value)) \(Markup.shortened($0.key, to: 30))" }
            .joined(separator: ", ")
        let wall = summary.wallSeconds
        let speed = wall > 0 ? Double(summary.simulated) / 1_000 / wall : 0
        return [
            ("nodes", TimeText.count(summary.nodes), nodes),
            (
                "simulated", TimeText.length(summary.simulated),
                "from \(TimeText.date(record.start)) \(TimeText.clock(record.start)) UTC"
            ),
            ("took", TimeText.seconds(wall), speed >= 1 && speed < 1e12 ? "\(TimeText.count(Int(speed))) times as fast as life" : ""),
            ("acknowledged", TimeText.count(summary.acknowledged), "change sets"),
            ("refused", TimeText.count(refusals.reduce(0) { $0 + $1.value }), codes.isEmpty ? "commands" : codes),
            ("frames", TimeText.count(frames.sent), fates),
        ]
    }

    private func writeViolations(into out: inout Markup) {
        guard !summary.violations.isEmpty else { return }
        section("violations", "What did not hold", into: &out) { out in
            out.element("ol", ["class": "violations"]) { out in
                for (index, violation) in summary.violations.enumerated() {
                    out.element("li") { out in
                        out.element("b", violation.rule)
                        let place = violation.node.map { " at \(Markup.shortened($0, to: 60))" } ?? ""
                        out.append("\(place), ")
                        let mark = "#\(layout.alarmIDs[index])"
                        out.element("a", ["href": mark, "data-mark": ""], layout.words.time(violation.at))
                        if let set = violation.changeSet {
                            out.append(", change set ")
                            out.element("code", Markup.shortened(set, to: 80))
                        }
                        out.element("p", Markup.shortened(violation.message, to: 1_000))
                    }
                }
            }
        }
    }

    private func writeDiagrams(into out: inout Markup) {
        let diagram = SpaceTimeDiagram(layout, isInPage: true)
        let legend = DiagramLegend(diagram)
        section("space-time", "Who knew what when", into: &out) { out in
            Self.box("Space-time diagram, scrolls sideways", diagram.inline(), into: &out)
            out.element(
                "p", ["class": "readout", "role": "status"],
                "Hover over a mark, or walk from deed to deed with the arrow keys, to read it here and to see where its change "
                    + "set arrived.")
            out.append(trusted: legend.html())
            out.element("ul", ["class": "notes"]) { out in
                for cut in legend.cuts { out.element("li", cut) }
                for caption in diagram.captions { out.element("li", caption) }
            }
        }
        section("convergence", "How far apart the replicas were", into: &out) { out in
            let plot = ConvergencePlot(record, violations: summary.violations, isInPage: true)
            Self.box("Convergence plot, scrolls sideways", plot.inline(), into: &out)
        }
    }

    /// A box that scrolls, for hands and for keys.
    private static func box(_ name: String, _ svg: String, into out: inout Markup) {
        out.element("div", ["class": "box", "tabindex": "0", "role": "region", "aria-label": name]) { out in
            out.append(trusted: svg)
        }
    }

    private func writePlan(into out: inout Markup) {
        section("plan", "The plan", into: &out) { out in
            out.element("details") { out in
                out.element("summary", "plan.yaml")
                out.element("pre", ["tabindex": "0"]) { $0.element("code", plan) }
            }
        }
    }

    private func writeFooter(into out: inout Markup) {
        out.element("footer") { out in
            out.element("p") { out in
                if !summary.build.isEmpty { out.append("Suture \(Markup.shortened(summary.build, to: 120)). ") }
                if !summary.trace.isEmpty {
                    out.append("Trace hash ")
                    out.element("code", Markup.shortened(summary.trace, to: 140))
                    out.append(".")
                }
            }
        }
    }
}
