public import ChangeLog
public import InboxModel
public import Logging
public import OfficeNode
public import ServiceLifecycle
import SyncEngine
import Synchronization
public import Vault
public import ZeroMQTransport

/// The production shell of a node: ZeroMQ, the wall clock, the system's randomness, files. Carries out what the brain asks for.
///
/// Start it as a service; it stops when its group shuts down (SIGTERM), well within two seconds.
public final class NodeService: Service {
    let configuration: NodeConfiguration
    let runner: NodeRunner
    let queue = NodeEventQueue()
    let preparer: FramePreparer
    let meter = CatchUpMeter()
    let answers = PendingAnswers()
    let logger: Logger
    private let identity: MemberIdentity
    private let onReady: @Sendable (NodeService) async -> Void
    private let transport: Mutex<ZeroMQTransport?> = Mutex(nil)
    private let links = Mutex<[CurveKey: String]>([:])
    private let changeObservers = ChangeObservers<ThreadID>()
    private let signInObservers = ChangeObservers<SignInElsewhere>()
    /// The id of the command that tells the group this node's endpoint; those of `PendingAnswers` begin after it.
    private static let announcement: UInt64 = 0
    /// Why the node locks itself; nil while it does not.
    private let lock: Mutex<LockReason?> = Mutex(nil)
    /// Watches for idleness, where a person can unlock the node again.
    private let idleness: Mutex<IdleWatch?>
    /// The member's keys on disk, for copies that are to have them.
    let identityFile: IdentityFile
    private let announcing = Mutex(EndpointAnnouncement())
    /// Ends when somebody asked the node to stop.
    private let stopping = AsyncStream<Void>.makeStream()

    /// Opens the node of `configuration.dataDirectory`. Throws where there is none, its keys do not fit, or another process has it.
    ///
    /// - Parameters:
    ///   - folder: The data directory with its key; nil to open it without asking anybody for a passphrase.
    ///   - isSameMachine: Whether the folder was moved here on purpose and no copy of it is left to run: then another machine or another
    ///     file is no reason to begin a new log.
    ///   - onReady: Called once, when the node listens and takes commands.
    public init(
        configuration: NodeConfiguration, logger: Logger, folder: DataFolder? = nil, isSameMachine: Bool = false,
        onReady: @escaping @Sendable (NodeService) async -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        let folder = try folder ?? DataFolder.unlock(configuration.dataDirectory, settings: configuration.atRest)
        identityFile = folder.identityFile
        identity = try folder.identity()
        let isLockable = try KeyKeeping.load(from: configuration.dataDirectory)?.kind == .passphrase
        idleness = Mutex(
            isLockable
                ? IdleWatch(lockAfter: configuration.lockAfter, running: WallClock.running(), awake: WallClock.awake()) : nil)
        runner = try NodeRunner(
            location: try folder.location(), path: configuration.databasePath, identity: identity, random: SystemRandomSource(),
            limits: SyncConfiguration(), meter: meter, isSameMachine: isSameMachine, refuseAfter: configuration.refuseAfter,
            laptopScope: configuration.laptopScope)
        preparer = try FramePreparer(meter: meter)
    }

