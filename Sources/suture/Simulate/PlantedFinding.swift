import Causality
import Foundation
import PartitionSimulator

/// What it took to find a planted mistake.
struct PlantedFinding: Encodable {
    /// The mistake's name, and what it breaks.
    let mistake: String
    let breaks: String
    /// How many seeds were run.
    var seeds = 0
    /// The scenario that showed it; nil where none did.
    private(set) var scenario: String?
    /// The invariant that was violated first.
    private(set) var invariant: String?
    private(set) var violation: Violation?
    /// Events and nodes of the plan, and of what was left of it.
    private(set) var events = 0
    private(set) var eventsLeft = 0
    private(set) var nodesLeft = 0
    var searchSeconds = 0.0
    var shrinkSeconds = 0.0
    private(set) var plan: Scenario?

    private enum CodingKeys: CodingKey {
        case mistake, breaks, seeds, scenario, invariant, violation, events, eventsLeft, nodesLeft, searchSeconds, shrinkSeconds
    }

    init(_ bug: PlantedBug) {
        mistake = bug.rawValue
        breaks = bug.words
    }

    mutating func take(_ violation: Violation, of plan: Scenario) {
        scenario = plan.name
        events = plan.events.count
        invariant = violation.invariant?.name ?? "expectation"
        takeSmaller(plan, violation)
    }

    mutating func takeSmaller(_ plan: Scenario, _ violation: Violation) {
        self.plan = plan
        self.violation = violation
        eventsLeft = plan.events.count
        nodesLeft = plan.nodes.count
    }

    /// Writes the smallest plan. Throws what writing throws.
    func write(into folder: URL) throws {
        guard let plan, let violation else { return }
        let text = "# \(mistake): \(breaks).\n# \(violation)\n\(plan.yaml)"
        try Data(text.utf8).write(to: folder.appendingPathComponent("\(mistake).yaml"))
    }
}

/// What it took to find the planted mistakes.
struct PlantedReport: Encodable {
    let findings: [PlantedFinding]

    /// The names of those that were not found.
    var missed: [String] { findings.filter { $0.violation == nil }.map(\.mistake) }

    /// The median of the seeds that were needed.
    private var median: Int {
        let counts = findings.filter { $0.violation != nil }.map(\.seeds).sorted()
        return counts.isEmpty ? 0 : counts[counts.count / 2]
    }

    func text(in terminal: Terminal) -> String {
        var table = TextTable([
            .init("planted mistake", widthMin: 16, priority: 5), .init("what it breaks", widthMin: 20, isFlexible: true, priority: 1),
            .init("found by", widthMin: 10, priority: 4), .init("in", widthMin: 8, priority: 2), .number("seeds", priority: 5),
            .number("events", priority: 2), .number("left", priority: 3), .number("search s", priority: 1),
            .number("shrink s", priority: 1),
        ])
        for finding in findings {
            let isFound = finding.violation != nil
            table.add([
                .init(finding.mistake, .accent), .init(finding.breaks), .init(finding.invariant ?? "-"), .init(finding.scenario ?? "-"),
                .init(isFound ? "\(finding.seeds)" : "none of \(finding.seeds)"), .init("\(finding.events)"),
                .init("\(finding.eventsLeft)"), .init(Figures.decimal(finding.searchSeconds, places: 1)),
                .init(Figures.decimal(finding.shrinkSeconds, places: 1)),
            ])
        }
        let found = findings.count - missed.count
        return table.text(in: terminal) + "found \(found) of \(findings.count), median \(median) seeds\n"
    }
}
