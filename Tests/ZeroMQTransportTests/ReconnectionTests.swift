import Testing

@testable import ZeroMQTransport

@Suite("A connection", .timeLimit(.minutes(2)))
struct ReconnectionTests {
    @Test("comes back after the peer restarts on the same port, and frames flow again")
    func restart() async throws {
        let (dialler, listener) = try await connectedPair()
        let endpoint = listener.endpoint
        listener.transport.stop()
        try await eventually("the loss is noticed") { !dialler.log.isConnected(listener.key) }

        let again = try TestNode(pair: listener.pair, bind: endpoint, admitting: [dialler.key])
        try await eventually("they are connected again") {
            dialler.log.isConnected(again.key) && again.log.isConnected(dialler.key)
        }
        dialler.transport.send(numbered(1), to: again.key)
        again.transport.send(numbered(2), to: dialler.key)
        try await eventually("frames flow both ways") {
            again.log.frames(from: dialler.key) == [numbered(1)]
                && dialler.log.frames(from: again.key) == [numbered(2)]
        }
        #expect(dialler.transport.counters.reconnects > 0)
        #expect(dialler.log.connections(to: again.key) == 2)
    }

    @Test("that a restarted peer makes replaces the one before")
    func diallerRestarts() async throws {
        let (dialler, listener) = try await connectedPair()
        dialler.transport.stop()
        let again = try TestNode(pair: dialler.pair, bind: nil, admitting: [listener.key])
        try again.dial(listener)
        try await eventually("the new one is connected") {
            again.log.isConnected(listener.key) && listener.log.connections(to: again.key) == 2
                && listener.log.isConnected(again.key)
        }
        listener.transport.send(numbered(7), to: again.key)
        try await eventually("the frame takes the new way") { again.log.frames(from: listener.key) == [numbered(7)] }
        try await eventually("the old one is gone") { listener.transport.counters.connectionsOpen == 1 }
    }

    @Test("from a second device with the same key replaces the first, and frames go to the second")
    func sameKeyTwice() async throws {
        let listener = try TestNode()
        let pair = try CurveKeyPair.random()
        listener.transport.admit([pair.publicKey])
        let first = try RawClient(.curve(pair, server: listener.key), to: listener.endpoint)
        try await eventually("the first gets through") { (try? first.send(numbered(1))) == true }
        try await eventually("its frame arrives") { listener.log.frameCount(from: pair.publicKey) == 1 }
        let second = try RawClient(.curve(pair, server: listener.key), to: listener.endpoint)
        try await eventually("the second gets through") { (try? second.send(numbered(2))) == true }
        try await eventually("its frame arrives") { listener.log.frameCount(from: pair.publicKey) == 2 }
        try await eventually("the first is cut") { first.wasCut }
        try await eventually("the second remains") { listener.log.isConnected(pair.publicKey) }
        listener.transport.send(numbered(3), to: pair.publicKey)
        try await eventually("the answer goes to the second") { (try? second.receive()) == numbered(3) }
        #expect(!second.wasCut)
    }

    @Test("falls back to the other one when the one in use breaks, and says so")
    func fallback() async throws {
        let first = try TestNode()
        let second = try TestNode(admitting: [first.key])
        first.transport.admit([second.key])
        try first.dial(second)
        try await eventually("the first connection stands") { first.log.isConnected(second.key) }
        try second.dial(first)
        try await eventually("the second stands too") {
            first.transport.counters.connectionsOpen == 1 && second.transport.counters.connectionsOpen == 1
        }
        // The second node's greeting over it must have been read before the first is taken away.
        try await eventually("the first node uses the second's connection after its own") {
            first.transport.disconnect(from: second.key)
            return first.log.connections(to: second.key) >= 2 && first.log.isConnected(second.key)
        }
        first.transport.send(numbered(5), to: second.key)
        try await eventually("frames take it") { second.log.frames(from: first.key) == [numbered(5)] }
    }

    @Test("is made once a peer that refused us admits us")
    func refusedThenAdmitted() async throws {
        let dialler = try TestNode(bind: nil)
        let listener = try TestNode()
        dialler.transport.admit([listener.key])
        try dialler.dial(listener)
        try await eventually("both sides report the refusal") {
            dialler.log.refused(.byPeer, listener.key) && listener.log.refused(.unknownKey, dialler.key)
        }
        #expect(!dialler.log.isConnected(listener.key))
        listener.transport.admit([dialler.key])
        try await eventually("the connection is made") {
            dialler.log.isConnected(listener.key) && listener.log.isConnected(dialler.key)
        }
    }

