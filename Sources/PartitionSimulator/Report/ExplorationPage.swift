/// The page of an exploration: what many seeds came to. One file that opens without a network, in light and in dark.
///
/// The same summaries give the same bytes, in whatever order they are handed in.
public struct ExplorationPage {
    /// More runs than this share cells.
    static let cellsMax = 4_000
    private static let seedsListed = 24

    /// Runs that failed in one way.
    struct Failure {
        let rule: String
        let verdict: RunSummary.Verdict
        var runs: [RunSummary]
    }

    private let name: String
    private let summaries: [RunSummary]
    private let elapsedSeconds: Double?
    private let failures: [Failure]

    /// The page of those runs; `elapsedSeconds` is how long the exploration took by the wall clock, where that is known. Runs
    /// in parallel take less of it than the sum of their own.
    public init(_ summaries: [RunSummary], elapsedSeconds: Double? = nil) {
        self.summaries = summaries.sorted { ($0.name, $0.seed, $0.trace) < ($1.name, $1.seed, $1.trace) }
        self.elapsedSeconds = elapsedSeconds
        var names: [String] = []
        for summary in self.summaries where names.last != summary.name { names.append(summary.name) }
        name = names.count > 3 ? TimeText.count(names.count, "scenario") : TimeText.list(names.map { Markup.shortened($0, to: 60) })
        failures = Self.failures(self.summaries)
    }

    /// The page.
    public func html() -> String {
        ReportDocument.html(title: "\(name): \(words)", scripts: "") { out in
            ReportDocument.heading(verdict, over: "exploration of \(name)", words: words, under: seeds, into: &out)
            ReportDocument.figures(figures, into: &out)
            writeFailures(into: &out)
            section("seeds", "Every seed", into: &out) { writeStrip(into: &$0) }
            section("coverage", "Faults and phases, over all seeds", into: &out) { out in
                var coverage = Coverage()
                for summary in summaries { coverage.merge(summary.coverage) }
                let table = CoverageTable(coverage: coverage)
                out.element("p", ["class": "soft"], table.summary)
                table.write(into: &out)
            }
            writeFooter(into: &out)
        }
    }

    private func count(_ verdict: RunSummary.Verdict) -> Int { summaries.count { $0.verdict == verdict } }

    /// The worst of all runs; nothing is decided where nothing ran.
    private var verdict: RunSummary.Verdict {
        if count(.violated) > 0 { return .violated }
        return count(.undecided) > 0 || summaries.isEmpty ? .undecided : .valid
    }

    private var words: String {
        switch verdict {
        case .valid: return "Valid in \(summaries.count == 1 ? "the one seed" : "all \(TimeText.count(summaries.count)) seeds")"
        case .violated:
            let kinds = failures.filter { $0.verdict == .violated }.count
            let ways = kinds > 1 ? ", in \(TimeText.count(kinds)) ways" : ""
            return "Violated in \(TimeText.count(count(.violated))) of \(TimeText.count(summaries.count, "seed"))\(ways)"
        case .undecided:
            guard !summaries.isEmpty else { return "Not decided: no seed was tried" }
            return "Not decided in \(TimeText.count(count(.undecided))) of \(TimeText.count(summaries.count, "seed"))"
        }
    }

    private var seeds: String {
        let seeds = summaries.map(\.seed)
        guard let first = seeds.min(), let last = seeds.max() else { return "There is nothing to show." }
        return first == last ? "Seed \(first)." : "Seeds from \(first) to \(last)."
    }

    private var figures: [(name: String, value: String, remark: String)] {
        let simulated = summaries.reduce(0.0) { $0 + Double($1.simulated) }
        let work = summaries.reduce(0.0) { $0 + $1.wallSeconds }
        let wall = elapsedSeconds ?? work
        let rate = wall > 0 ? Double(summaries.count) / wall : 0
        let hours = simulated / 3_600_000
        let pace = work > 0 ? Int(min(hours / work, 1e9)) : 0
        return [
            ("seeds tried", TimeText.count(summaries.count), "\(TimeText.count(count(.valid))) valid"),
            ("violated", TimeText.count(count(.violated)), ""),
            ("not decided", TimeText.count(count(.undecided)), ""),
            (
                "simulated", TimeText.length(Int64(min(simulated, 1e15))),
                pace > 0 ? "\(TimeText.count(pace)) h a second of one core" : ""
            ),
            ("took", TimeText.seconds(wall), elapsedSeconds == nil ? "all runs added up" : "by the wall clock"),
            ("seeds a second", rate >= 10 ? TimeText.count(Int(min(rate, 1e9))) : Markup.number(rate), ""),
            ("acknowledged", TimeText.count(summaries.reduce(0) { $0 + $1.acknowledged }), "change sets"),
            ("frames", TimeText.count(summaries.reduce(0) { $0 + $1.frames.sent }), ""),
        ]
    }

