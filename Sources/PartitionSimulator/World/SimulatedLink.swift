/// The line between two nodes of a simulation: what is up, what is cut, and what happens to a frame on its way.
final class SimulatedLink {
    /// One direction of it.
    struct Direction {
        var random: SplitMix64
        /// When the last frame that kept its place arrives: later ones do not overtake it.
        var lastArrival: Int64 = .min
        /// Until when the line is busy with what was sent before, where it carries so many bytes a second only.
        var busyUntil: Int64 = .min
        /// How many frames the present burst of losses still takes.
        var burstLeft = 0
        /// The faults that cut this direction.
        var cuts: Set<Int> = []
    }

    /// The copies of a frame that arrive.
    struct Passage {
        var fate = TraceEntry.Fate.delivered
        var arrivals: [Int64] = []
        /// Whether later frames may overtake it.
        var isHeldBack = false
        /// The bit to flip, counted from the frame's first byte.
        var flippedBit: Int?
        /// How much of the frame is left.
        var keptBytes: Int?
    }

    /// The ends, the lower number first.
    let pair: NodePair
    /// The direction from the lower number to the higher, then the other one.
    private var directions: [Direction]
    /// Without the faults that last for a while.
    private var base: LinkConditions
    private var patches: [(fault: Int, patch: LinkPatch)] = []
    /// As they are at the moment.
    private(set) var conditions: LinkConditions
    /// Counts cuts and heals, so that what was scheduled for an earlier one is told apart.
    private(set) var cutCount = 0
    /// The connection, numbered so that frames of an earlier one are told apart; nil where there is none.
    private(set) var session: Int?
    /// Which ends believe in the connection: the lower number's, the higher one's.
    private(set) var believes = [false, false]
    /// Whether a handshake is under way.
    var isConnecting = false
    /// The faults that hold frames back, and the frames.
    var jams: Set<Int> = []
    var held: [SimulatedFrame] = []
    /// What was carried lately, for carrying it again.
    private(set) var carried: [(at: Int64, frame: SimulatedFrame)] = []
    private var handshakes: SplitMix64

    init(_ pair: NodePair, seed: UInt64, names: (low: String, high: String), _ conditions: LinkConditions) {
        self.pair = pair
        base = conditions
        self.conditions = conditions
        handshakes = SplitMix64(seed: seed, stream: "handshake \(names.low) \(names.high)")
        directions = [
            Direction(random: SplitMix64(seed: seed, stream: "link \(names.low) \(names.high)")),
            Direction(random: SplitMix64(seed: seed, stream: "link \(names.high) \(names.low)")),
        ]
    }

    // MARK: Cuts

    /// Whether nothing comes through in one direction at least: no connection lives long then.
    var isCut: Bool { !directions[0].cuts.isEmpty || !directions[1].cuts.isEmpty }

    /// Whether nothing comes through from that end.
    func isCut(from end: Int) -> Bool { !directions[index(end)].cuts.isEmpty }

    /// Cuts a direction, or both, for the sake of a fault. Returns false where that fault had cut it already.
    func cut(by fault: Int, from end: Int? = nil) -> Bool {
        cutCount += 1
        if let end { return directions[index(end)].cuts.insert(fault).inserted }
        let first = directions[0].cuts.insert(fault).inserted
        return directions[1].cuts.insert(fault).inserted || first
    }

    /// Takes a fault's cuts back, or all of them. Returns whether that mended the link.
    func mend(_ fault: Int?) -> Bool {
        guard isCut else { return false }
        for index in directions.indices {
            if let fault { directions[index].cuts.remove(fault) } else { directions[index].cuts.removeAll() }
        }
        if isCut { return false }
        cutCount += 1
        return true
    }

    // MARK: Conditions

    func setBase(_ conditions: LinkConditions) {
        base = conditions
        combine()
    }

    func apply(_ patch: LinkPatch, of fault: Int) {
        patches.append((fault, patch))
        combine()
    }

