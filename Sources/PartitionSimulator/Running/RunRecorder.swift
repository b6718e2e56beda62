import Causality
import OfficeNode
import ReplicaStore

/// Writes down what happens in a run, for the trace file and the pictures.
final class RunRecorder: SimulationObserver {
    /// Entries beyond this many are only counted: a picture of more says no more.
    static let entriesMax = 400_000

    private(set) var record: RunRecord
    /// The scenario's names for threads, by their ids: what people read in notices.
    var threadNames: [String: String] = [:]
    /// How many entries were left out.
    private(set) var leftOut = 0
    private let start: Int64
    /// What each node had merged, for telling what is news.
    private var merged: [Int: [ReplicaID: UInt64]] = [:]

    init(name: String, plan: Scenario) {
        start = plan.start
        record = RunRecord(
            name: name, seed: plan.seed, duration: plan.duration, start: plan.start,
            nodes: plan.nodes.map { RunRecord.Participant(name: $0.name, kind: $0.kind.name) })
    }

    /// Adds an entry whose time is that of the group.
    func add(_ entry: TraceEntry) {
        guard record.entries.count < Self.entriesMax else {
            leftOut += 1
            return
        }
        // The nodes come together before the story begins; pictures begin with the story.
        guard entry.at >= start else { return }
        var shifted = entry
        shifted.at -= start
        if entry.kind == .notice { shifted.text = entry.text.map(named) }
        shifted.until = entry.until.map { $0 - start }
        shifted.arrivals = entry.arrivals.map { $0.map { $0 - start } }
        record.entries.append(shifted)
    }

    private func named(_ text: String) -> String {
        text.split(separator: " ").map { threadNames[String($0)] ?? String($0) }.joined(separator: " ")
    }

    /// Adds how far apart the replicas are.
    func add(_ sample: RunRecord.Sample) { record.samples.append(sample) }

    /// A node came to the group after the start.
    func add(_ participant: RunRecord.Participant) { record.nodes.append(participant) }

    // MARK: Watching

    func turned(_ node: SimulatedNode, _ directives: [Directive], in group: SimulatedGroup) {
        let own = node.brain?.replica
        var before = merged[node.index] ?? [:]
        var dots: [String] = []
        var count: UInt64 = 0
        for progress in node.store.progress {
            let last = before[progress.replica] ?? 0
            guard progress.merged > last else { continue }
            before[progress.replica] = progress.merged
            if progress.replica == own { continue }
            count += progress.merged - last
            for sequence in (last + 1)...progress.merged where dots.count < 16 { dots.append("\(Dot(progress.replica, sequence))") }
        }
        guard count > 0 || merged[node.index] == nil else { return }
        merged[node.index] = before
        guard count > 0 else { return }
        var entry = TraceEntry(at: group.now, kind: .merged, node: node.index, text: "\(count)")
        entry.changeSets = dots
        add(entry)
    }

    func stopped(_ node: SimulatedNode, _ death: Death, in group: SimulatedGroup) {
        // What a power cut took away is merged again later.
        if death == .powerLost { merged[node.index] = nil }
    }

    func sent(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, arrivals: [Int64], in group: SimulatedGroup) {
        var entry = TraceEntry(at: group.now, kind: .frame, node: frame.from, peer: frame.to)
        entry.frame = FrameKind(frame.bytes).name
        entry.bytes = frame.bytes.count
        entry.fate = fate
        if !arrivals.isEmpty { entry.arrivals = arrivals }
        add(entry)
    }

    func happened(_ entry: TraceEntry, in group: SimulatedGroup) { add(entry) }
}
