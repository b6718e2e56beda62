/// What passes between nodes while nobody does anything and nothing goes wrong.
struct QuietTraffic {
    /// What one link carried.
    struct Load {
        var frames = 0
        var bytes = 0
    }

    /// When the present stretch began, in virtual milliseconds since 1970; nil before the first settled moment.
    private(set) var since: Int64?
    /// Whether nothing has disturbed it.
    private(set) var isQuiet = false
    /// By link.
    private(set) var loads: [NodePair: Load] = [:]

    /// Something happened that may cause traffic.
    mutating func disturb() { isQuiet = false }

    /// Counts a frame.
    mutating func count(_ frame: SimulatedFrame) {
        guard isQuiet else { return }
        loads[NodePair(frame.from, frame.to), default: Load()].frames += 1
        loads[NodePair(frame.from, frame.to), default: Load()].bytes += frame.bytes.count
    }

    /// Begins a new stretch at a settled moment.
    mutating func begin(at now: Int64) {
        since = now
        isQuiet = true
        loads = [:]
    }
}
