import CZeroMQ
import Synchronization

/// What libzmq reports about the connections of one socket.
enum MonitorEvent: Equatable {
    /// A listener accepted the connection with this descriptor.
    case accepted(descriptor: Int32)
    /// A dialled connection stands, before its handshake.
    case connected(descriptor: Int32)
    /// A dialled connection could not be made.
    case connectFailed
    case handshakeSucceeded
    case handshakeFailed(HandshakeFailure)
    /// A connection is gone. Reported once for every accepted or connected one, before the descriptor is closed.
    case disconnected(descriptor: Int32)
}

enum HandshakeFailure: Equatable {
    /// It broke off or took too long.
    case incomplete
    /// The other side spoke another mechanism.
    case mechanism
    /// The other side broke the protocol or has another key than expected.
    case protocolError
    /// The allow-list said no. Reported on both sides.
    case authentication
}

/// The stream of ``MonitorEvent`` of a socket. Create it before the socket binds or connects, read it on the
/// thread that owns the socket, close the socket before it.
final class SocketMonitor {
    private static let serial = Atomic<UInt64>(0)

    let socket: Socket
    private let message = Message()

    init(of watched: Socket, in context: ContextHandle) throws(TransportError) {
        let number = SocketMonitor.serial.wrappingAdd(1, ordering: .relaxed).newValue
        let endpoint = "inproc://transport-monitor-\(number)"
        let events =
            ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED
            | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
        guard zmq_socket_monitor(watched.pointer, endpoint, events) == 0 else {
            throw TransportError.last("Watching a socket")
        }
        socket = try Socket(.pair, in: context)
        // libzmq's threads would wait for room here while holding the watched socket's lock, and closing that socket
        // would then wait for them: no limit, since events are small and are read at every turn.
        try socket.set(.receiveHighWaterMark, 0)
        try socket.connect(endpoint)
    }

    /// The next event, or `nil` if none waits. Events of other kinds are passed over.
    func next() throws(TransportError) -> MonitorEvent? {
        while try socket.receive(into: message) {
            let bytes = message.bytes
            let parsed = bytes.count >= 6
                ? SocketMonitor.event(
                    Int32(bytes.loadUnaligned(as: UInt16.self)),
                    value: bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self))
                : nil
            // The endpoint follows; it names the listener or the dialled address, neither of which is news.
            while message.hasMore, try socket.receive(into: message) {}
            if let parsed { return parsed }
        }
        return nil
    }

    /// All events that wait. An error in reading them, which libzmq has for no open socket, ends the list early.
    func waiting() -> [MonitorEvent] {
        var events: [MonitorEvent] = []
        while let event = try? next() { events.append(event) }
        return events
    }

    private static func event(_ kind: Int32, value: Int32) -> MonitorEvent? {
        switch kind {
        case ZMQ_EVENT_ACCEPTED: .accepted(descriptor: value)
        case ZMQ_EVENT_CONNECTED: .connected(descriptor: value)
        case ZMQ_EVENT_CLOSED: .connectFailed
        case ZMQ_EVENT_DISCONNECTED: .disconnected(descriptor: value)
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .handshakeFailed(.incomplete)
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .handshakeFailed(.authentication)
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            .handshakeFailed(
                value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH ? .mechanism : .protocolError)
        default: nil
        }
    }
}
