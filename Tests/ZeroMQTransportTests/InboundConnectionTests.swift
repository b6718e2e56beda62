import Testing

@testable import ZeroMQTransport

@Suite("A routing id")
struct RoutingIDTests {
    @Test(
        "keeps its bytes, short or long",
        arguments: [[], [0], [0, 0], [1], [0, 1, 2, 3, 4], [255, 255, 255, 255, 255, 255, 255], [1, 2, 3, 4, 5, 6, 7, 8],
            [UInt8](repeating: 7, count: 255)] as [[UInt8]])
    func roundTrip(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { RoutingID($0) }.bytes == bytes)
    }

    @Test("differs from one with other leading zeros")
    func zeros() {
        let ids = [[], [0], [0, 0], [0, 0, 0]].map { (bytes: [UInt8]) in bytes.withUnsafeBytes { RoutingID($0) } }
        #expect(Set(ids).count == 4)
    }
}

@Suite("The routes of a listener")
struct PeerRoutesTests {
    @Test("find a connection by the name that its latest message had")
    func rebinding() throws {
        var routes = PeerRoutes()
        let key = try CurveKeyPair.random().publicKey
        let (stale, current) = (RoutingID.short(1), RoutingID.short(2))
        let connection = try routes.open(20)
        routes.bind(connection, to: key, routingID: stale)
        routes.bind(connection, to: key, routingID: current)
        #expect(routes[stale] == nil)
        #expect(routes[current] === connection)
        let closed = routes.closed(descriptor: 20)
        #expect(closed === connection)
        #expect(routes[current] == nil)
        #expect(routes.count == 0)
    }

    @Test("give up the oldest stranger first, never a proved peer")
    func eviction() throws {
        var routes = PeerRoutes()
        let connections = try [5, 9, 7].map { try routes.open($0) }
        routes.bind(connections[0], to: try CurveKeyPair.random().publicKey, routingID: .short(1))
        #expect(routes.oldestStranger === connections[1])
        connections[1].cut()
        #expect(routes.oldestStranger === connections[2])
    }

    @Test("cope with an end that is reported before the beginning, and the descriptor's next use")
    func endedFirst() throws {
        var routes = PeerRoutes()
        let ended = routes.closed(descriptor: 5)
        #expect(ended == nil)
        guard case .ended = routes.accepted(descriptor: 5, kernel: nil, now: .now) else {
            Issue.record("a connection that is over was taken for an open one")
            return
        }
        #expect(routes.count == 0)
        _ = try routes.open(5)
        #expect(routes.count == 1)
    }

    @Test("cope with a message that comes before the beginning")
    func heardFirst() throws {
        var routes = PeerRoutes()
        let key = try CurveKeyPair.random().publicKey
        routes.heard(from: key, routingID: .short(3), descriptor: 5)
        guard case .heard(_, key, .short(3)) = routes.accepted(descriptor: 5, kernel: nil, now: .now) else {
            Issue.record("the message was forgotten")
            return
        }
    }

    @Test("forget the message of a connection that is over")
    func heardAndEnded() throws {
        var routes = PeerRoutes()
        routes.heard(from: try CurveKeyPair.random().publicKey, routingID: .short(3), descriptor: 5)
        _ = routes.closed(descriptor: 5)
        _ = routes.accepted(descriptor: 5, kernel: nil, now: .now)
        _ = try routes.open(5)
    }
}

extension PeerRoutes {
    /// Accepts a connection of which nothing was heard yet.
    fileprivate mutating func open(_ descriptor: Int32) throws -> InboundConnection {
        guard case .open(let connection) = accepted(descriptor: descriptor, kernel: nil, now: .now) else {
            throw NeverHappened(condition: "the connection was open")
        }
        return connection
    }
}