    /// Runs until the service group shuts down or `requestStop` is called. Closes the replica, so it runs once.
    public func run() async throws {
        let result: Result<Void, any Error>
        do {
            try await serve()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Where serving failed, that is what went wrong; a failure to close after it would only hide it.
        do { try await runner.close() } catch { if case .success = result { throw error } }
        try result.get()
        logger.info("node stopped")
    }

    private func serve() async throws {
        let transport = try makeTransport()
        self.transport.withLock { $0 = transport }
        defer { transport.stop() }
        let control = try ControlServer(dataDirectory: configuration.dataDirectory) { [self] request in
            await ControlHandler(service: self).respond(to: request)
        }
        logger.info("node started", metadata: ["endpoint": "\(transport.boundEndpoint ?? "none")"])
        let preparing = await runner.makePreparer()
        interpret(try await runner.start(now: WallClock.now()))
        announceEndpoint(listening: transport.boundEndpoint)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [preparer, queue] in await preparer.run(preparing, into: queue) }
            group.addTask { [self] in await applyEvents() }
            group.addTask { [self] in await tick() }
            group.addTask { [self] in await onReady(self) }
            await cancelWhenGracefulShutdown { [stopping] in
                // Parks until the shutdown or a request to stop; the stream never yields.
                for await _ in stopping.stream {}
            }
            queue.close()
            preparer.close()
            group.cancelAll()
        }
        answers.failAll()
        await control.stop()
    }

    /// Ends `run` soon.
    public func requestStop() { stopping.continuation.finish() }

    /// Ends `run` soon, so that its owner can lock the node: see `LockableNode`.
    public func requestLock(_ reason: LockReason) {
        lock.withLock { $0 = $0 ?? reason }
        requestStop()
    }

    /// Why `run` ended, where it was to lock the node.
    public var lockReason: LockReason? { lock.withLock { $0 } }

    /// Whether a person can unlock the node again: its key is wrapped under a passphrase.
    var isLockable: Bool { idleness.withLock { $0 != nil } }

    /// A person gave a command, or opened a page.
    public func personActed() { idleness.withLock { $0?.acted(running: WallClock.running()) } }

    private func lockIfIdle() {
        let reason = idleness.withLock { $0?.reason(running: WallClock.running(), awake: WallClock.awake()) }
        if let reason { requestLock(reason) }
    }

    /// This node's member id.
    public var memberID: MemberID { runner.member }

    /// Makes the inbox anew from the log, while everything else waits. Returns the digests from before and after.
    public func rebuild() async throws -> (before: Digest, after: Digest) {
        let digests = try await runner.rebuild()
        // The search index follows the merged log; it has everything to do again.
        queue.push(.tick)
        return digests
    }

    /// Carries out a command and waits until it is durable.
    public func perform(_ command: Command, as actor: Actor) async -> Result<CommandOutcome, CommandRefusal> {
        await answers.wait { id in
            queue.push(.command(CommandRequest(id: id, actor: actor, command: command)))
        }
    }

    /// Where the node stands.
    public func status() async -> NodeStatus { await runner.status() }

    /// What people are to be told where this is a laptop that was away from its group for longer than it may be, and is closed until it has
    /// met an office. Ordering duty: whoever shows what the inbox holds asks first.
    public var closure: String? { runner.contact.flatMap { $0.closure == nil ? nil : $0.message } }

    /// Reads for pages and commands.
    public func makeReader() async -> InboxReader { await runner.makeReader() }

    /// What went over the network so far.
    public var counters: TransportCounters { transport.withLock { $0?.counters ?? TransportCounters() } }

    /// The endpoint that the node listens on, with its real port.
    public var boundEndpoint: String? { transport.withLock { $0?.boundEndpoint } }

    /// Ids of threads as they change; for pages. Ends when its consumer does.
    public func changes() -> AsyncStream<[ThreadID]> { changeObservers.subscribe() }

    /// Who tries to sign in at other nodes, as their audit arrives.
    public func signInsElsewhere() -> AsyncStream<[SignInElsewhere]> { signInObservers.subscribe() }

    private func makeTransport() throws -> ZeroMQTransport {
        let secret = identity.curve.withSecret { Array($0) }
        guard let key = CurveKey(bytes: identity.curve.publicKey.bytes) else {
            throw NodeServiceError(.identity, "the identity's CURVE key is unusable: restore the identity file")
        }
        var settings = TransportConfiguration(
            secretKey: secret, publicKey: key, bindEndpoint: configuration.listenEndpoint)
        settings.apply(configuration.limits)
        return try ZeroMQTransport(configuration: settings) { [preparer, logger] event in
            switch event {
            case .frame(let key, let bytes):
                if let key = CurvePublicKey(key) { preparer.give(.frame(from: key, bytes)) }
            case .connected(let key):
                logger.info("a peer is connected", metadata: ["key": "\(key)"])
                if let key = CurvePublicKey(key) { preparer.give(.connected(key)) }
            case .disconnected(let key):
                logger.info("a peer is disconnected", metadata: ["key": "\(key)"])
                if let key = CurvePublicKey(key) { preparer.give(.disconnected(key)) }
            case .refused(let reason, let key):
                logger.warning(
                    "a connection or message was refused",
                    metadata: ["reason": "\(reason)", "key": "\(key.map { "\($0)" } ?? "unknown")"])
            case .bound, .stopped: break
            }
        }
    }

    private func applyEvents() async {
        for await _ in queue.arrivals {
            while !queue.isEmpty && !Task.isCancelled {
                let directives = await runner.apply(queue.take(runsMax: 4), now: WallClock.now())
                interpret(directives)
            }
        }
    }

    private func tick() async {
        while true {
            // Only cancellation ends the sleep early.
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
            lockIfIdle()
            queue.push(.tick)
            pushAnnouncement()
        }
    }

    /// Tells the group where this node can be reached, if it is told or knows an address that others can dial.
    private func announceEndpoint(listening: String?) {
        guard let endpoint = configuration.advertiseEndpoint ?? listening else { return }
        guard NodeConfiguration.isDialEndpoint(endpoint) else {
            return logger.warning(
                "the other members cannot be told where this node is: it listens on every interface; set 'advertise'",
                metadata: ["listening": "\(endpoint)"])
        }
        announcing.withLock { $0.begin(endpoint) }
        pushAnnouncement()
    }

    /// Asks the brain to tell the endpoint, where it is not told yet and another try is due.
    private func pushAnnouncement() {
        guard let endpoint = announcing.withLock({ $0.due(at: .now) }) else { return }
        queue.push(.command(CommandRequest(id: Self.announcement, actor: .system, command: .setEndpoint(endpoint))))
    }

    /// Does what the brain asked for, in order. Called only after the transaction is durable.
    private func interpret(_ directives: [Directive]) {
        let transport = transport.withLock { $0 }
        for directive in directives {
            switch directive {
            case .send(let key, let frame): if let key = CurveKey(key) { transport?.send(frame, to: key) }
            case .answer(Self.announcement, .failure(let refusal)):
                logger.warning(
                    "the other members were not told where this node is; it is tried again", metadata: ["reason": "\(refusal)"])
            case .answer(Self.announcement, .success): announcing.withLock { $0.end() }
            case .answer(let id, let result): answers.answer(id, result)
            case .admit(let keys): transport?.admit(Set(keys.compactMap { CurveKey($0) }))
            case .connect(let peers): connect(peers, transport)
            case .prepared(let heads): preparer.give(.advanced(heads))
            case .replaceKeys(let keys): preparer.give(.keys(keys))
            case .rewindPreparer: preparer.give(.rewind)
            case .changed(let threads): changeObservers.tell(threads)
            case .signInsElsewhere(let signIns): signInObservers.tell(signIns)
            case .notice(let notice): logger.notice("people are to be told", metadata: ["notice": "\(notice.summary)"])
            case .warning(let warning): logger.warning("\(warning.message)", metadata: ["code": "\(warning.code)"])
            case .wake: queue.push(.tick)
            }
        }
    }

    /// Keeps one connection to each peer that can be reached; configured links come before what the roster says.
    private func connect(_ peers: [PeerAddress], _ transport: ZeroMQTransport?) {
        links.withLock { links in
            var wanted: [CurveKey: String] = [:]
            for peer in peers {
                let endpoint = configuration.links[peer.name] ?? peer.endpoint
                if let key = CurveKey(peer.key), !endpoint.isEmpty { wanted[key] = endpoint }
            }
            for (key, endpoint) in links where wanted[key] != endpoint { transport?.disconnect(from: key) }
            for (key, endpoint) in wanted where links[key] != endpoint {
                do {
                    try transport?.connect(to: key, endpoint: endpoint)
                } catch {
                    logger.error("a peer cannot be connected to", metadata: ["error": "\(error)"])
                    wanted[key] = nil
                }
            }
            links = wanted
        }
    }
}

extension CurveKey {
    init?(_ key: CurvePublicKey) { self.init(bytes: key.bytes) }
}

extension CurvePublicKey {
    init?(_ key: CurveKey) { self.init(bytes: key.bytes) }
}
