import Foundation
import OfficeNode
import PartitionSimulator

/// What happens in a live run: a line each as it happens, and the record for the run directory.
final class LiveJournal {
    private(set) var record: RunRecord
    /// Where lines go as things happen; nil for nowhere.
    private let terminal: Terminal?
    private let writesToErrors: Bool
    private var last: Int64 = 0

    /// - Parameters:
    ///   - terminal: Shows the lines; nil where nobody reads along.
    ///   - writesToErrors: Whether they go to standard error, because standard output is for the summary alone.
    init(_ scenario: Scenario, _ plan: LivePlan, terminal: Terminal?, writesToErrors: Bool) {
        record = RunRecord(
            name: scenario.name, seed: scenario.seed, duration: scenario.duration, start: scenario.start,
            nodes: plan.members.map { RunRecord.Participant(name: $0.name, kind: $0.kind.name) })
        self.terminal = terminal
        self.writesToErrors = writesToErrors
    }

    /// The moment of the last entry.
    var now: Int64 { last }

    /// Time goes on to a moment, never back.
    func advance(to at: Int64) {
        last = max(last, at)
        record.duration = max(record.duration, last)
    }

    /// Writes an entry of this moment down, and a line about it.
    func add(
        _ kind: TraceEntry.Kind, _ node: Int?, _ line: String, _ style: Style = .plain,
        _ change: (inout TraceEntry) -> Void = { _ in }
    ) {
        var entry = TraceEntry(at: last, kind: kind, node: node, text: line)
        change(&entry)
        record.entries.append(entry)
        say(line, style)
    }

    /// Writes an entry down without a line.
    func note(_ kind: TraceEntry.Kind, _ node: Int?, _ peer: Int? = nil, _ text: String? = nil) {
        record.entries.append(TraceEntry(at: last, kind: kind, node: node, peer: peer, text: text))
    }

    /// Keeps how far apart the replicas are.
    func add(digests: Int, missing: [Int?]) {
        record.samples.append(RunRecord.Sample(at: last, digests: digests, missing: missing))
    }

    /// A line about what is going on, with the story's time before it.
    func say(_ line: String, _ style: Style = .plain) {
        guard let terminal else { return }
        let time = SpanText.text(last / 1_000 * 1_000)
        let padded = String(repeating: " ", count: max(0, 8 - time.count)) + time
        write(Style.dim.applied(to: padded, in: terminal) + "  " + style.applied(to: PrintableText.oneLine(line), in: terminal))
    }

    /// A line without a time.
    func head(_ line: String, _ style: Style = .plain) {
        guard let terminal else { return }
        write(style.applied(to: line, in: terminal))
    }

    private func write(_ line: String) {
        if writesToErrors { return StandardError.write(line + "\n") }
        print(line)
        fflush(nil)
    }
}
