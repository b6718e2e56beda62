import Foundation
@testable import PartitionSimulator
import Testing

@Suite("The report page")
struct ReportPageTests {
    private func summary(_ verdict: RunSummary.Verdict, _ violations: [Violation] = []) -> RunSummary {
        var summary = RunSummary(name: "sample", seed: 7)
        summary.verdict = verdict
        summary.violations = violations
        summary.reproduction = "suture simulate replay --seed 7"
        return summary
    }

    @Test("is well-formed, whatever the names, and asks the network for nothing")
    func hostile() throws {
        let html = try ReportPage(.hostile, summary: .hostile, plan: "seed: 1\n</pre><script>x</script>").html()
        let check = MarkupCheck(html)
        #expect(check.error == nil)
        #expect(check.elements.filter { $0 == "script" }.count == 2)
        #expect(!check.attributes.contains { $0.name.lowercased().hasPrefix("on") })
        let places = check.attributes.filter { ["src", "href", "action", "srcset"].contains($0.name) }.map(\.value)
        #expect(places.allSatisfy { $0.hasPrefix("#") })
        #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
        #expect(check.attributes.contains { $0.name == "content" && $0.value.hasPrefix("default-src 'none'") })
        #expect(!html.contains("\u{202E}"))
    }

    @Test("the same run gives the same bytes")
    func deterministic() throws {
        let record = SampleRecord(seed: 4).record
        let page = { try ReportPage(record, summary: self.summary(.valid), plan: "seed: 4").html() }
        #expect(try page() == page())
    }

    @Test("says the verdict in words", arguments: [
        (RunSummary.Verdict.valid, "Valid"), (.violated, "Violated: invariant 2 (durability) at node1 after 12 min 03 s"),
        (.undecided, "Not decided: needs relays"),
    ])
    func verdict(_ verdict: RunSummary.Verdict, _ words: String) throws {
        let violations = verdict == .violated ? [Violation(.durability, at: 723_000, node: "node1", "gone")] : []
        var summary = summary(verdict, violations)
        summary.undecided = "needs relays"
        let html = try ReportPage(SampleRecord(seed: 1).record, summary: summary, plan: "").html()
        #expect(html.contains("</span>\(words)</h1>"))
        #expect(MarkupCheck(html).text.contains("suture simulate replay --seed 7"))
    }

    @Test("every violation links to a mark that exists")
    func links() throws {
        let record = SampleRecord(seed: 6).record
        let violations = [
            Violation(.durability, at: 50_000, node: "node1", "a"), Violation(.logs, at: 50_000, node: "node1", "b"),
            Violation(.convergence, at: 60_000, "c"), Violation(nil, at: 70_000, node: "nobody", "d"),
        ]
        let check = MarkupCheck(try ReportPage(record, summary: summary(.violated, violations), plan: "").html())
        let targets = check.attributes.filter { $0.name == "href" && $0.value.hasPrefix("#violation") }.map { $0.value.dropFirst() }
        #expect(targets.count == 4)
        #expect(targets.allSatisfy { check.ids.contains(String($0)) })
        #expect(Set(check.ids).count == check.ids.count)
    }

    private func data(_ html: String) throws -> [String: Any] {
        let begin = try #require(html.range(of: "id=\"entries-data\">"))
        let end = try #require(html.range(of: "</script>", range: begin.upperBound..<html.endIndex))
        let json = Data(html[begin.upperBound..<end.lowerBound].utf8)
        return try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    }

    @Test("lists all entries of a small record, with marks that exist")
    func entries() throws {
        let record = SampleRecord(seed: 2).record
        let html = try ReportPage(record, summary: summary(.valid), plan: "").html()
        let data = try data(html)
        #expect((data["at"] as? [Int64]) == record.entries.map(\.at))
        let ids = Set(MarkupCheck(html).ids)
        let marks = try #require(data["mark"] as? [Int]).filter { $0 >= 0 }
        #expect(marks.count > 20)
        #expect(marks.allSatisfy { ids.contains("e\($0)") })
    }

    @Test("lists no more of a huge record than a browser bears, and all that people did")
    func manyEntries() throws {
        let record = SampleRecord(seed: 2, nodes: 10, entries: 24_000, step: 50).record
        let html = try ReportPage(record, summary: summary(.valid), plan: "").html()
        let kinds = try #require(try data(html)["kind"] as? [Int])
        #expect(kinds.count == EntryList.entriesMax)
        let deed = try #require(TraceEntry.Kind.allCases.firstIndex(of: .deed))
        #expect(kinds.filter { $0 == deed }.count == record.entries.filter { $0.kind == .deed }.count)
        #expect(html.contains("20,000 of 24,000 entries"))
    }

    @Test("coverage says in words what was not reached and what waits for what")
    func coverage() {
        var coverage = Coverage()
        coverage.add(.halves, in: .apart, count: 1_200)
        var out = Markup()
        CoverageTable(coverage: coverage).write(into: &out)
        #expect(MarkupCheck("<x>\(out.text)</x>").error == nil)
        #expect(out.text.contains("<th scope=\"row\">halves</th><td class=\"none number\">none</td><td class=\"none number\">none</td>"))
        #expect(out.text.contains("1,200"))
        #expect(out.text.contains("<th scope=\"row\">bridge</th><td class=\"none number\" colspan=\"3\">not reached</td>"))
        let waiting = "<td class=\"wait number\" colspan=\"3\">not yet: waits for snapshots</td>"
        #expect(out.text.contains("<th scope=\"row\">snapshot-joiner</th>\(waiting)"))
        let ready = Fault.allCases.filter { $0.notYet == nil }.count
        #expect(CoverageTable(coverage: coverage).summary.hasPrefix("1 of \(ready * 3) pairs"))
    }

    @Test("texts keep a contrast of 4.5 to 1, in light and in dark")
    func contrast() throws {
        let palettes = ReportStyle.colours.split(separator: "@media").map(Self.palette)
        #expect(palettes.count == 2)
        let pairs = [
            ("ink", "paper"), ("ink", "panel"), ("soft", "paper"), ("soft", "panel"), ("accent", "paper"), ("accent", "panel"),
            ("alarm", "paper"), ("warn", "paper"), ("warn", "warn-soft"), ("warn", "hatch-ground"), ("ink", "hatch-ground"),
            ("soft", "hatch-ground"), ("ink", "alarm-soft"), ("accent", "alarm-soft"), ("paper", "accent"), ("paper", "alarm"),
            ("paper", "warn"),
        ]
        for palette in palettes {
            for (text, ground) in pairs {
                let (one, other) = (try #require(palette[text]), try #require(palette[ground]))
                let contrast = (max(one, other) + 0.05) / (min(one, other) + 0.05)
                #expect(contrast >= 4.5, "\(text) on \(ground): \(contrast)")
            }
        }
    }

    /// Names and relative luminances of a palette's colours.
    private static func palette(_ css: Substring) -> [String: Double] {
        var palette: [String: Double] = [:]
        for match in css.matches(of: #/--([a-z-]+):#([0-9a-f]{6}|[0-9a-f]{3})/#) {
            var digits = String(match.output.2)
            if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
            let value = Int(digits, radix: 16) ?? 0
            let channels = [value >> 16, value >> 8 & 255, value & 255].map { channel in
                let share = Double(channel) / 255
                return share <= 0.040_45 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            palette[String(match.output.1)] = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        }
        return palette
    }
}
