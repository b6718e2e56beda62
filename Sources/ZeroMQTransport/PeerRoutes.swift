/// The connections that peers made to our listener, by descriptor and by the ROUTER's name for them.
///
/// libzmq serves a new connection on another thread than the one that reports it as accepted, so its end or its first
/// message may be seen before that report. Both are remembered until the report comes. It always does, and before the
/// descriptor can be used again.
struct PeerRoutes {
    private var byDescriptor: [Int32: InboundConnection] = [:]
    private var byRoutingID: [RoutingID: InboundConnection] = [:]
    private var nextSerial: UInt64 = 0
    private var endedBeforeAccepted: Set<Int32> = []
    private var heardBeforeAccepted: [Int32: (key: CurveKey, routingID: RoutingID)] = [:]

    var count: Int { byDescriptor.count }
    var all: Dictionary<Int32, InboundConnection>.Values { byDescriptor.values }

    /// What became of a connection that libzmq reports as accepted.
    enum Acceptance {
        case open(InboundConnection)
        /// It sent a message already, under this name.
        case heard(InboundConnection, key: CurveKey, routingID: RoutingID)
        /// It is over already.
        case ended
    }

    mutating func accepted(
        descriptor: Int32, kernel: KernelConnection?, now: ContinuousClock.Instant
    ) -> Acceptance {
        let heard = heardBeforeAccepted.removeValue(forKey: descriptor)
        if endedBeforeAccepted.remove(descriptor) != nil { return .ended }
        let connection = InboundConnection(
            descriptor: descriptor, serial: nextSerial, kernel: kernel, now: now)
        nextSerial += 1
        byDescriptor[descriptor] = connection
        guard let heard else { return .open(connection) }
        return .heard(connection, key: heard.key, routingID: heard.routingID)
    }

    /// - Returns: the connection that ended; `nil` if it was not reported as accepted yet.
    mutating func closed(descriptor: Int32) -> InboundConnection? {
        heardBeforeAccepted[descriptor] = nil
        guard let connection = byDescriptor.removeValue(forKey: descriptor) else {
            endedBeforeAccepted.insert(descriptor)
            return nil
        }
        forgetRoute(of: connection)
        return connection
    }

    /// Notes a message of a connection that was not reported as accepted yet.
    mutating func heard(from key: CurveKey, routingID: RoutingID, descriptor: Int32) {
        heardBeforeAccepted[descriptor] = (key, routingID)
    }

    subscript(routingID: RoutingID) -> InboundConnection? { byRoutingID[routingID] }
    subscript(descriptor descriptor: Int32) -> InboundConnection? { byDescriptor[descriptor] }

    /// Notes whose connection it is. The latest message wins: descriptors are used again, and a message that was still
    /// queued from the former connection may have come between.
    mutating func bind(_ connection: InboundConnection, to key: CurveKey, routingID: RoutingID) {
        forgetRoute(of: connection)
        connection.key = key
        connection.routingID = routingID
        byRoutingID[routingID] = connection
    }

    /// The ROUTER no longer knows the way to this connection.
    mutating func forgetRoute(of connection: InboundConnection) {
        guard let routingID = connection.routingID else { return }
        if byRoutingID[routingID] === connection { byRoutingID[routingID] = nil }
        connection.routingID = nil
    }

    /// The oldest connection that has not proved a key and is not being cut; the first to go when there are too many.
    var oldestStranger: InboundConnection? {
        byDescriptor.values.lazy.filter { $0.key == nil && !$0.isCut }.min { $0.serial < $1.serial }
    }
}
