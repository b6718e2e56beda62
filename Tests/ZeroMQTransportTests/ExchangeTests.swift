import Testing

@testable import ZeroMQTransport

@Suite("Two transports", .timeLimit(.minutes(2)))
struct ExchangeTests {
    @Test("talk both ways over the connection that one of them made")
    func bothWays() async throws {
        let (dialler, listener) = try await connectedPair()
        dialler.transport.send(numbered(1), to: listener.key)
        listener.transport.send(numbered(2), to: dialler.key)
        try await eventually("both frames arrive") {
            listener.log.frames(from: dialler.key) == [numbered(1)]
                && dialler.log.frames(from: listener.key) == [numbered(2)]
        }
        #expect(listener.log.senders == [dialler.key])
        #expect(dialler.log.senders == [listener.key])
        try await eventually("the counters agree") {
            dialler.transport.counters.framesOut == 1 && dialler.transport.counters.framesIn == 1
                && dialler.transport.counters.bytesOut == 8 && dialler.transport.counters.bytesIn == 8
        }
        #expect(listener.transport.counters.connectionsOpen == 1)
    }

    @Test("report the real port first, and a peer that only dials reports none")
    func bound() async throws {
        let (dialler, listener) = try await connectedPair()
        guard case .bound(let endpoint) = try #require(listener.log.events.first) else {
            Issue.record("the first event is \(listener.log.events[0])")
            return
        }
        #expect(endpoint == listener.transport.boundEndpoint)
        #expect(try Endpoint(endpoint, for: .connect).port != 0)
        #expect(dialler.transport.boundEndpoint == nil)
        guard case .connected(listener.key) = try #require(dialler.log.events.first) else {
            Issue.record("the first event is \(dialler.log.events[0])")
            return
        }
    }

    @Test("keep the order of frames of every size, in both directions at once", arguments: [8, 1000, 70_000])
    func order(byteCount: Int) async throws {
        let count = byteCount > 10_000 ? 150 : 4000
        let (dialler, listener) = try await connectedPair()
        for number in 0..<count {
            dialler.transport.send(numbered(number, byteCount: byteCount), to: listener.key)
            listener.transport.send(numbered(number, byteCount: byteCount), to: dialler.key)
        }
        for (receiver, sender) in [(listener, dialler), (dialler, listener)] {
            try await eventually("every frame arrives") { receiver.log.frameCount(from: sender.key) == count }
            let frames = receiver.log.frames(from: sender.key)
            #expect(frames.map(number(of:)) == Array(0..<count))
            #expect(frames.allSatisfy { $0.count == byteCount })
        }
    }

    @Test("carry the longest frame whole, and drop a longer one before it leaves")
    func longest() async throws {
        let (dialler, listener) = try await connectedPair()
        let limit = TransportConfiguration.defaultMessageBytesMax
        let frame = (0..<limit).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        dialler.transport.send(frame + [0], to: listener.key)
        dialler.transport.send(frame, to: listener.key)
        listener.transport.send(frame, to: dialler.key)
        try await eventually("the longest frame arrives at both") {
            listener.log.frameCount(from: dialler.key) == 1 && dialler.log.frameCount(from: listener.key) == 1
        }
        #expect(listener.log.frames(from: dialler.key) == [frame])
        #expect(dialler.log.frames(from: listener.key) == [frame])
        #expect(dialler.transport.counters.framesDropped == 1)
    }

    @Test("use one way at a time when both have dialled, and say connected once")
    func bothDial() async throws {
        let first = try TestNode()
        let second = try TestNode(admitting: [first.key])
        first.transport.admit([second.key])
        try first.dial(second)
        try second.dial(first)
        try await eventually("both connections stand") {
            first.transport.counters.connectionsOpen == 1 && second.transport.counters.connectionsOpen == 1
                && first.log.isConnected(second.key) && second.log.isConnected(first.key)
        }
        for number in 0..<2000 {
            first.transport.send(numbered(number), to: second.key)
            second.transport.send(numbered(number), to: first.key)
        }
        for (receiver, sender) in [(first, second), (second, first)] {
            try await eventually("every frame arrives") { receiver.log.frameCount(from: sender.key) == 2000 }
            #expect(receiver.log.frames(from: sender.key).map(number(of:)) == Array(0..<2000))
            #expect(receiver.log.connections(to: sender.key) == 1)
        }
    }

    @Test("keep the frames of many peers apart")
    func star() async throws {
        let centre = try TestNode()
        let peers = try (0..<6).map { _ in try TestNode(bind: nil, admitting: [centre.key]) }
        centre.transport.admit(Set(peers.map(\.key)))
        for peer in peers { try peer.dial(centre) }
        try await eventually("all are connected") { peers.allSatisfy { centre.log.isConnected($0.key) } }
        for (index, peer) in peers.enumerated() {
            for number in 0..<200 {
                peer.transport.send(numbered(index * 1000 + number), to: centre.key)
                centre.transport.send(numbered(index * 1000 + number), to: peer.key)
            }
        }
        for (index, peer) in peers.enumerated() {
            let expected = (0..<200).map { index * 1000 + $0 }
            try await eventually("every frame arrives") {
                centre.log.frameCount(from: peer.key) == 200 && peer.log.frameCount(from: centre.key) == 200
            }
            #expect(centre.log.frames(from: peer.key).map(number(of:)) == expected)
            #expect(peer.log.frames(from: centre.key).map(number(of:)) == expected)
        }
    }

    @Test("drop and count a frame for somebody who is not connected, and an empty one")
    func notConnected() async throws {
        let (dialler, listener) = try await connectedPair()
        let stranger = try CurveKeyPair.random().publicKey
        dialler.transport.send(numbered(1), to: stranger)
        dialler.transport.send([], to: listener.key)
        #expect(dialler.transport.counters.framesDropped == 2)
        dialler.transport.send(numbered(2), to: listener.key)
        try await eventually("the next frame arrives") { listener.log.frameCount(from: dialler.key) == 1 }
    }

    @Test("drop what passes the bound for a peer that does not read, and stay connected")
    func bounded() async throws {
        let gate = Gate()
        defer { gate.open() }
        let listener = try TestNode(onEvent: { event in
            if case .frame = event { gate.waitUntilOpen() }
        })
        let dialler = try TestNode(bind: nil, admitting: [listener.key], adjust: {
            $0.outboundBytesMax = 1 << 20
            $0.highWaterMark = 4
        })
        listener.transport.admit([dialler.key])
        try dialler.dial(listener)
        try await eventually("they are connected") { dialler.log.isConnected(listener.key) }
        var sent = 0
        try await eventually("the bound is met") {
            for _ in 0..<20 {
                dialler.transport.send(numbered(sent, byteCount: 100_000), to: listener.key)
                sent += 1
            }
            return dialler.transport.counters.framesDropped > 0
        }
        gate.open()
        try await eventually("the rest arrives") {
            let counters = dialler.transport.counters
            return counters.framesOut + counters.framesDropped == UInt64(sent)
                && listener.log.frameCount(from: dialler.key) == Int(counters.framesOut)
        }
        let numbers = listener.log.frames(from: dialler.key).map(number(of:))
        #expect(numbers == numbers.sorted())
        #expect(dialler.log.connections(to: listener.key) == 1)
    }
}
