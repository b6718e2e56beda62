import Synchronization
import Testing

@testable import ZeroMQTransport

@Suite("A transport", .timeLimit(.minutes(2)))
struct LifecycleTests {
    @Test("stops while others send through it and to it")
    func stopWhileSending() async throws {
        let (dialler, listener) = try await connectedPair()
        let floods = [
            try Flood(of: numbered(1, byteCount: 1000), from: dialler, to: listener.key),
            try Flood(of: numbered(1, byteCount: 1000), from: listener, to: dialler.key),
        ]
        try await eventually("frames flow both ways") {
            dialler.log.frameCount(from: listener.key) > 100 && listener.log.frameCount(from: dialler.key) > 100
        }
        dialler.transport.stop()
        #expect(dialler.log.isStopped, "stop returns after the last event")
        let received = dialler.log.frameCount(from: listener.key)
        try await eventually("the other notices") { !listener.log.isConnected(dialler.key) }
        listener.transport.stop()
        for flood in floods { flood.stop() }
        #expect(dialler.log.frameCount(from: listener.key) == received, "nothing is delivered after stopped")
    }

    @Test("may be stopped again, and then refuses to connect")
    func stopTwice() async throws {
        let node = try TestNode()
        node.transport.stop()
        node.transport.stop()
        #expect(node.log.isStopped)
        let error = #expect(throws: TransportError.self) {
            try node.transport.connect(to: node.key, endpoint: "tcp://127.0.0.1:9")
        }
        #expect(error?.code == .stopped)
        node.transport.send([1], to: node.key)
        #expect(node.transport.counters.framesDropped == 1)
    }

    @Test("may be stopped from within its event handler")
    func stopFromHandler() async throws {
        let holder = Holder()
        let node = try TestNode(onEvent: { event in
            if case .connected = event { holder.transport?.stop() }
        })
        holder.set(node.transport)
        let caller = try TestNode(bind: nil, admitting: [node.key])
        node.transport.admit([caller.key])
        try caller.dial(node)
        try await eventually("it stops") { node.log.isStopped }
        holder.set(nil)
    }

    @Test("may be used from within its event handler")
    func echo() async throws {
        let holder = Holder()
        let node = try TestNode(onEvent: { event in
            if case .frame(let sender, let bytes) = event { holder.transport?.send(bytes, to: sender) }
        })
        holder.set(node.transport)
        let caller = try TestNode(bind: nil, admitting: [node.key])
        node.transport.admit([caller.key])
        try caller.dial(node)
        try await eventually("they are connected") { caller.log.isConnected(node.key) }
        for number in 0..<100 { caller.transport.send(numbered(number), to: node.key) }
        try await eventually("the echo is complete") { caller.log.frameCount(from: node.key) == 100 }
        #expect(caller.log.frames(from: node.key).map(number(of:)) == Array(0..<100))
        holder.set(nil)
    }

    @Test("stops when it is let go")
    func release() async throws {
        let log = EventLog()
        do {
            let configuration = try TransportConfiguration.sample()
            let transport = try ZeroMQTransport(configuration: configuration) { log.append($0) }
            #expect(transport.boundEndpoint != nil)
        }
        #expect(log.isStopped)
    }

    @Test("gives its port back and lets its context end")
    func contextEnds() async throws {
        weak var context: ZeroMQContext?
        let endpoint: String
        do {
            let own = ZeroMQContext(ioThreads: 1)
            context = own
            let node = try TestNode(context: own)
            let caller = try TestNode(bind: nil, context: own, admitting: [node.key])
            node.transport.admit([caller.key])
            try caller.dial(node)
            try await eventually("they are connected") { node.log.isConnected(caller.key) }
            endpoint = node.endpoint
            node.transport.stop()
            caller.transport.stop()
        }
        try await eventually("the context is released") { context == nil }
        let next = try TestNode(bind: endpoint)
        #expect(next.endpoint == endpoint)
    }
}

/// A transport that its own handler can reach.
private final class Holder: Sendable {
    private let held = Mutex<ZeroMQTransport?>(nil)
    var transport: ZeroMQTransport? { held.withLock { $0 } }

    func set(_ transport: ZeroMQTransport?) {
        held.withLock { $0 = transport }
    }
}
