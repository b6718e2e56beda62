import PartitionSimulator

/// A run's outcome as people read it in a terminal.
struct RunView {
    let summary: RunSummary

    /// On some lines, the verdict first.
    func text(in terminal: Terminal) -> String {
        var lines: [String] = []
        let seconds = Figures.decimal(summary.wallSeconds, places: 2)
        let span = DurationText.of(.milliseconds(summary.simulated))
        lines.append("\(verdict(in: terminal))  \(summary.name), seed \(summary.seed): \(summary.nodes) nodes, \(span) in \(seconds) s")
        if let reason = summary.undecided { lines.append("  " + reason) }
        for violation in summary.violations.prefix(10) {
            lines.append("  " + Style.danger.applied(to: violation.description, in: terminal))
        }
        if summary.violations.count > 10 { lines.append("  and \(summary.violations.count - 10) more") }
        let frames = summary.frames
        lines.append(
            "  frames \(Figures.grouped(frames.sent)) sent, \(Figures.grouped(frames.delivered)) delivered, "
                + "\(Figures.grouped(frames.lost)) lost, \(Figures.grouped(frames.blocked)) blocked, "
                + "\(Figures.grouped(frames.damaged)) damaged, \(Figures.grouped(frames.repeated)) repeated")
        let refused = summary.refused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        lines.append(
            "  change sets \(Figures.grouped(summary.acknowledged)) acknowledged" + (refused.isEmpty ? "" : "; not done: \(refused)"))
        lines.append("  trace \(summary.trace)")
        if !summary.reproduction.isEmpty { lines.append("  again: \(summary.reproduction)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func verdict(in terminal: Terminal) -> String {
        switch summary.verdict {
        case .valid: Style.accent.applied(to: "valid", in: terminal)
        case .violated: Style.danger.applied(to: "violated", in: terminal)
        case .undecided: Style.warning.applied(to: "not decided", in: terminal)
        }
    }
}
