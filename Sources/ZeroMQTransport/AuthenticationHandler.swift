import CZeroMQ
import Synchronization

/// Answers libzmq when a connection has proved its key: is that key on the allow-list of the transport it wants?
///
/// libzmq knows one handler per context (`inproc://zeromq.zap.01`, RFC 27) and names the transport's domain in each
/// request. The handler is therefore a thing of the context and has its own thread, started by the first transport.
final class AuthenticationHandler: Sendable {
    private struct State {
        var thread: LoopThread?
        var wake: WakeSignal?
    }

    private let context: ContextHandle
    private let fault: AuthenticationFault?
    private let domains = AuthenticationDomains()
    private let state = Mutex(State())

    init(context: ContextHandle, fault: AuthenticationFault?) {
        self.context = context
        self.fault = fault
    }

    /// Must be done before the transport's listener binds. Starts the handler if it does not run yet.
    func register(
        domain: String, admission: Admission, onRefused: @escaping @Sendable (CurveKey) -> Void
    ) throws(TransportError) {
        try start()
        domains.add(domain, AuthenticationDomain(admission: admission, onRefused: onRefused))
    }

    func unregister(domain: String) {
        domains.remove(domain)
    }

    /// Closes the handler's socket. Only when no transport uses the context any more.
    func stop() {
        let (thread, wake) = state.withLock { ($0.thread, $0.wake) }
        domains.end()
        wake?.signal()
        thread?.join()
    }

    private func start() throws(TransportError) {
        try state.withLock { (state) throws(TransportError) in
            guard state.thread == nil else { return }
            let wake = try WakeSignal()
            let socket = try Socket(.reply, in: context)
            try socket.bind("inproc://zeromq.zap.01")
            let loop = AuthenticationLoop(socket: socket, wake: wake, domains: domains, fault: fault)
            state.thread = try LoopThread { loop.run() }
            state.wake = wake
        }
    }
}

/// One transport, as the handler sees it.
struct AuthenticationDomain: Sendable {
    let admission: Admission
    let onRefused: @Sendable (CurveKey) -> Void
}

/// The transports of a context by their domain, shared between them and the handler's thread.
final class AuthenticationDomains: Sendable {
    private struct State {
        var byName: [String: AuthenticationDomain] = [:]
        var ended = false
    }

    private let state = Mutex(State())

    subscript(name: String) -> AuthenticationDomain? { state.withLock { $0.byName[name] } }
    var ended: Bool { state.withLock { $0.ended } }

    func add(_ name: String, _ domain: AuthenticationDomain) { state.withLock { $0.byName[name] = domain } }
    func remove(_ name: String) { state.withLock { _ = $0.byName.removeValue(forKey: name) } }
    func end() { state.withLock { $0.ended = true } }
}

/// The handler's thread: one request, one reply.
final class AuthenticationLoop {
    private let socket: Socket
    private let wake: WakeSignal
    private let domains: AuthenticationDomains
    private let fault: AuthenticationFault?
    private let message = Message()

    init(socket: Socket, wake: WakeSignal, domains: AuthenticationDomains, fault: AuthenticationFault?) {
        self.socket = socket
        self.wake = wake
        self.domains = domains
        self.fault = fault
    }

    func run() {
        var items = [wake.pollItem, socket.pollItem()]
        while !domains.ended {
            Socket.poll(&items, timeout: nil)
            if items[0].isReady { wake.clear() }
            // A request that cannot be read or answered fails its handshake, which is the safe side; the next one
            // is not touched by it.
            while !domains.ended, (try? answerNext()) == true {}
        }
        socket.close()
    }

    /// `false` when no request waits.
    private func answerNext() throws(TransportError) -> Bool {
        var frames: [[UInt8]] = []
        repeat {
            guard try socket.receive(into: message) else { return false }
            frames.append(Array(message.bytes))
        } while message.hasMore
        guard fault != .neverAnswers else { return false }
        try reply(to: AuthenticationRequest(frames: frames))
        return true
    }

    private func reply(to request: AuthenticationRequest) throws(TransportError) {
        let admitted = verdict(on: request)
        let userID = admitted ? request.key?.hexadecimal ?? [] : []
        let frames: [[UInt8]] = [
            Array("1.0".utf8), request.requestID, Array((admitted ? "200" : "400").utf8),
            Array((admitted ? "OK" : "Not on the allow-list").utf8), userID, [],
        ]
        for (index, frame) in frames.enumerated() {
            _ = try socket.send(frame, more: index < frames.count - 1)
        }
    }

    private func verdict(on request: AuthenticationRequest) -> Bool {
        switch fault {
        case .admitsEveryone: return true
        case .refusesEveryone: return false
        case .neverAnswers, nil: break
        }
        guard let key = request.key, let domain = domains[request.domain] else { return false }
        switch domain.admission.verdict(on: key) {
        case .admitted: return true
        case .refusedInCheck: return false
        case .refused:
            domain.onRefused(key)
            return false
        }
    }
}

/// A request as RFC 27 lays it out: version, request id, domain, address, identity, mechanism, credentials.
struct AuthenticationRequest {
    let requestID: [UInt8]
    let domain: String
    /// The proved key; `nil` for any mechanism but CURVE and for anything malformed.
    let key: CurveKey?

    init(frames: [[UInt8]]) {
        requestID = frames.count > 1 ? frames[1] : []
        domain = frames.count > 2 ? String(decoding: frames[2], as: UTF8.self) : ""
        let wellFormed = frames.count == 7 && frames[0] == Array("1.0".utf8) && frames[5] == Array("CURVE".utf8)
        key = wellFormed ? CurveKey(bytes: frames[6]) : nil
    }
}
