/// Which frames are drawn, and why the others are not.
struct FrameSelection {
    /// How important it is that a frame is drawn. The order is that of the choice.
    private enum Class: Int, CaseIterable {
        /// Carries change sets or contents towards the violation.
        case carryingInCone
        /// Carries change sets or contents.
        case carrying
        /// Damaged or replayed.
        case tampered
        /// Control, in the seconds around something that happened, and did not arrive.
        case controlUndelivered
        /// Control, in the seconds around something that happened.
        case control
        /// Control while nothing happened.
        case quiet

        var name: String {
            switch self {
            case .carryingInCone, .carrying: "frames that carry change sets"
            case .tampered: "damaged or replayed frames"
            case .controlUndelivered: "undelivered control frames"
            case .control: "control frames in busy times"
            case .quiet: "control frames in quiet times"
            }
        }
    }

    /// As long as a record has no more, all of its frames are drawn.
    static let smallRecord = 120
    private static let busyBefore: Int64 = 500
    private static let busyAfter: Int64 = 5_000

    /// Places of the frames that are drawn, ascending.
    let drawn: [Int]
    /// How many frames there are.
    let total: Int
    /// How many are left out, by why, in words; empty when all are drawn.
    let left: [(name: String, count: Int)]

    /// Whether frames of that name carry change sets or contents; the others only arrange it.
    static func carries(_ frame: String?) -> Bool {
        frame == "RUN" || frame == "CONTENT" || frame == "SNAPSHOT"
    }

    /// The choice for a record; with the cone of its violation if it has one.
    init(_ record: RunRecord, cone: CausalCone?) {
        let entries = record.entries
        var classes = [[Int]](repeating: [], count: Class.allCases.count)
        var busy = BusyTimes(entries, before: Self.busyBefore, after: Self.busyAfter)
        for index in entries.indices where Self.isFrame(entries[index], of: record) {
            let kind = Self.classify(entries[index], cone: cone, isBusy: busy.contains(entries[index].at))
            classes[kind.rawValue].append(index)
        }
        total = classes.reduce(0) { $0 + $1.count }
        guard total > Self.smallRecord else {
            drawn = classes.joined().sorted()
            left = []
            return
        }
        let quiet = classes.removeLast().count
        let thinning = Thinning(classes, budget: record.nodes.count > 12 ? 1_600 : 800)
        drawn = thinning.chosen
        var counts: [(name: String, count: Int)] = quiet > 0 ? [(Class.quiet.name, quiet)] : []
        for kind in Class.allCases.reversed() where kind != .quiet && thinning.left[kind.rawValue] > 0 {
            counts.append((kind.name, thinning.left[kind.rawValue]))
        }
        left = counts
    }

    /// Whether it is a frame between nodes that the record has.
    private static func isFrame(_ entry: TraceEntry, of record: RunRecord) -> Bool {
        guard entry.kind == .frame, let node = entry.node, let peer = entry.peer else { return false }
        return record.nodes.indices.contains(node) && record.nodes.indices.contains(peer) && node != peer
    }

    private static func classify(_ entry: TraceEntry, cone: CausalCone?, isBusy: Bool) -> Class {
        if carries(entry.frame) {
            return cone?.carries(entry) == true ? .carryingInCone : .carrying
        }
        if entry.fate == .damaged || entry.fate == .replayed { return .tampered }
        guard isBusy else { return .quiet }
        return entry.fate == .delivered ? .control : .controlUndelivered
    }
}

/// The seconds around everything that happened to a node or to a link.
private struct BusyTimes {
    private let times: [Int64]
    private let before: Int64
    private let after: Int64
    private var place = 0
    private var last = Int64.min

    init(_ entries: [TraceEntry], before: Int64, after: Int64) {
        times = entries.filter { Self.isHappening($0.kind) }.map(\.at).sorted()
        self.before = before
        self.after = after
    }

    /// Cheap where it is asked in the order of time.
    mutating func contains(_ at: Int64) -> Bool {
        if at < last { place = 0 }
        last = at
        while place < times.count, times[place] &+ after < at { place += 1 }
        return place < times.count && times[place] &- before <= at
    }

    private static func isHappening(_ kind: TraceEntry.Kind) -> Bool {
        switch kind {
        case .deed, .cut, .healed, .stopped, .started, .paused, .resumed, .fault, .violation: true
        case .frame, .merged, .connected, .disconnected, .notice, .warning, .remark: false
        }
    }
}
