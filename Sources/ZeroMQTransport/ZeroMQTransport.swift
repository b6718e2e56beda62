/// Carries opaque frames between members that know each other's CURVE keys.
///
/// A transport listens on one ROUTER, if it has a bind endpoint, and dials peers with a DEALER each. Only one side of a
/// pair needs to be reachable. Every connection is CURVE over TCP; whose frame it is, is what CURVE proved. Frames are
/// delivered only while the sender's key is on the allow-list (``admit(_:)``), whichever side dialled.
///
/// Delivery is best effort and in order while a peer stays connected. The protocol above starts its conversation on
/// ``TransportEvent/connected(_:)`` and asks again for what is lost.
///
/// All calls may be made from any thread, also from within `onEvent`.
public final class ZeroMQTransport: Sendable {
    /// Where the transport listens, with the real port; `nil` for one that only dials.
    public let boundEndpoint: String?
    /// The key by which peers know this transport.
    public let publicKey: CurveKey

    private let messageBytesMax: Int
    private let shared: TransportState
    private let thread: LoopThread

    /// Listens, proves that strangers are refused, and starts. The allow-list is empty until ``admit(_:)``.
    ///
    /// - Parameters:
    ///   - configuration: keys, endpoint and limits.
    ///   - context: the libzmq context; leave it out unless a test needs its own.
    ///   - onEvent: called on the transport's thread, one event at a time, in order. While it runs the transport does
    ///     nothing else, heartbeats included, and what peers send piles up: pass events on, do not wait.
    /// - Throws: ``TransportError``: a wrong configuration or endpoint, the address in use or not of this machine,
    ///   strangers not provably refused, or a failure of libzmq. Nothing is left open then.
    public convenience init(
        configuration: TransportConfiguration, context: ZeroMQContext = .shared,
        onEvent: @escaping @Sendable (TransportEvent) -> Void
    ) throws(TransportError) {
        try self.init(configuration, context, onEvent)
    }

    private init(
        _ configuration: TransportConfiguration, _ context: ZeroMQContext,
        _ onEvent: @escaping @Sendable (TransportEvent) -> Void
    ) throws(TransportError) {
        try configuration.validate()
        let shared = try TransportState(configuration)
        let listener = try ZeroMQTransport.listen(configuration, shared, context)
        self.shared = shared
        publicKey = configuration.publicKey
        messageBytesMax = configuration.messageBytesMax
        boundEndpoint = listener?.endpoint
        let loop = TransportLoop(
            configuration: configuration, context: context, shared: shared, listener: listener, onEvent: onEvent)
        thread = try LoopThread { loop.run() }
    }

    deinit {
        stop()
    }

    private static func listen(
        _ configuration: TransportConfiguration, _ shared: TransportState, _ context: ZeroMQContext
    ) throws(TransportError) -> sending Listener? {
        guard let text = configuration.bindEndpoint else { return nil }
        let endpoint = try Endpoint(text, for: .bind)
        // The handler comes first: a listener that binds before it could be reached while nobody checks.
        try shared.join(context)
        do throws(TransportError) {
            let listener = try Listener(configuration, at: endpoint, domain: shared.domain, in: context.handle)
            let reachable = try Endpoint(listener.endpoint, for: .connect).reachableLocally
            try SelfCheck(configuration: configuration, context: context.handle, endpoint: reachable)
                .run(shared.admission)
            return listener
        } catch {
            shared.leave(context)
            throw error
        }
    }

    /// Replaces the allow-list. Takes effect for every frame received from now on; connections of keys that are no
    /// longer on it are cut, peers to dial that are on it again are dialled.
    public func admit(_ keys: Set<CurveKey>) {
        shared.admission.replace(keys)
        shared.mailbox.wake.signal()
    }

    /// Dials a peer and keeps dialling until ``disconnect(from:)``. The peer must prove `key` and, to be dialled at all,
    /// be on the allow-list. Asking again while it is not connected dials at once, without the rest of the wait.
    ///
    /// - Parameter endpoint: `tcp://host:port`. Another one than before replaces the connection.
    /// - Throws: ``TransportError`` with ``TransportError/Code/invalidEndpoint``, or ``TransportError/Code/stopped``.
    public func connect(to key: CurveKey, endpoint: String) throws(TransportError) {
        let parsed = try Endpoint(endpoint, for: .connect)
        guard shared.mailbox.post(.connect(key, parsed)) else {
            throw TransportError(.stopped, "the transport was stopped; start a new one", context: endpoint)
        }
    }

    /// Stops dialling a peer and closes the connection we made to it. One that the peer made stays.
    public func disconnect(from key: CurveKey) {
        shared.mailbox.post(.disconnect(key))
    }

    /// Hands over a frame for a connected peer; returns at once. The frame is dropped and counted
    /// (``TransportCounters/framesDropped``) if the peer is not connected, if more than
    /// ``TransportConfiguration/outboundBytesMax`` already waits for it, or if the frame is empty or longer than
    /// ``TransportConfiguration/messageBytesMax``.
    public func send(_ frame: [UInt8], to key: CurveKey) {
        guard !frame.isEmpty, frame.count <= messageBytesMax, shared.outbound.append(frame, for: key) else {
            shared.counters.update { $0.framesDropped += 1 }
            return
        }
        shared.mailbox.wake.signal()
    }

    /// Closes every connection and waits for the thread to end (not when called on it). Unsent frames are lost.
    /// ``TransportEvent/stopped`` is the last event; peers get no `disconnected`. May be called again.
    public func stop() {
        shared.mailbox.stop()
        thread.join()
    }

    /// What was done since the start.
    public var counters: TransportCounters { shared.counters.snapshot }
}