    @Test("is made to nobody who is not admitted, and at once when he is")
    func admittedLater() async throws {
        let dialler = try TestNode(bind: nil)
        let listener = try TestNode(admitting: [dialler.key])
        try dialler.dial(listener)
        // A second peer, admitted, shows that requests were worked off.
        let other = try TestNode(admitting: [dialler.key])
        dialler.transport.admit([other.key])
        try dialler.dial(other)
        try await eventually("the admitted one is connected") { dialler.log.isConnected(other.key) }
        #expect(dialler.log.connections(to: listener.key) == 0)
        dialler.transport.admit([other.key, listener.key])
        try await eventually("the other is connected too") { dialler.log.isConnected(listener.key) }
        #expect(dialler.log.isConnected(other.key))
    }

    @Test("is not made to a peer with another key than expected")
    func impostor() async throws {
        let dialler = try TestNode(bind: nil)
        let listener = try TestNode(admitting: [dialler.key])
        let expected = try CurveKeyPair.random().publicKey
        dialler.transport.admit([expected, listener.key])
        try dialler.transport.connect(to: expected, endpoint: listener.endpoint)
        try await eventually("the attempt is refused and repeated") {
            dialler.log.refused(.handshake, expected) && dialler.transport.counters.reconnects > 1
        }
        #expect(dialler.log.connections(to: expected) == 0)
        #expect(listener.log.connections(to: dialler.key) == 0)
    }

    @Test("ends and stays ended after disconnect")
    func disconnect() async throws {
        let (dialler, listener) = try await connectedPair()
        dialler.transport.disconnect(from: listener.key)
        try await eventually("both ends know") {
            !dialler.log.isConnected(listener.key) && !listener.log.isConnected(dialler.key)
        }
        let attempts = dialler.transport.counters.reconnects
        // Another peer that has to be dialled twice gives a redial the time to happen.
        let port = listener.endpoint
        listener.transport.stop()
        let other = try CurveKeyPair.random().publicKey
        dialler.transport.admit([listener.key, other])
        try dialler.transport.connect(to: other, endpoint: port)
        try await eventually("the other is dialled again and again") {
            dialler.transport.counters.reconnects >= attempts + 3
        }
        #expect(dialler.log.connections(to: listener.key) == 1)
    }

    @Test("moves when the peer's endpoint changes")
    func moved() async throws {
        let (dialler, listener) = try await connectedPair()
        let elsewhere = try TestNode(pair: listener.pair, admitting: [dialler.key])
        try dialler.transport.connect(to: elsewhere.key, endpoint: elsewhere.endpoint)
        try await eventually("the new place is connected") { elsewhere.log.isConnected(dialler.key) }
        try await eventually("the old place is left") { !listener.log.isConnected(dialler.key) }
        dialler.transport.send(numbered(1), to: elsewhere.key)
        try await eventually("frames go to the new place") { elsewhere.log.frameCount(from: dialler.key) == 1 }
        #expect(listener.log.frameCount(from: dialler.key) == 0)
    }

    @Test("to an endpoint of another form is refused with what was expected")
    func wrongEndpoint() throws {
        let node = try TestNode(bind: nil)
        let error = #expect(throws: TransportError.self) {
            try node.transport.connect(to: node.key, endpoint: "ipc:///tmp/x")
        }
        #expect(error?.code == .invalidEndpoint)
        #expect("\(try #require(error))".contains("tcp://host:port"))
    }

    @Test("cannot be listened for on a port in use; the error names the endpoint")
    func portInUse() throws {
        let first = try TestNode()
        let error = #expect(throws: TransportError.self) { try TestNode(bind: first.endpoint) }
        #expect(error?.code == .addressInUse)
        #expect(error?.context == first.endpoint)
        #expect("\(try #require(error))".contains(first.endpoint))
    }

    @Test(
        "cannot be listened for on an address of another machine",
        arguments: ["tcp://192.0.2.1:0", "tcp://no-such-interface:0"])
    func foreignAddress(endpoint: String) throws {
        let error = #expect(throws: TransportError.self) { try TestNode(bind: endpoint) }
        #expect(error?.code == .addressUnavailable)
        #expect(error?.context == endpoint)
    }
}
