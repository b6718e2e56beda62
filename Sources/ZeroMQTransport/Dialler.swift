/// Our own connection to a peer: one DEALER per attempt.
///
/// A socket is used for a single connection and libzmq's own reconnecting is off. libzmq stops for good after a
/// refusal, starts its waits anew after every completed TCP connection, and would carry frames of a broken session over
/// into the next; a new socket after a wait of our own has none of that.
final class Dialler {
    enum State {
        /// The peer is not on the allow-list: not dialled until it is.
        case paused
        case waiting(until: ContinuousClock.Instant)
        case dialling(deadline: ContinuousClock.Instant)
        case up(since: ContinuousClock.Instant)
    }

    let key: CurveKey
    var endpoint: Endpoint
    var state = State.paused
    var backoff: Backoff
    private(set) var socket: Socket?
    private(set) var monitor: SocketMonitor?
    var kernel: KernelConnection?
    /// The queue to the peer was full at the last attempt.
    var isBlocked = false
    var progress = ConnectionProgress(now: .now)
    /// Nothing waited on the socket at some time since the last look at the progress.
    var isDrained = false
    var attempts = 0

    init(key: CurveKey, endpoint: Endpoint, backoff: Backoff) {
        self.key = key
        self.endpoint = endpoint
        self.backoff = backoff
    }

    var isUp: Bool {
        if case .up = state { return true }
        return false
    }

    /// Starts an attempt. It has to succeed before `deadline`.
    func dial(
        _ configuration: TransportConfiguration, in context: ContextHandle, deadline: ContinuousClock.Instant
    ) throws(TransportError) {
        hangUp()
        attempts += 1
        state = .dialling(deadline: deadline)
        let socket = try Dialler.socket(to: key, configuration, in: context)
        try socket.set(.ipv6, endpoint.isIPv6 ? 1 : 0)
        // An empty message at the start lets the peer know the way back to us before we have anything to say.
        try socket.set(.probeRouter, 1)
        monitor = try SocketMonitor(of: socket, in: context)
        try socket.connect(endpoint.text)
        self.socket = socket
    }

    /// A DEALER with our keys and the expected key of the peer, for one connection.
    static func socket(
        to serverKey: CurveKey, _ configuration: TransportConfiguration, in context: ContextHandle
    ) throws(TransportError) -> Socket {
        let socket = try Socket(.dealer, in: context)
        try socket.apply(configuration)
        try socket.set(.serverKey, serverKey.bytes)
        try socket.set(.immediate, 1)
        try socket.set(.reconnectInterval, -1)
        try socket.set(.connectTimeout, configuration.handshakeInterval)
        return socket
    }

    /// Closes the connection, if any. The state is the caller's to set.
    func hangUp() {
        socket?.close()
        socket = nil
        monitor = nil
        kernel = nil
        isBlocked = false
        progress = ConnectionProgress(now: .now)
    }
}
