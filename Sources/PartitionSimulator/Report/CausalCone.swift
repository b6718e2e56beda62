/// Everything that happened before a violation: what its node did before it, and, through the frames that arrived there, what
/// other nodes did before they sent them.
///
/// A frame's arrival counts as earlier than everything that its receiver did in the same millisecond. Cuts, connections and
/// faults of a link stand at both of its ends; only frames carry causes. A replayed frame carries what its node knew when the
/// network sent it again, which may be more than it held: the cone is never too small.
struct CausalCone: Sendable {
    /// A moment of one node: entries in the order of time and, within a millisecond, of the record.
    struct Moment: Comparable, Sendable {
        let at: Int64
        let entry: Int

        static func < (one: Moment, other: Moment) -> Bool { (one.at, one.entry) < (other.at, other.entry) }
    }

    /// A frame's arrival, and the moment of its departure.
    private struct Passage {
        let arrival: Int64
        let departure: Moment
        let from: Int
        let to: Int
    }

    /// Per node, the last moment that lies in the cone; nil where nothing does.
    let horizon: [Moment?]

    /// The cone of what is seen at `node` at the time `at`; of a breach that no single node shows (nil), all that came before it.
    init(_ record: RunRecord, at: Int64, node: Int?) {
        let end = Moment(at: at, entry: .max)
        var horizon = [Moment?](repeating: node == nil ? end : nil, count: record.nodes.count)
        if let node, horizon.indices.contains(node) { horizon[node] = end }

        // Latest arrival first: when an arrival is looked at, everything that can move its node's horizon beyond it arrived
        // later and has been. Frames that take no time at all may need another round.
        let passages = Self.passages(of: record)
        var moved = node != nil
        while moved {
            moved = false
            for passage in passages {
                guard let seen = horizon[passage.to], passage.arrival <= seen.at else { continue }
                if horizon[passage.from].map({ $0 < passage.departure }) ?? true {
                    horizon[passage.from] = passage.departure
                    moved = true
                }
            }
        }
        self.horizon = horizon
    }

    /// Whether an entry happened before the violation. Of a frame: whether its departure did.
    func contains(_ index: Int, _ entry: TraceEntry) -> Bool {
        let moment = Moment(at: entry.at, entry: index)
        if isReached(entry.node, moment) { return true }
        return entry.kind != .frame && isReached(entry.peer, moment)
    }

    /// Whether one of the frame's arrivals happened before the violation: the arrow itself lies in the cone.
    func carries(_ entry: TraceEntry) -> Bool {
        guard let peer = entry.peer, horizon.indices.contains(peer), let seen = horizon[peer] else { return false }
        return (entry.arrivals ?? []).contains { $0 >= entry.at && $0 <= seen.at }
    }

    private func isReached(_ node: Int?, _ moment: Moment) -> Bool {
        guard let node, horizon.indices.contains(node), let seen = horizon[node] else { return false }
        return moment <= seen
    }

    private static func passages(of record: RunRecord) -> [Passage] {
        var passages: [Passage] = []
        for (index, entry) in record.entries.enumerated() where entry.kind == .frame {
            guard let from = entry.node, let to = entry.peer, record.nodes.indices.contains(from),
                record.nodes.indices.contains(to)
            else { continue }
            // A frame cannot arrive before it left; such an arrival is a mistake in the record and carries nothing.
            for arrival in entry.arrivals ?? [] where arrival >= entry.at {
                passages.append(Passage(arrival: arrival, departure: Moment(at: entry.at, entry: index), from: from, to: to))
            }
        }
        return passages.sorted { ($0.arrival, $0.departure) > ($1.arrival, $1.departure) }
    }
}
