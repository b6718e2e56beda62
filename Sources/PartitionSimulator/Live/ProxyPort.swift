import Glibc

/// A listening port of a proxy, the conditions of its two directions, and its connections. Belongs to whoever holds the
/// loop's lock.
final class ProxyPort {
    /// Connections at once; more are refused.
    static let connectionsMax = 64

    private let listener: Int32
    private let target: UInt16
    private let seed: UInt64
    private let name: String
    private let canary: [UInt8]
    private var isCut = false
    private var connections: [ProxyConnection] = []
    /// The connections that `prepare` spoke for.
    private var asked: [ProxyConnection] = []
    private var connectionsMade = 0
    private(set) var conditions: [ProxyDirection: ProxyConditions] = [:]
    private(set) var counts = ProxyCounts()

    init(listener: Int32, target: UInt16, seed: UInt64, name: String, canary: [UInt8]) {
        self.listener = listener
        self.target = target
        self.seed = seed
        self.name = name
        self.canary = canary
    }

    /// How many connections are open now.
    var connectionsOpen: Int { connections.count }

    /// What to wait for: the listener, then both ends of each connection that stands now.
    func prepare() -> [pollfd] {
        asked = connections
        return [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            + connections.flatMap { [$0.waiting.dialer, $0.waiting.target] }
    }

    /// When something on its way is due.
    var nextDue: Int64? { connections.compactMap { $0.nextDue(conditions) }.min() }

    /// Moves what can be moved. `said` is what the system said about what `prepare` named last.
    func step(_ said: ArraySlice<Int16>, at now: Int64) {
        // At most one piece: it is what chances are counted by.
        var buffer = [UInt8](repeating: 0, count: FaultingProxy.pieceBytesMax)
        let first = said.startIndex
        for (index, connection) in asked.enumerated() where connection.isOpen {
            let ready = (dialer: said[first + 1 + 2 * index], target: said[first + 2 + 2 * index])
            connection.step(ready: ready, at: now, conditions, &counts, buffer: &buffer)
        }
        asked = []
        connections.removeAll { !$0.isOpen }
        if said[first] != 0 { accept() }
    }

    private func accept() {
        // A bound, so that a dialer that never tires does not hold the loop.
        for _ in 0..<16 {
            guard let dialer = LoopbackSocket.accept(at: listener) else { return }
            guard !isCut, connections.count < Self.connectionsMax, let (target, isConnected) = LoopbackSocket.connect(to: target)
            else {
                counts.refused += 1
                LoopbackSocket.close(dialer, reset: true)
                continue
            }
            connectionsMade += 1
            if isConnected { counts.connections += 1 }
            connections.append(
                ProxyConnection(
                    dialer: dialer, target: target, isConnected: isConnected, toTarget: stream(.toTarget),
                    toDialer: stream(.toDialer)))
        }
    }

    /// A direction of a new connection, with a random stream of its own.
    private func stream(_ direction: ProxyDirection) -> ProxyStream {
        let stream = "proxy \(name) \(connectionsMade) \(direction.rawValue)"
        return ProxyStream(random: SplitMix64(seed: seed, stream: stream), canary: canary)
    }

    /// Changes the conditions of a direction. Where a line is silent no more, its connections end: bytes are missing in
    /// them.
    func set(_ new: ProxyConditions, _ direction: ProxyDirection) {
        let wasSilent = conditions[direction]?.isSilent == true
        conditions[direction] = new
        if wasSilent && !new.isSilent { sever(where: \.hasGap) }
    }

    func cut() {
        isCut = true
        sever { _ in true }
    }

    /// Lets connections through again, and ends those that one side had been left to believe in.
    func heal() {
        isCut = false
        sever(where: \.isAbandoned)
    }

    func abandon(closing side: ProxyDirection) {
        for connection in connections where !connection.isAbandoned {
            connection.abandon(closing: side)
            counts.abandoned += 1
        }
    }

    /// Ends everything and gives the port up.
    func close() {
        cut()
        // The loop may be waiting on it, and then closing alone would leave it listening for a moment.
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func sever(where isMeant: (ProxyConnection) -> Bool) {
        for connection in connections where isMeant(connection) {
            connection.close(reset: true)
            counts.severed += 1
        }
        connections.removeAll { !$0.isOpen }
    }
}
