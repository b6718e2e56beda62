import Synchronization

@testable import ZeroMQTransport

/// A transport with a record of everything it told us.
final class TestNode: Sendable {
    let pair: CurveKeyPair
    let transport: ZeroMQTransport
    let log: EventLog

    var key: CurveKey { pair.publicKey }
    var endpoint: String { transport.boundEndpoint ?? "" }

    init(
        pair: CurveKeyPair? = nil, bind: String? = "tcp://127.0.0.1:0", context: ZeroMQContext = .shared,
        admitting: [CurveKey] = [], onEvent: @escaping @Sendable (TransportEvent) -> Void = { _ in },
        adjust: (inout TransportConfiguration) -> Void = { _ in }
    ) throws {
        let pair = try pair ?? CurveKeyPair.random()
        let log = EventLog()
        var configuration = TransportConfiguration(
            secretKey: pair.secretKey, publicKey: pair.publicKey, bindEndpoint: bind)
        configuration.reconnectInterval = .milliseconds(20)
        configuration.reconnectIntervalMax = .milliseconds(200)
        adjust(&configuration)
        self.pair = pair
        self.log = log
        transport = try ZeroMQTransport(configuration: configuration, context: context) { event in
            log.append(event)
            onEvent(event)
        }
        transport.admit(Set(admitting))
    }

    /// Admits the other and dials it.
    func dial(_ other: TestNode) throws {
        try transport.connect(to: other.key, endpoint: other.endpoint)
    }
}

extension TransportConfiguration {
    /// A valid configuration of a new member, for tests that change one thing in it.
    static func sample(bind: String? = "tcp://127.0.0.1:0") throws -> TransportConfiguration {
        let pair = try CurveKeyPair.random()
        return TransportConfiguration(secretKey: pair.secretKey, publicKey: pair.publicKey, bindEndpoint: bind)
    }
}

/// Two nodes that admit each other; the first has dialled the second and both know it.
func connectedPair(
    adjust: (inout TransportConfiguration) -> Void = { _ in }
) async throws -> (dialler: TestNode, listener: TestNode) {
    let dialler = try TestNode(bind: nil, adjust: adjust)
    let listener = try TestNode(admitting: [dialler.key], adjust: adjust)
    dialler.transport.admit([listener.key])
    try dialler.dial(listener)
    try await eventually("both ends are connected") {
        dialler.log.isConnected(listener.key) && listener.log.isConnected(dialler.key)
    }
    return (dialler, listener)
}

/// Everything a transport told, in order.
final class EventLog: Sendable {
    private struct State {
        var events: [TransportEvent] = []
        /// The first ones only, so that a flood does not fill the memory.
        var frames: [CurveKey: [[UInt8]]] = [:]
        var frameCounts: [CurveKey: Int] = [:]
        var connected: Set<CurveKey> = []
        var connections: [CurveKey: Int] = [:]
        var refusals: [(reason: RefusalReason, key: CurveKey?)] = []
        var isStopped = false
    }

    private let state = Mutex(State())

    func append(_ event: TransportEvent) {
        state.withLock { state in
            switch event {
            case .bound: state.events.append(event)
            case .connected(let key):
                state.events.append(event)
                state.connected.insert(key)
                state.connections[key, default: 0] += 1
            case .disconnected(let key):
                state.events.append(event)
                state.connected.remove(key)
            case .frame(let key, let bytes):
                state.frameCounts[key, default: 0] += 1
                if state.frameCounts[key, default: 0] <= 5000 { state.frames[key, default: []].append(bytes) }
            case .refused(let reason, let key): state.refusals.append((reason, key))
            case .stopped: state.isStopped = true
            }
        }
    }

    func frames(from key: CurveKey) -> [[UInt8]] { state.withLock { $0.frames[key] ?? [] } }
    func frameCount(from key: CurveKey) -> Int { state.withLock { $0.frameCounts[key] ?? 0 } }
    var senders: Set<CurveKey> { state.withLock { Set($0.frames.keys) } }
    func isConnected(_ key: CurveKey) -> Bool { state.withLock { $0.connected.contains(key) } }
    func connections(to key: CurveKey) -> Int { state.withLock { $0.connections[key] ?? 0 } }
    var isStopped: Bool { state.withLock { $0.isStopped } }
    /// All but frames and refusals.
    var events: [TransportEvent] { state.withLock { $0.events } }

    var refusalReasons: [RefusalReason] { state.withLock { $0.refusals.map(\.reason) } }

    func refused(_ reason: RefusalReason, _ key: CurveKey?) -> Bool {
        state.withLock { $0.refusals.contains { $0.reason == reason && $0.key == key } }
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let condition: String
    var description: String { "it never came about that \(condition)" }
}

/// Waits until the condition holds, for as long as it could take a busy machine.
func eventually(
    _ description: String, within limit: Duration = .seconds(20), _ condition: () -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(condition: description) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// A frame that says which it is, of a given length.
func numbered(_ number: Int, byteCount: Int = 8) -> [UInt8] {
    let head = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return head + [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: max(0, byteCount - 8))
}

func number(of frame: [UInt8]) -> Int {
    frame.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
}