    /// Takes a fault's conditions back, or those of all.
    func lift(_ fault: Int?) {
        if let fault { patches.removeAll { $0.fault == fault } } else { patches.removeAll() }
        combine()
    }

    private func combine() { conditions = patches.reduce(base) { $0.patched($1.patch) } }

    // MARK: Connections

    /// A new connection, which both ends believe in.
    func open(_ session: Int) {
        self.session = session
        believes = [true, true]
        for index in directions.indices { directions[index].lastArrival = .min }
    }

    /// The connection is gone for both ends.
    func close() {
        session = nil
        believes = [false, false]
    }

    /// The connection is gone, and only that end knows.
    func close(at end: Int) { believes[index(end)] = false }

    /// Whether that end believes in a connection.
    func isBelieved(by end: Int) -> Bool { session != nil && believes[index(end)] }

    /// How long the next handshake takes: a round trip and a half.
    func handshakeTime() -> Int64 {
        (0..<3).reduce(0) { time, _ in time + handshakes.number(in: conditions.delay) }
    }

    // MARK: Frames

    /// What becomes of a frame of that length which leaves `end` now. Draws the same numbers whatever happens.
    func pass(from end: Int, bytes: Int, now: Int64) -> Passage {
        let index = index(end)
        let faults = conditions
        var passage = Passage()
        let isLost = loses(index, faults)
        let isTwice = directions[index].random.happens(faults.duplication)
        let isLate = directions[index].random.happens(faults.reordering)
        let isFlipped = directions[index].random.happens(faults.corruption)
        let isShortened = directions[index].random.happens(faults.truncation)
        let delay = directions[index].random.number(in: faults.delay)
        let copyDelay = directions[index].random.number(in: faults.delay)
        let extra = directions[index].random.number(in: faults.reorderingDelay)
        let place = directions[index].random.number(in: 0...Int64(max(bytes, 1) * 8 - 1))
        var leaves = now
        if faults.bandwidth > 0 {
            leaves = max(now, directions[index].busyUntil) + Int64(bytes) * 1_000 / Int64(faults.bandwidth)
            directions[index].busyUntil = leaves
        }
        if isLost {
            passage.fate = .lost
            return passage
        }
        if isFlipped { passage.flippedBit = Int(place) }
        if isShortened { passage.keptBytes = Int(place / 8) }
        if isFlipped || isShortened { passage.fate = .damaged }
        if isLate {
            passage.isHeldBack = true
            passage.arrivals = [leaves + delay + extra]
        } else {
            directions[index].lastArrival = max(leaves + delay, directions[index].lastArrival)
            passage.arrivals = [directions[index].lastArrival]
        }
        if isTwice { passage.arrivals.append(passage.arrivals[0] + copyDelay) }
        return passage
    }

    /// Losses come in bursts: one begins so seldom that the share that is lost stays what the conditions say.
    private func loses(_ index: Int, _ faults: LinkConditions) -> Bool {
        let begins = directions[index].random.happens(faults.loss / max(1, faults.burst))
        let length = directions[index].random.number(in: 1...Int64(max(1, 2 * faults.burst - 1)))
        if faults.loss == 0 { directions[index].burstLeft = 0 }
        if directions[index].burstLeft > 0 {
            directions[index].burstLeft -= 1
            return true
        }
        if begins { directions[index].burstLeft = Int(length) - 1 }
        return begins
    }

    /// Remembers a frame for carrying it again: the last few hundred.
    func remember(_ frame: SimulatedFrame, at now: Int64) {
        if carried.count >= 512 { carried.removeFirst(256) }
        carried.append((now, frame))
    }

    private func index(_ end: Int) -> Int { end == pair.low ? 0 : 1 }
}

/// Two nodes of a simulation, by number, in ascending order.
struct NodePair: Hashable {
    let low: Int
    let high: Int

    init(_ one: Int, _ other: Int) {
        low = min(one, other)
        high = max(one, other)
    }

    /// The other one of the two.
    func other(_ one: Int) -> Int { one == low ? high : low }
}
