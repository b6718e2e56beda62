import CZeroMQ

/// A thin, typed hold on one libzmq socket. Not thread-safe: used by one thread at a time, closed by ``close()`` or
/// at the latest on release. LINGER is zero from birth, so closing never waits.
final class Socket {
    enum Kind {
        case router, dealer, pair, reply

        fileprivate var rawValue: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            case .reply: ZMQ_REP
            }
        }
    }

    enum SendResult {
        case sent
        /// The queue to that peer is full; try again later.
        case wouldBlock
        /// A ROUTER has no such peer.
        case unreachable
    }

    private(set) var pointer: UnsafeMutableRawPointer?

    init(_ kind: Kind, in context: ContextHandle) throws(TransportError) {
        guard let contextPointer = context.pointer else {
            throw TransportError(
                .library, "libzmq could not start; raise the limit on open files", context: "zmq_ctx_new")
        }
        guard let socket = zmq_socket(contextPointer, kind.rawValue) else {
            throw TransportError.last("Opening a socket (check the limit on open files)")
        }
        pointer = socket
        try set(.linger, .zero)
    }

    deinit {
        close()
    }

    /// Ends the monitor, if there is one, then the socket. May be called again.
    func close() {
        guard let pointer else { return }
        _ = zmq_socket_monitor(pointer, nil, 0)
        _ = zmq_close(pointer)
        self.pointer = nil
    }

    /// - Throws: with ``TransportError/Code/addressInUse`` or ``TransportError/Code/addressUnavailable`` where the
    ///   address is at fault, always naming the endpoint.
    func bind(_ endpoint: String) throws(TransportError) {
        guard zmq_bind(pointer, endpoint) != 0 else { return }
        let number = zmq_errno()
        switch number {
        case EADDRINUSE:
            throw TransportError(
                .addressInUse, "another program listens here; stop it or choose another port", context: endpoint,
                errorNumber: number)
        case EADDRNOTAVAIL, ENODEV, EACCES, EINVAL:
            throw TransportError(
                .addressUnavailable,
                "cannot listen here (\(String(cString: zmq_strerror(number)))); choose an address of this machine and "
                    + "a port that may be used",
                context: endpoint, errorNumber: number)
        default:
            throw TransportError.last("Listening", context: endpoint)
        }
    }

    func connect(_ endpoint: String) throws(TransportError) {
        guard zmq_connect(pointer, endpoint) == 0 else { throw TransportError.last("Connecting", context: endpoint) }
    }

    /// Sends one frame without waiting. The bytes are copied once, into libzmq's message.
    func send(_ frame: [UInt8], more: Bool = false) throws(TransportError) -> SendResult {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while zmq_send(pointer, frame, frame.count, flags) < 0 {
            switch zmq_errno() {
            case EAGAIN: return .wouldBlock
            case EHOSTUNREACH: return .unreachable
            case EINTR: continue
            default: throw TransportError.last("Sending")
            }
        }
        return .sent
    }

    /// Takes the next frame into `message`, without waiting. `false` if there is none.
    func receive(into message: Message) throws(TransportError) -> Bool {
        while zmq_msg_recv(message.pointer, pointer, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EAGAIN: return false
            case EINTR: continue
            default: throw TransportError.last("Receiving")
            }
        }
        return true
    }

    /// What to hand to ``poll(_:timeout:)`` to wait for this socket.
    func pollItem(writable: Bool = false) -> zmq_pollitem_t {
        zmq_pollitem_t(
            socket: pointer, fd: 0, events: Int16(ZMQ_POLLIN) | (writable ? Int16(ZMQ_POLLOUT) : 0), revents: 0)
    }

    /// Waits until one of the items is ready or the time is over; `nil` waits without end.
    static func poll(_ items: inout [zmq_pollitem_t], timeout: Duration?) {
        let milliseconds = timeout.map { Int(clamping: $0.millisecondsRoundedUp) } ?? -1
        // An interrupted wait is the same to callers as one that ended early: they look again.
        _ = zmq_poll(&items, Int32(items.count), milliseconds)
    }
}

extension zmq_pollitem_t {
    var isReady: Bool { revents != 0 }
    var isWritable: Bool { revents & Int16(ZMQ_POLLOUT) != 0 }
}

extension Duration {
    /// Whole milliseconds, never less than the duration, zero at least.
    var millisecondsRoundedUp: Int64 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        let part: Int64 = 1_000_000_000_000_000
        return seconds * 1000 + (attoseconds + part - 1) / part
    }
}
