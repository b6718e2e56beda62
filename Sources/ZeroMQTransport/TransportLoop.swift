/// The transport's own thread: owns every socket, and alternates between waiting and a turn of bounded work.
///
/// Extensions by topic: `+Requests` what the owner asked for, `+Listening` connections made to us, `+Dialling`
/// connections made by us, `+Receiving`, `+Sending`, `+Links` which way frames to a peer take,
/// `+Watching` whether connections are sound.
final class TransportLoop {
    /// Bounds of one turn, so that no peer and no task waits for another for long.
    enum TurnLimit {
        static let messagesPerSocket = 512
        static let bytesPerSocket = 8 << 20
        static let framesPerPeer = 256
        static let bytesPerPeer = 4 << 20
    }

    /// How often connections are looked at (``watchConnections()``).
    let watchInterval: Duration
    /// A ROUTER does not say when the queue to one of its peers has room again, so it is tried.
    static let routerRetryInterval: Duration = .milliseconds(1)

    let configuration: TransportConfiguration
    let context: ZeroMQContext
    let shared: TransportState
    let onEvent: @Sendable (TransportEvent) -> Void
    let listener: Listener?

    var peers: [CurveKey: Peer] = [:]
    /// In the order in which they were asked for.
    var diallers: [Dialler] = []
    var routes = PeerRoutes()
    /// Handshakes that libzmq reported as failed and whose connection it did not report as gone yet, which follows at
    /// once. It does not say which connection failed.
    var handshakesFailed = 0
    /// Nothing waited on the listener at some time since the connections were last looked at.
    var isListenerDrained = false
    var admitted: Set<CurveKey> = []
    var admittedGeneration = -1
    var admissionChanged = false
    /// Peers with frames that were taken from the queue and could not be handed on yet.
    var unsent: [CurveKey] = []
    var refusals: RefusalMeter
    var nextWatch: ContinuousClock.Instant
    /// When the current turn began.
    var now: ContinuousClock.Instant
    /// A limit ended some work of this turn; the next one follows without waiting.
    var hasMoreToDo = false

    let envelope = Message()
    let payload = Message()
    let surplus = Message()

    init(
        configuration: TransportConfiguration, context: ZeroMQContext, shared: TransportState, listener: Listener?,
        onEvent: @escaping @Sendable (TransportEvent) -> Void
    ) {
        self.configuration = configuration
        self.context = context
        self.shared = shared
        self.listener = listener
        self.onEvent = onEvent
        refusals = RefusalMeter(perSecondMax: configuration.refusalEventsPerSecondMax)
        now = .now
        watchInterval = min(.milliseconds(250), configuration.heartbeatInterval / 2)
        nextWatch = now + watchInterval
    }

    func run() {
        if let listener { onEvent(.bound(endpoint: listener.endpoint)) }
        while !shared.mailbox.isStopped {
            wait()
            turn()
        }
        finish()
    }

    private func turn() {
        now = .now
        hasMoreToDo = false
        takeRequests()
        applyAdmission()
        watchListener()
        receiveFromListener()
        for dialler in diallers {
            watch(dialler)
            receive(from: dialler)
            dialIfDue(dialler)
        }
        sendWaiting()
        watchConnections()
    }

    /// Closes every socket before the thread, and with it perhaps the context, goes.
    private func finish() {
        for dialler in diallers { dialler.hangUp() }
        diallers = []
        listener?.close()
        shared.leave(context)
        for key in peers.keys.sorted() { dropFrames(to: key) }
        peers = [:]
        routes = PeerRoutes()
        shared.counters.update { $0.connectionsOpen = 0 }
        onEvent(.stopped)
    }

    // MARK: - Waiting

    private func wait() {
        var items = [shared.mailbox.wake.pollItem]
        if let listener {
            items.append(listener.socket.pollItem())
            items.append(listener.monitor.socket.pollItem())
        }
        let firstDialler = items.count
        let dialled = diallers.filter { $0.socket != nil && $0.monitor != nil }
        for dialler in dialled {
            guard let socket = dialler.socket, let monitor = dialler.monitor else { continue }
            items.append(socket.pollItem(writable: dialler.isBlocked))
            items.append(monitor.socket.pollItem())
        }
        Socket.poll(&items, timeout: timeout())
        if items[0].isReady { shared.mailbox.wake.clear() }
        for (index, dialler) in dialled.enumerated() where items[firstDialler + 2 * index].isWritable {
            dialler.isBlocked = false
        }
    }

    /// Until the earliest thing that is due; `nil` if only others can give us something to do.
    private func timeout() -> Duration? {
        if hasMoreToDo { return .zero }
        var due: [ContinuousClock.Instant] = diallers.compactMap { dialler in
            switch dialler.state {
            case .waiting(let until): until
            case .dialling(let deadline): deadline
            case .paused, .up: nil
            }
        }
        let current = ContinuousClock.now
        if routes.count > 0 || diallers.contains(where: \.isUp) { due.append(nextWatch) }
        if unsent.contains(where: { peers[$0]?.waitsForRouter ?? false }) {
            due.append(current + TransportLoop.routerRetryInterval)
        }
        return due.min().map { max(.zero, $0 - current) }
    }
}

extension TransportLoop {
    /// Counts a refusal and reports it unless there were many.
    func refuse(_ reason: RefusalReason, _ key: CurveKey?) {
        shared.counters.update { counters in
            counters.refused += 1
            switch reason {
            case .oversized: counters.oversized += 1
            case .malformed: counters.malformed += 1
            default: break
            }
        }
        if refusals.mayReport(at: now) { onEvent(.refused(reason: reason, key: key)) }
    }
}
