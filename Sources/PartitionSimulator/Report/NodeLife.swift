/// When a node ran, hung and was down.
struct NodeLife {
    /// What a node does.
    enum State: Equatable {
        case running
        case paused
        case down
    }

    /// A stretch of one state.
    struct Stretch {
        let state: State
        let from: Int64
        let to: Int64
    }

    /// All of the story, in the order of time; of each state that lasted at all.
    let stretches: [Stretch]

    /// The life that a node's own entries tell, from 0 to `end`. A node whose first news is that it started was down before.
    init(_ entries: [TraceEntry], end: Int64) {
        let changes = entries.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
            .compactMap { entry in Self.state(after: entry.kind).map { (at: entry.at, kind: entry.kind, state: $0) } }
        var state: State = changes.first?.kind == .started ? .down : .running
        var since: Int64 = 0
        var stretches: [Stretch] = []
        for change in changes where change.state != state {
            if change.at > since { stretches.append(Stretch(state: state, from: since, to: change.at)) }
            state = change.state
            since = change.at
        }
        if end > since { stretches.append(Stretch(state: state, from: since, to: end)) }
        self.stretches = stretches
    }

    private static func state(after kind: TraceEntry.Kind) -> State? {
        switch kind {
        case .stopped: .down
        case .started, .resumed: .running
        case .paused: .paused
        default: nil
        }
    }
}
