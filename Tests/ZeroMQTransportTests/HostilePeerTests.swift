import Testing

@testable import ZeroMQTransport

/// One at a time: these load the machine, and look at counters of refusals.
@Suite("A hostile peer", .serialized, .timeLimit(.minutes(3)))
struct HostilePeerTests {
    let victim: TestNode
    let friend: TestNode

    init() async throws {
        friend = try TestNode(bind: nil)
        victim = try TestNode(admitting: [friend.key], adjust: {
            $0.handshakeInterval = .milliseconds(800)
            $0.messageBytesMax = 64 << 10
            $0.connectionsMax = 40
            $0.inboundBytesMax = 8 << 20
        })
        friend.transport.admit([victim.key])
        try friend.dial(victim)
        try await eventually("the friend is connected, and nobody else") { [victim, friend] in
            victim.log.isConnected(friend.key) && victim.transport.counters.connectionsOpen == 1
        }
    }

    /// The node still serves others, over the connection they had.
    func nodeGoesOn() async throws {
        let count = victim.log.frameCount(from: friend.key)
        friend.transport.send(numbered(count), to: victim.key)
        try await eventually("a friend's frame arrives") { victim.log.frameCount(from: friend.key) == count + 1 }
        #expect(victim.log.connections(to: friend.key) == 1)
    }

    @Test("without CURVE is refused", arguments: [true, false])
    func wrongMechanism(plain: Bool) async throws {
        let client = try RawClient(plain ? .plain : .null, to: victim.endpoint)
        // Which of the two reasons depends on which side notices and hangs up first.
        try await eventually("the refusal is reported") {
            victim.log.refused(.mechanism, nil) || victim.log.refused(.handshake, nil)
        }
        try await eventually("its connection is ended") { client.wasCut }
        #expect(!client.isConnected)
        #expect(victim.transport.counters.refused >= 1)
        try await nodeGoesOn()
        #expect(victim.log.senders == [friend.key])
    }

