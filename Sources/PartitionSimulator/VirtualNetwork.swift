/// Two nodes of a simulation, by number, in ascending order.
struct NodePair: Hashable {
    let low: Int
    let high: Int

    init(_ one: Int, _ other: Int) {
        low = min(one, other)
        high = max(one, other)
    }
}

/// The links between nodes: what is up, what is cut, and what happens to a frame on its way. Holds no frames.
struct VirtualNetwork {
    /// One direction of a link.
    private struct Direction {
        var random: SplitMix64
        /// When the last frame that kept its place arrives: later ones do not overtake it.
        var lastArrival: Int64 = .min
    }

    /// The state of one link.
    struct Link {
        var conditions: LinkConditions
        var isCut = false
        /// Counts cuts and heals, so that what was scheduled for an earlier one is told apart.
        var cuts = 0
        /// The connection, numbered so that frames of an earlier one are told apart; nil where there is none.
        var session: Int?
        /// Whether a handshake is under way.
        var isConnecting = false
        /// Draws how long handshakes take.
        var handshakes: SplitMix64
    }

    private let seed: UInt64
    private(set) var links: [NodePair: Link] = [:]
    private var directions: [[Int]: Direction] = [:]
    private var sessionCount = 0
    private(set) var counts = FrameCounts()

    init(seed: UInt64) { self.seed = seed }

    /// Adds the link of two nodes; `names` name its random streams.
    mutating func add(_ one: Int, _ other: Int, names: (String, String), _ conditions: LinkConditions) {
        let shakes = SplitMix64(seed: seed, stream: "handshake \(names.0) \(names.1)")
        links[NodePair(one, other)] = Link(conditions: conditions, handshakes: shakes)
        directions[[one, other]] = Direction(random: SplitMix64(seed: seed, stream: "link \(names.0) \(names.1)"))
        directions[[other, one]] = Direction(random: SplitMix64(seed: seed, stream: "link \(names.1) \(names.0)"))
    }

    /// Changes a link; nothing where there is none.
    mutating func update(_ pair: NodePair, _ body: (inout Link) -> Void) {
        guard var link = links[pair] else { return }
        body(&link)
        links[pair] = link
    }

    /// A new connection on a link. Frames on it keep their order but where a fault says otherwise.
    mutating func open(_ pair: NodePair) {
        sessionCount += 1
        let session = sessionCount
        update(pair) { $0.session = session }
        directions[[pair.low, pair.high]]?.lastArrival = .min
        directions[[pair.high, pair.low]]?.lastArrival = .min
    }

    /// How long the next handshake on a link takes: a round trip and a half.
    mutating func handshakeTime(_ pair: NodePair) -> Int64 {
        guard var link = links[pair] else { return 0 }
        defer { links[pair] = link }
        return (0..<3).reduce(0) { time, _ in time + link.handshakes.number(in: link.conditions.delay) }
    }

    /// When the copies of a frame that leaves now arrive: none, one or two times. Draws the same numbers whatever happens.
    mutating func arrivals(from: Int, to: Int, now: Int64) -> [Int64] {
        let pair = NodePair(from, to)
        guard let link = links[pair], !link.isCut, var direction = directions[[from, to]] else {
            counts.blocked += 1
            return []
        }
        defer { directions[[from, to]] = direction }
        counts.sent += 1
        let faults = link.conditions
        let isLost = direction.random.happens(faults.loss)
        let isTwice = direction.random.happens(faults.duplication)
        let isLate = direction.random.happens(faults.reordering)
        let delay = direction.random.number(in: faults.delay)
        let copyDelay = direction.random.number(in: faults.delay)
        let extra = direction.random.number(in: faults.reorderingDelay)
        if isLost {
            counts.lost += 1
            return []
        }
        var times: [Int64] = []
        if isLate {
            counts.reordered += 1
            times.append(now + delay + extra)
        } else {
            direction.lastArrival = max(now + delay, direction.lastArrival)
            times.append(direction.lastArrival)
        }
        if isTwice {
            counts.duplicated += 1
            times.append(times[0] + copyDelay)
        }
        return times
    }

    /// Counts a frame that was not carried.
    mutating func countBlocked() { counts.blocked += 1 }

    /// Counts a frame that arrived.
    mutating func countDelivered() { counts.delivered += 1 }
}