    /// Violated runs by their first violation's rule, the most frequent ones first, then undecided ones by their reason.
    private static func failures(_ summaries: [RunSummary]) -> [Failure] {
        var failures: [Failure] = []
        for summary in summaries where summary.verdict != .valid {
            let rule =
                summary.verdict == .violated
                ? summary.violations.first?.rule ?? "unknown" : summary.undecided ?? "the run was not carried to its end"
            if let place = failures.firstIndex(where: { $0.rule == rule && $0.verdict == summary.verdict }) {
                failures[place].runs.append(summary)
            } else {
                failures.append(Failure(rule: rule, verdict: summary.verdict, runs: [summary]))
            }
        }
        let order: (Failure) -> (Int, Int, String) = { ($0.verdict == .violated ? 0 : 1, -$0.runs.count, $0.rule) }
        for place in failures.indices { failures[place].runs.sort { ($0.seed, $0.name) < ($1.seed, $1.name) } }
        return failures.sorted { order($0) < order($1) }
    }

    private func section(_ id: String, _ title: String, into out: inout Markup, _ content: (inout Markup) -> Void) {
        out.element("section", ["id": id, "aria-labelledby": "\(id)-title"]) { out in
            out.element("h2", ["id": "\(id)-title"], title)
            content(&out)
        }
        out.line()
    }

    private func writeFailures(into out: inout Markup) {
        guard !failures.isEmpty else { return }
        section("failures", "What failed", into: &out) { out in
            for (number, failure) in failures.enumerated() {
                out.element("div", ["class": "failure \(failure.verdict.rawValue)", "id": "failure-\(number)"]) { out in
                    let seeds = TimeText.count(failure.runs.count, "seed")
                    let rule = Markup.shortened(failure.rule, to: 300)
                    let verdict = failure.verdict == .violated ? "Violated" : "Not decided"
                    out.element("h3", "\(verdict): \(rule), in \(seeds)")
                    guard let smallest = failure.runs.first else { return }
                    if let violation = smallest.violations.first {
                        let place = violation.node.map { " at \(Markup.shortened($0, to: 60))" } ?? ""
                        let words = "Seed \(smallest.seed)\(place) after \(TimeText.length(violation.at)): \(violation.message)"
                        out.element("p", Markup.shortened(words, to: 600))
                    }
                    ReportDocument.command(smallest.reproduction, into: &out)
                    let listed = failure.runs.prefix(Self.seedsListed).map { String($0.seed) }.joined(separator: ", ")
                    let more = failure.runs.count - Self.seedsListed
                    out.element(
                        "p", ["class": "soft"], "Seeds \(listed)\(more > 0 ? " and \(TimeText.count(more)) more" : "")")
                }
            }
        }
    }

    private func writeStrip(into out: inout Markup) {
        let share = max(1, (summaries.count + Self.cellsMax - 1) / Self.cellsMax)
        let words = "\(TimeText.count(count(.valid))) valid, \(TimeText.count(count(.violated))) violated (✕), "
            + "\(TimeText.count(count(.undecided))) not decided (?)"
        let each = share > 1 ? " Each cell stands for up to \(share) seeds and shows the worst of them." : ""
        out.element("p", ["class": "soft"], "\(words).\(each)")
        out.element("ul", ["class": "strip"]) { out in
            for start in stride(from: 0, to: summaries.count, by: share) {
                let runs = summaries[start..<min(start + share, summaries.count)]
                let shown = runs.first { $0.verdict == .violated } ?? runs.first { $0.verdict == .undecided } ?? runs[start]
                out.element("li") { writeCell(shown, runs.count, into: &$0) }
            }
        }
    }

    private func writeCell(_ run: RunSummary, _ count: Int, into out: inout Markup) {
        let others = count > 1 ? " (and \(count - 1) near it)" : ""
        switch run.verdict {
        case .valid:
            out.element("span", ["class": "cell", "title": "seed \(run.seed)\(others): valid"], "")
        case .violated, .undecided:
            let number = failures.firstIndex { failure in
                failure.verdict == run.verdict && failure.runs.contains { $0.seed == run.seed && $0.name == run.name }
            }
            let rule = number.map { Markup.shortened(failures[$0].rule, to: 120) } ?? ""
            let verdict = run.verdict == .violated ? "violated" : "not decided"
            let words = "seed \(run.seed)\(others): \(verdict), \(rule)"
            out.element(
                "a",
                [
                    "class": "cell \(run.verdict.rawValue)", "title": words, "aria-label": words,
                    "href": number.map { "#failure-\($0)" },
                ], run.verdict == .violated ? "✕" : "?")
        }
    }

    private func writeFooter(into out: inout Markup) {
        var builds: [String] = []
        for build in summaries.map(\.build).sorted() where builds.last != build { builds.append(build) }
        let words = builds.filter { !$0.isEmpty }.prefix(4).map { Markup.shortened($0, to: 120) }
        guard !words.isEmpty else { return }
        out.element("footer") { $0.element("p", "Suture \(TimeText.list(Array(words))).") }
    }
}