    @Test("is refused by the mechanism it offers", arguments: ["NULL", "PLAIN", "GSSAPI", "CURVED"])
    func offeredMechanism(name: String) async throws {
        let connection = try PlainConnection(to: victim.endpoint)
        let signature: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F]
        let mechanism = Array(name.utf8) + [UInt8](repeating: 0, count: 20 - name.utf8.count)
        connection.write(signature + [3, 0] + mechanism + [UInt8](repeating: 0, count: 32))
        try await eventually("the refusal is reported") { victim.log.refused(.mechanism, nil) }
        try await eventually("it is gone") { victim.transport.counters.connectionsOpen == 1 }
        #expect(victim.log.refusalReasons == [.mechanism])
        #expect(victim.transport.counters.refused == 1)
        try await nodeGoesOn()
    }

    @Test("with an unknown key is refused and named by it")
    func unknownKey() async throws {
        let pair = try CurveKeyPair.random()
        let client = try RawClient(.curve(pair, server: victim.key), to: victim.endpoint)
        try client.send(numbered(1))
        try await eventually("the refusal is reported") { victim.log.refused(.unknownKey, pair.publicKey) }
        try await eventually("it is told") { client.report().contains(.handshakeFailed(.authentication)) }
        #expect(!client.isConnected)
        try await nodeGoesOn()
        #expect(victim.log.senders == [friend.key])
    }

    @Test("that is a member cannot send a frame beyond the limit, not even by a byte", arguments: [true, false])
    func oversized(first: Bool) async throws {
        let member = try admittedMember()
        let client = try RawClient(.curve(member, server: victim.key), to: victim.endpoint)
        try await eventually("it is let in") { client.isConnected && victim.transport.counters.connectionsOpen == 2 }
        if !first {
            try client.send([UInt8](repeating: 1, count: 64 << 10))
            try await eventually("a frame at the limit arrives") {
                victim.log.frameCount(from: member.publicKey) == 1
            }
        }
        try client.send([UInt8](repeating: 2, count: 64 << 10 + 1))
        try await eventually("the connection is cut") { client.wasCut }
        try await eventually("the refusal is counted") { victim.transport.counters.oversized == 1 }
        #expect(victim.log.refused(.oversized, first ? nil : member.publicKey))
        #expect(victim.log.frameCount(from: member.publicKey) == (first ? 0 : 1))
        try await nodeGoesOn()
    }

    @Test("that is a member cannot send messages of several frames", arguments: [2, 4, 5, 50])
    func multipart(frameCount: Int) async throws {
        let member = try admittedMember()
        let client = try RawClient(.curve(member, server: victim.key), to: victim.endpoint)
        try client.send(numbered(1))
        for number in 1...frameCount { try client.send(numbered(number), more: number < frameCount) }
        try await eventually("it is refused as malformed") { victim.log.refused(.malformed, member.publicKey) }
        if frameCount > 4 {
            try await eventually("its connection is cut") { client.wasCut }
        } else {
            try client.send(numbered(2))
            try await eventually("its next good frame arrives") {
                victim.log.frames(from: member.publicKey) == [numbered(1), numbered(2)]
            }
        }
        #expect(victim.log.frames(from: member.publicKey).allSatisfy { $0.count == 8 })
        try await nodeGoesOn()
    }

    @Test("that is a member cannot send a message without end", arguments: [0, 60_000])
    func endless(byteCount: Int) async throws {
        let member = try admittedMember()
        // More than the node lets wait, less than is on its way.
        let relay = try WithholdingRelay(to: victim.endpoint, forwardingMax: 12 << 20)
        let client = try RawClient(.curve(member, server: victim.key), to: relay.endpoint)
        let frame = [UInt8](repeating: 3, count: byteCount)
        let frameCount = (16 << 20) / (byteCount + 35)
        for number in 1...frameCount { try client.send(frame, more: number < frameCount) }
        try await eventually("its connection is cut") { relay.wasCut }
        try await eventually("the refusal is counted") { victim.transport.counters.malformed == 1 }
        #expect(relay.forwarded < 16 << 20)
        try await nodeGoesOn()
        #expect(victim.log.senders == [friend.key])
    }

    @Test("that takes another's routing id changes nothing")
    func spoofedRoutingID() async throws {
        let (first, second) = (try admittedMember(), try admittedMember())
        victim.transport.admit([friend.key, first.publicKey, second.publicKey])
        let id = Array("office-1".utf8)
        let honest = try RawClient(.curve(first, server: victim.key), routingID: id, to: victim.endpoint)
        try honest.send(numbered(1))
        try await eventually("the honest one's frame arrives") { victim.log.frameCount(from: first.publicKey) == 1 }
        let spoofer = try RawClient(.curve(second, server: victim.key), routingID: id, to: victim.endpoint)
        for number in 10..<20 { try spoofer.send(numbered(number)) }
        try await eventually("the spoofer is let in by its own key") { spoofer.isConnected }
        victim.transport.send(numbered(2), to: first.publicKey)
        try await eventually("the answer goes to the honest one") { (try? honest.receive()) == numbered(2) }
        try honest.send(numbered(3))
        try await eventually("the honest one is still heard") {
            victim.log.frames(from: first.publicKey) == [numbered(1), numbered(3)]
        }
        #expect(try spoofer.receive() == nil)
        // Whatever libzmq let through of the spoofer's frames counts as the spoofer's.
        #expect(victim.log.frames(from: second.publicKey).allSatisfy { (10..<20).contains(number(of: $0)) })
        try await nodeGoesOn()
    }

    @Test("that was removed is cut and not heard any more, on a connection that stood")
    func removed() async throws {
        let member = try admittedMember()
        let client = try RawClient(.curve(member, server: victim.key), to: victim.endpoint)
        try client.send(numbered(1))
        try await eventually("it is heard while admitted") { victim.log.frameCount(from: member.publicKey) == 1 }
        victim.transport.admit([friend.key])
        // Sent after the removal: must not be delivered, whether the cut comes before or after it.
        _ = try? client.send(numbered(2))
        try await eventually("its connection is cut") { client.wasCut }
        try await eventually("the node knows") { !victim.log.isConnected(member.publicKey) }
        try await nodeGoesOn()
        #expect(victim.log.frames(from: member.publicKey) == [numbered(1)])
        victim.transport.send(numbered(3), to: member.publicKey)
        #expect(victim.transport.counters.framesDropped == 1)
    }

    @Test("that opens hundreds of connections and says nothing shuts nobody out")
    func mute() async throws {
        let mutes = (0..<500).compactMap { _ in try? PlainConnection(to: victim.endpoint) }
        #expect(mutes.count > 400)
        let newcomer = try TestNode(bind: nil, admitting: [victim.key])
        victim.transport.admit([friend.key, newcomer.key])
        try newcomer.dial(victim)
        try await eventually("a newcomer gets in") { victim.log.isConnected(newcomer.key) }
        try await nodeGoesOn()
        try await eventually("they were cut beyond the limit") { victim.log.refused(.tooManyConnections, nil) }
        try await eventually("the rest are cut when their time is over") {
            victim.transport.counters.connectionsOpen == 2
        }
        #expect(victim.transport.counters.refused >= UInt64(mutes.count))
        try await nodeGoesOn()
    }

    @Test("that speaks something else altogether is refused")
    func garbage() async throws {
        let connection = try PlainConnection(to: victim.endpoint)
        try await eventually("it is accepted") { victim.transport.counters.connectionsOpen == 2 }
        connection.write(Array("GET / HTTP/1.1\r\nHost: office\r\n\r\n".utf8) + [UInt8](repeating: 0, count: 100))
        try await eventually("it is refused") { victim.log.refused(.handshake, nil) }
        try await eventually("it is gone") { victim.transport.counters.connectionsOpen == 1 }
        try await nodeGoesOn()
    }

    /// libzmq would abort here if it had stopped reading for want of room when the connection broke, and then had to
    /// send or answer one of its heartbeats.
    @Test("that breaks off with much unread and heartbeats on their way does not bring the process down")
    func brokenWhileFull() async throws {
        let member = try CurveKeyPair.random()
        let gate = Gate()
        let heartbeatInterval = Duration.milliseconds(50)
        let node = try TestNode(
            admitting: [member.publicKey],
            onEvent: { event in
                if case .frame(member.publicKey, _) = event { gate.waitUntilOpen() }
            },
            adjust: { $0.heartbeatInterval = heartbeatInterval })
        defer { gate.open() }
        do {
            // Passes on what came in 20 ms at once, so that heartbeats lie among the frames that libzmq reads together.
            let relay = try WithholdingRelay(to: node.endpoint, pause: .milliseconds(20))
            let client = try RawClient(
                .curve(member, server: node.key), heartbeatInterval: .milliseconds(1), to: relay.endpoint)
            var sent = 0
            try await eventually("many more frames are on their way than a queue would hold") {
                for _ in 0..<4 where (try? client.send(numbered(sent))) == true { sent += 1 }
                return relay.forwarded > 100_000
            }
            relay.reset()
        }
        let end = ContinuousClock.now + heartbeatInterval * 4
        try await eventually("heartbeats have fallen due") { ContinuousClock.now > end }
        gate.open()
        try await eventually("what had arrived is read") { node.transport.counters.connectionsOpen == 0 }
        let next = try TestNode(bind: nil, admitting: [node.key])
        node.transport.admit([next.key])
        try next.dial(node)
        try await eventually("others are served") { node.log.isConnected(next.key) }
    }

    @Test("that falls silent is given up, a quiet one that is there is not")
    func silent() async throws {
        let adjust: (inout TransportConfiguration) -> Void = {
            $0.heartbeatInterval = .milliseconds(300)
            $0.heartbeatTimeout = .milliseconds(1500)
        }
        let node = try TestNode(adjust: adjust)
        let quiet = try TestNode(bind: nil, admitting: [node.key], adjust: adjust)
        let vanishing = try TestNode(bind: nil, admitting: [node.key], adjust: adjust)
        node.transport.admit([quiet.key, vanishing.key])
        try quiet.dial(node)
        // Enough for the handshake and the first signs of life, in the vanishing one's direction only.
        let relay = try WithholdingRelay(to: node.endpoint, forwardingMax: 700)
        try vanishing.transport.connect(to: node.key, endpoint: relay.endpoint)
        try await eventually("both are connected") {
            node.log.isConnected(quiet.key) && node.log.isConnected(vanishing.key)
        }
        try await eventually("the silent one is given up") { !node.log.isConnected(vanishing.key) }
        try await eventually("its connection is cut") { relay.wasCut }
        #expect(node.log.connections(to: quiet.key) == 1)
        #expect(node.log.isConnected(quiet.key))
        #expect(quiet.log.connections(to: node.key) == 1)
        #expect(node.log.senders.isEmpty, "signs of life are not frames")
    }

    @Test("that floods does not stop another")
    func flood() async throws {
        let flooder = try TestNode(bind: nil, admitting: [victim.key])
        victim.transport.admit([friend.key, flooder.key])
        try flooder.dial(victim)
        try await eventually("it is connected") { flooder.log.isConnected(victim.key) }
        let flood = try Flood(of: numbered(0, byteCount: 200), from: flooder, to: victim.key)
        try await eventually("the flood is on") { victim.log.frameCount(from: flooder.key) > 1000 }
        for _ in 0..<20 {
            let flooded = victim.log.frameCount(from: flooder.key)
            try await nodeGoesOn()
            try await eventually("the flood goes on") { victim.log.frameCount(from: flooder.key) > flooded + 100 }
        }
        flood.stop()
        flooder.transport.stop()
    }

    /// A new key, admitted besides the friend's.
    private func admittedMember() throws -> CurveKeyPair {
        let pair = try CurveKeyPair.random()
        victim.transport.admit([friend.key, pair.publicKey])
        return pair
    }
}
