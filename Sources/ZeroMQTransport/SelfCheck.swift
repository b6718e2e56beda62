/// Proves at start-up that a listener refuses a key that nobody knows and admits one that is on the list.
///
/// CURVE without a working authentication handler admits everybody and says nothing, so the settings alone are no
/// proof. Runs before the transport's thread starts.
struct SelfCheck {
    enum Outcome: Equatable {
        case admitted, refused, noAnswer
    }

    let configuration: TransportConfiguration
    let context: ContextHandle
    /// Where the listener can be reached from here.
    let endpoint: Endpoint

    /// An answer that takes longer is none. The check connects to its own machine, where it takes milliseconds.
    static let answerTimeMax: Duration = .seconds(2)

    /// - Throws: ``TransportError`` with ``TransportError/Code/authenticationUnproven`` if either proof fails.
    func run(_ admission: Admission) throws(TransportError) {
        let stranger = try CurveKeyPair.random()
        let member = try CurveKeyPair.random()
        admission.check(admitting: member.publicKey, refusing: stranger.publicKey)
        defer { admission.check(admitting: nil, refusing: nil) }
        try expect(.refused, for: stranger, named: "a stranger's key")
        try expect(.admitted, for: member, named: "a member's key")
    }

    private func expect(_ expected: Outcome, for pair: CurveKeyPair, named name: String) throws(TransportError) {
        let outcome = try outcome(for: pair)
        guard outcome != expected else { return }
        let found =
            switch outcome {
            case .admitted: "was admitted"
            case .refused: "was refused"
            case .noAnswer: "got no answer within \(SelfCheck.answerTimeMax)"
            }
        throw TransportError(
            .authenticationUnproven,
            "\(name) \(found); refusing to start. Check that nothing else in this process answers for libzmq's "
                + "authentication, that this machine may connect to itself here, and the installed libzmq",
            context: endpoint.text)
    }

    private func outcome(for pair: CurveKeyPair) throws(TransportError) -> Outcome {
        var caller = configuration
        caller.secretKey = pair.secretKey
        caller.publicKey = pair.publicKey
        let socket = try Dialler.socket(to: configuration.publicKey, caller, in: context)
        try socket.set(.ipv6, endpoint.isIPv6 ? 1 : 0)
        let monitor = try SocketMonitor(of: socket, in: context)
        defer { socket.close() }
        try socket.connect(endpoint.text)
        return try answer(on: monitor)
    }

    private func answer(on monitor: SocketMonitor) throws(TransportError) -> Outcome {
        let deadline = ContinuousClock.now + SelfCheck.answerTimeMax
        while ContinuousClock.now < deadline {
            var items = [monitor.socket.pollItem()]
            Socket.poll(&items, timeout: deadline - .now)
            while let event = try monitor.next() {
                switch event {
                case .handshakeSucceeded: return .admitted
                case .handshakeFailed(.authentication): return .refused
                case .handshakeFailed, .connectFailed, .disconnected: return .noAnswer
                case .accepted, .connected: break
                }
            }
        }
        return .noAnswer
    }
}
