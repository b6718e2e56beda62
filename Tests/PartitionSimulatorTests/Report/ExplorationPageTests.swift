import Foundation
@testable import PartitionSimulator
import Testing

@Suite("The exploration page")
struct ExplorationPageTests {
    private func summary(_ seed: UInt64, _ invariant: Invariant? = nil, undecided: String? = nil) -> RunSummary {
        var summary = RunSummary(name: "swarm", seed: seed)
        summary.verdict = invariant != nil ? .violated : undecided != nil ? .undecided : .valid
        if let invariant { summary.violations = [Violation(invariant, at: 1_000, node: "a", "gone <b>")] }
        summary.undecided = undecided
        summary.reproduction = "suture simulate replay swarm.yaml --seed \(seed)"
        summary.wallSeconds = 0.5
        summary.simulated = 3_600_000
        summary.coverage.add(.halves, in: .apart)
        return summary
    }

    private var mixed: [RunSummary] {
        (UInt64(0)..<40).map { seed in
            switch seed {
            case 31, 9, 17: summary(seed, .durability)
            case 4: summary(seed, .convergence)
            case 20: summary(seed, undecided: "needs relays")
            default: summary(seed)
            }
        }
    }

    @Test("groups failures by what did not hold, with the command for the smallest seed")
    func groups() throws {
        let html = ExplorationPage(mixed, elapsedSeconds: 10).html()
        let check = MarkupCheck(html)
        #expect(check.error == nil)
        #expect(html.contains("</span>Violated in 4 of 40 seeds, in 2 ways</h1>"))
        let durability = try #require(html.range(of: "<h3>Violated: invariant 2 (durability), in 3 seeds</h3>"))
        let convergence = try #require(html.range(of: "<h3>Violated: invariant 1 (convergence), in 1 seed</h3>"))
        let undecided = try #require(html.range(of: "<h3>Not decided: needs relays, in 1 seed</h3>"))
        #expect(durability.upperBound < convergence.lowerBound)
        #expect(convergence.upperBound < undecided.lowerBound)
        #expect(html[durability.upperBound..<convergence.lowerBound].contains("--seed 9<"))
        #expect(!html.contains("--seed 17<"))
        #expect(html.contains("<dt>seeds a second</dt><dd>4</dd>"))
        #expect(html.contains(">40</td>"))
    }

    @Test("has a cell for every seed, and every failed one leads to its group")
    func cells() {
        let check = MarkupCheck(ExplorationPage(mixed).html())
        #expect(check.attributes.filter { $0.name == "title" && $0.value.hasPrefix("seed ") }.count == 40)
        let links = check.attributes.filter { $0.name == "href" }.map(\.value)
        #expect(links.count == 5)
        #expect(links.allSatisfy { check.ids.contains(String($0.dropFirst())) })
    }

    @Test("does not depend on the order of the summaries")
    func order() {
        #expect(ExplorationPage(mixed).html() == ExplorationPage(mixed.reversed()).html())
    }

    @Test("very many seeds share cells, and a failed one is never hidden by the others")
    func manySeeds() {
        let summaries = (0..<UInt64(20_000)).map { summary($0, $0 == 13_337 ? .logs : nil) }
        let check = MarkupCheck(ExplorationPage(summaries).html())
        #expect(check.error == nil)
        #expect(check.attributes.filter { $0.value.hasPrefix("cell") }.count <= ExplorationPage.cellsMax)
        #expect(check.attributes.contains { $0.name == "title" && $0.value.hasPrefix("seed 13337 ") })
    }

    @Test("says so when all held, when something is undecided, and when nothing ran")
    func verdicts() {
        #expect(ExplorationPage([summary(1), summary(2)]).html().contains("</span>Valid in all 2 seeds</h1>"))
        #expect(ExplorationPage([summary(1), summary(2, undecided: "x")]).html().contains("</span>Not decided in 1 of 2 seeds</h1>"))
        #expect(ExplorationPage([]).html().contains("</span>Not decided: no seed was tried</h1>"))
        #expect(MarkupCheck(ExplorationPage([]).html()).error == nil)
        #expect(MarkupCheck(ExplorationPage([.hostile]).html()).error == nil)
    }
}
