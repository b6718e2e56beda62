import Foundation
import NodeService
import PartitionSimulator

/// What came of a live run, for people and for programs.
struct LiveReport {
    let summary: RunSummary
    let counts: ProxyCounts
    /// What the scenario asks for and was left out.
    let skipped: [String]

    /// The summary as `summary.json` has it, with what the proxies did and what was left out.
    func json() throws -> String {
        let encoder = JSONEncoder()
        guard case .object(var members) = try JSONValue(text: encoder.encode(summary)) else { return "" }
        members["proxies"] = .object(counts.byName.mapValues { .int($0) })
        members["skipped"] = .array(skipped.map { .string($0) })
        return JSONValue.object(members).pretty + "\n"
    }

    /// A few lines with the verdict last.
    func text(in terminal: Terminal) -> String {
        var lines: [String] = [""]
        let done = counts.byName.sorted { $0.key < $1.key }.filter { $0.value > 0 }
        if !done.isEmpty {
            let parts = done.map { "\(Figures.grouped($0.value)) \(Self.words($0.key))" }
            lines.append("lines:     " + parts.joined(separator: ", "))
        }
        lines.append("deeds:     \(summary.acknowledged) acknowledged\(refusals)")
        for item in skipped { lines.append("left out:  \(item)") }
        for violation in summary.violations {
            lines.append(Style.danger.applied(to: "violation: \(violation)", in: terminal))
        }
        switch summary.verdict {
        case .valid:
            lines.append(Style.accent.applied(to: "valid: everything held on \(nodes)", in: terminal))
        case .violated:
            let count = summary.violations.count
            let words = "violated: \(count) \(count == 1 ? "thing" : "things") did not hold"
            lines.append(Style.danger.applied(to: words, in: terminal))
        case .undecided: break
        }
        if let reason = summary.undecided {
            lines.append(Style.warning.applied(to: "could not be decided: \(reason)", in: terminal))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var nodes: String { summary.nodes == 1 ? "one real node" : "\(summary.nodes) real nodes" }

    private var refusals: String {
        if summary.refused.isEmpty { return "" }
        let parts = summary.refused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return "; not done: " + parts.joined(separator: ", ")
    }

    private static func words(_ name: String) -> String {
        name.reduce(into: "") { text, letter in text += letter.isUppercase ? " \(letter.lowercased())" : String(letter) }
    }
}
