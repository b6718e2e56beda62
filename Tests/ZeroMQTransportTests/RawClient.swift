import CZeroMQ
import Testing

@testable import ZeroMQTransport

/// A peer that uses libzmq directly, in a context of its own, and so can do what a transport never would.
final class RawClient {
    enum Mechanism {
        case null
        case plain
        case curve(CurveKeyPair, server: CurveKey)
    }

    let socket: Socket
    private let context = ZeroMQContext(ioThreads: 1)
    private let monitor: SocketMonitor
    private let message = Message()

    init(
        _ mechanism: Mechanism, routingID: [UInt8] = [], heartbeatInterval: Duration? = nil, to endpoint: String
    ) throws {
        socket = try Socket(.dealer, in: context.handle)
        switch mechanism {
        case .null: break
        case .plain:
            let name: [UInt8] = Array("office".utf8)
            try #require(zmq_setsockopt(socket.pointer, ZMQ_PLAIN_USERNAME, name, name.count) == 0)
            try #require(zmq_setsockopt(socket.pointer, ZMQ_PLAIN_PASSWORD, name, name.count) == 0)
        case .curve(let pair, let server):
            try socket.set(.publicKey, pair.publicKey.bytes)
            try socket.set(.secretKey, pair.secretKey)
            try socket.set(.serverKey, server.bytes)
        }
        if !routingID.isEmpty {
            try #require(zmq_setsockopt(socket.pointer, ZMQ_ROUTING_ID, routingID, routingID.count) == 0)
        }
        if let heartbeatInterval {
            var milliseconds = Int32(clamping: heartbeatInterval.millisecondsRoundedUp)
            let size = MemoryLayout<Int32>.size
            try #require(zmq_setsockopt(socket.pointer, ZMQ_HEARTBEAT_IVL, &milliseconds, size) == 0)
            // Not answered in time on purpose; the client must not give up itself.
            milliseconds = 600_000
            try #require(zmq_setsockopt(socket.pointer, ZMQ_HEARTBEAT_TIMEOUT, &milliseconds, size) == 0)
        }
        try socket.set(.reconnectInterval, -1)
        monitor = try SocketMonitor(of: socket, in: context.handle)
        try socket.connect(endpoint)
    }

    deinit {
        socket.close()
        monitor.socket.close()
    }

    private(set) var events: [MonitorEvent] = []

    /// What libzmq has reported on this side so far.
    func report() -> [MonitorEvent] {
        while let event = try? monitor.next() { events.append(event) }
        return events
    }

    /// `false` when the queue is full.
    @discardableResult
    func send(_ frame: [UInt8], more: Bool = false) throws -> Bool {
        switch try socket.send(frame, more: more) {
        case .sent: true
        case .wouldBlock, .unreachable: false
        }
    }

    func receive() throws -> [UInt8]? {
        try socket.receive(into: message) ? Array(message.bytes) : nil
    }

    /// Whether the connection, once made, was ended.
    var wasCut: Bool {
        report().contains { event in
            if case .disconnected = event { return true }
            return false
        }
    }

    var isConnected: Bool { report().contains(.handshakeSucceeded) }
}
