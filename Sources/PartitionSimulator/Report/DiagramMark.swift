/// A mark on a node's line, or above all lines: one entry, or several that stand too close to be told apart.
struct DiagramMark {
    /// What kind of entries.
    let kind: TraceEntry.Kind
    /// The node's number; nil above all lines.
    let node: Int?
    /// The place in time.
    let x: Double
    /// The entries' places in the record, ascending. Never empty.
    var entries: [Int]
    /// Whether a node refused what was asked, in all of them.
    var isRefused: Bool
    /// Whether one of them happened before the violation.
    var isInCone: Bool

    /// What the mark is called in the page: an entry's, so that lists can point to it.
    var id: String { "e\(entries[0])" }
}

extension DiagramMark {
    /// More merges than this are not marked.
    static let mergesMax = 1_500
    /// More marks than this are drawn together where they are close.
    static let marksMax = 3_000

    /// Wider than any diagram: one mark a line and kind is the least.
    private static let widest = 16_384.0

    /// Entries of a record that have a mark, but for merges where there are too many of them.
    static func candidates(of record: RunRecord) -> (entries: [Int], mergesLeft: Int) {
        let merges = record.entries.reduce(0) { $0 + ($1.kind == .merged ? 1 : 0) }
        let isMergeMarked = merges <= mergesMax
        let entries = record.entries.indices.filter { index in
            let entry = record.entries[index]
            if let node = entry.node, !record.nodes.indices.contains(node) { return false }
            switch entry.kind {
            case .merged: return isMergeMarked
            case .deed, .stopped, .started, .paused, .resumed, .fault, .notice, .warning, .remark: return true
            case .frame, .cut, .healed, .connected, .disconnected, .violation: return false
            }
        }
        return (entries, isMergeMarked ? 0 : merges)
    }

    /// The marks of those entries. Where there are too many, those of one kind on one line in one cell of the width become one;
    /// the cells are as narrow as they can be.
    static func marks(_ candidates: [Int], of record: RunRecord, axis: TimeAxis, cone: CausalCone?) -> [DiagramMark] {
        var cell = candidates.count > marksMax ? 4.0 : 0
        while true {
            let marks = marks(candidates, of: record, axis: axis, cone: cone, cell: cell)
            if marks.count <= marksMax || cell > widest { return marks }
            cell *= 2
        }
    }

    /// What people did and whether a node ran is told apart longest.
    private static func isFine(_ kind: TraceEntry.Kind) -> Bool {
        kind == .deed || kind == .stopped || kind == .started
    }

    private struct Cell: Hashable {
        let kind: TraceEntry.Kind
        let node: Int?
        let column: Int
    }

    private static func marks(
        _ candidates: [Int], of record: RunRecord, axis: TimeAxis, cone: CausalCone?, cell: Double
    ) -> [DiagramMark] {
        var marks: [DiagramMark] = []
        // Only looked up, never walked through: its order reaches nothing.
        var places: [Cell: Int] = [:]
        for index in candidates {
            let entry = record.entries[index]
            let x = axis.x(entry.at)
            let isInCone = cone?.contains(index, entry) ?? true
            if cell > 0 {
                let width = isFine(entry.kind) ? cell : cell * 4
                let key = Cell(kind: entry.kind, node: entry.node, column: Int(x / width))
                if let place = places[key] {
                    marks[place].entries.append(index)
                    marks[place].isRefused = marks[place].isRefused && entry.refusal != nil
                    marks[place].isInCone = marks[place].isInCone || isInCone
                    continue
                }
                places[key] = marks.count
            }
            marks.append(
                DiagramMark(
                    kind: entry.kind, node: entry.node, x: x, entries: [index], isRefused: entry.refusal != nil,
                    isInCone: isInCone))
        }
        return marks
    }
}
