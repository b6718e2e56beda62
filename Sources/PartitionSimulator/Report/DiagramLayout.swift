/// What the space-time diagram of a record shows and where: everything that is decided before the first line is drawn.
struct DiagramLayout {
    /// Violations that stand in one place.
    struct Alarm {
        /// The node's number; nil where no single node shows it.
        let node: Int?
        let at: Int64
        /// What did not hold, in words, one or more.
        var words: [String]
        /// What it is called for short.
        let label: String
        /// What the mark is called in the page.
        let id: String
    }

    /// Width of the column with the nodes' names.
    static let gutter = 132.0

    let record: RunRecord
    let words: EntryWords
    let end: Int64
    let alarms: [Alarm]
    /// Per violation that was handed in, the name of its mark.
    let alarmIDs: [String]
    let cone: CausalCone?
    let frames: FrameSelection
    let marks: [DiagramMark]
    let mergesLeft: Int
    let cuts: LinkCuts
    let lives: [NodeLife]
    let axis: TimeAxis
    /// What a frame takes that did not arrive, for want of better: the median of those that did.
    let usualDelay: Int64
    /// What a frame carried, by its place in the record: what it names itself, or what its receiver merged as it arrived.
    private let carried: [Int: [String]]

    /// Change sets that a frame is known to have carried.
    func changeSets(ofFrame index: Int) -> [String] { carried[index] ?? [] }

    init(_ record: RunRecord, violations: [Violation]) {
        self.record = record
        words = EntryWords(record)
        (alarms, alarmIDs) = Self.alarms(of: record, violations)
        // The first one in time; the others usually follow from it.
        let first = alarms.min { $0.at < $1.at }
        let cone = first.map { CausalCone(record, at: $0.at, node: $0.node) }
        self.cone = cone
        let frames = FrameSelection(record, cone: cone)
        self.frames = frames
        let (candidates, mergesLeft) = DiagramMark.candidates(of: record)
        self.mergesLeft = mergesLeft

        var times = candidates.map { record.entries[$0].at } + alarms.map(\.at)
        for index in frames.drawn {
            times.append(record.entries[index].at)
            times += record.entries[index].arrivals ?? []
        }
        times += record.entries.lazy.filter { $0.kind == .cut || $0.kind == .healed }.map(\.at)
        times += candidates.compactMap { record.entries[$0].until }.filter { $0 <= record.duration }
        let end = max(record.duration, times.max() ?? 0, 1)
        self.end = end
        axis = TimeAxis(times.map { max(0, $0) } + [0, end], left: Self.gutter + 34, width: Self.widths(times.count))
        marks = DiagramMark.marks(candidates, of: record, axis: axis, cone: cone)
        cuts = LinkCuts(record, end: end)
        lives = Self.lives(of: record, end: end)
        let delays = frames.drawn.map { record.entries[$0] }.compactMap { entry in entry.arrivals?.first.map { $0 - entry.at } }
        usualDelay = delays.isEmpty ? 60 : delays.sorted()[delays.count / 2]
        carried = Self.carried(of: record, frames: frames.drawn)
    }

    private struct Place: Hashable {
        let node: Int
        let at: Int64
    }

    private static func carried(of record: RunRecord, frames: [Int]) -> [Int: [String]] {
        var merged: [Place: [String]] = [:]
        for entry in record.entries where entry.kind == .merged {
            guard let node = entry.node, let sets = entry.changeSets else { continue }
            merged[Place(node: node, at: entry.at), default: []] += sets
        }
        var carried: [Int: [String]] = [:]
        for index in frames where FrameSelection.carries(record.entries[index].frame) {
            let entry = record.entries[index]
            if let sets = entry.changeSets, !sets.isEmpty {
                carried[index] = sets
            } else if let peer = entry.peer {
                let sets = (entry.arrivals ?? []).flatMap { merged[Place(node: peer, at: $0)] ?? [] }
                if !sets.isEmpty { carried[index] = sets }
            }
        }
        return carried
    }

    private static func widths(_ times: Int) -> ClosedRange<Double> {
        960...(times < 1_000 ? 4_200 : 12_000)
    }

    private static func lives(of record: RunRecord, end: Int64) -> [NodeLife] {
        var own = [[TraceEntry]](repeating: [], count: record.nodes.count)
        for entry in record.entries {
            guard let node = entry.node, own.indices.contains(node) else { continue }
            switch entry.kind {
            case .stopped, .started, .paused, .resumed: own[node].append(entry)
            default: break
            }
        }
        return own.map { NodeLife($0, end: end) }
    }

    /// The violations that were handed in, and those of the record that are not among them.
    private static func alarms(of record: RunRecord, _ violations: [Violation]) -> (alarms: [Alarm], ids: [String]) {
        var alarms: [Alarm] = []
        var ids: [String] = []
        func add(node: Int?, at: Int64, words: String, label: String, id: String) {
            if let place = alarms.firstIndex(where: { $0.node == node && $0.at == at }) {
                alarms[place].words.append(words)
                ids.append(alarms[place].id)
            } else {
                alarms.append(Alarm(node: node, at: at, words: [words], label: label, id: id))
                ids.append(id)
            }
        }
        for (index, violation) in violations.enumerated() {
            let node = violation.node.flatMap { name in record.nodes.firstIndex { $0.name == name } }
            add(node: node, at: violation.at, words: violation.words, label: violation.rule, id: "violation-\(index)")
        }
        for (index, entry) in record.entries.enumerated() where entry.kind == .violation {
            let node = entry.node.flatMap { record.nodes.indices.contains($0) ? $0 : nil }
            if alarms.contains(where: { $0.node == node && $0.at == entry.at }) { continue }
            add(node: node, at: entry.at, words: entry.text ?? "violation", label: "violation", id: "e\(index)")
        }
        return (alarms, Array(ids.prefix(violations.count)))
    }
}

extension Violation {
    /// Which rule: `invariant 2 (durability)` or `expectation`.
    var rule: String { invariant.map { "invariant \($0.rawValue) (\($0.name))" } ?? "expectation" }

    /// Which rule, where and how, without when.
    var words: String {
        let place = [node.map { " at \($0)" }, changeSet.map { ", change set \($0)" }].compactMap(\.self).joined()
        return Markup.shortened("\(rule)\(place): \(message)", to: 600)
    }
}
