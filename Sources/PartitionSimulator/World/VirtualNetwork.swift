/// All links between the nodes of a simulation. Holds no frames but those that are jammed.
struct VirtualNetwork {
    private let seed: UInt64
    /// In the order in which nodes came.
    private(set) var links: [SimulatedLink] = []
    private var numbers: [NodePair: Int] = [:]
    private var sessionCount = 0
    var counts = FrameCounts()

    init(seed: UInt64) { self.seed = seed }

    /// Adds the link of two nodes; `names` name its random streams.
    mutating func add(_ low: Int, _ high: Int, names: (low: String, high: String), _ conditions: LinkConditions) {
        numbers[NodePair(low, high)] = links.count
        links.append(SimulatedLink(NodePair(low, high), seed: seed, names: names, conditions))
    }

    /// The link of two nodes.
    subscript(_ pair: NodePair) -> SimulatedLink? { numbers[pair].map { links[$0] } }

    /// The number of a new connection.
    mutating func nextSession() -> Int {
        sessionCount += 1
        return sessionCount
    }
}
