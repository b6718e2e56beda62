public import ChangeLog
import Logging
public import InboxModel
public import OfficeNode
public import ServiceLifecycle
import SyncEngine
import Synchronization
import Vault
public import ZeroMQTransport

/// The production shell of a node: ZeroMQ, the wall clock, the system's randomness, files. Carries out what the brain asks for.
///
/// Start it as a service; it stops when its group shuts down (SIGTERM), well within two seconds.
public final class NodeService: Service {
    let configuration: NodeConfiguration
    let runner: NodeRunner
    let queue = NodeEventQueue()
    let preparer = FramePreparer()
    let answers = PendingAnswers()
    let logger: Logger
    private let identity: MemberIdentity
    private let transport: Mutex<ZeroMQTransport?> = Mutex(nil)
    private let links = Mutex<[CurveKey: String]>([:])
    private let changeObservers = ChangeObservers()

    /// Opens the node of `configuration.dataDirectory`. Throws where there is none, its keys do not fit, or another process has it.
    public init(configuration: NodeConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        identity = try MemberIdentity(IdentityFile(dataDirectory: configuration.dataDirectory).load())
        runner = try NodeRunner(
            path: configuration.databasePath, identity: identity, random: SystemRandomSource(),
            limits: SyncConfiguration())
    }

    /// Runs until the service group shuts down.
    public func run() async throws {
        let transport = try makeTransport()
        self.transport.withLock { $0 = transport }
        let control = try ControlServer(path: configuration.controlSocketPath) { [self] request in
            await ControlHandler(service: self).respond(to: request)
        }
        logger.info("node started", metadata: ["endpoint": "\(transport.boundEndpoint ?? "none")"])
        let preparing = await runner.makePreparer()
        await interpret(runner.start())
        if let endpoint = configuration.advertiseEndpoint ?? transport.boundEndpoint {
            queue.push(.command(CommandRequest(id: 0, actor: .system, command: .setEndpoint(endpoint))))
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [preparer, queue] in await preparer.run(preparing, into: queue) }
            group.addTask { [self] in await applyEvents() }
            group.addTask { [self] in await tick() }
            await cancelWhenGracefulShutdown { [self] in
                // Parks until the shutdown begins; the stream never yields.
                for await _ in AsyncStream<Void>.makeStream().stream {}
                queue.close()
                preparer.close()
            }
            queue.close()
            preparer.close()
            group.cancelAll()
        }
        transport.stop()
        control.stop()
        answers.failAll()
        try await runner.close()
        logger.info("node stopped")
    }

    /// Carries out a command and waits until it is durable.
    public func perform(_ command: Command, as actor: Actor) async -> Result<CommandOutcome, CommandRefusal> {
        await answers.wait { id in
            queue.push(.command(CommandRequest(id: id, actor: actor, command: command)))
        }
    }

    /// Where the node stands.
    public func status() async -> NodeStatus { await runner.status() }

    /// Reads for pages and commands.
    public func makeReader() async -> InboxReader { await runner.makeReader() }

    /// What went over the network so far.
    public var counters: TransportCounters { transport.withLock { $0?.counters ?? TransportCounters() } }

    /// The endpoint that the node listens on, with its real port.
    public var boundEndpoint: String? { transport.withLock { $0?.boundEndpoint } }

    /// Ids of threads as they change; for pages. Ends when its consumer does.
    public func changes() -> AsyncStream<[ThreadID]> { changeObservers.subscribe() }

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
            case .connected(let key): if let key = CurvePublicKey(key) { preparer.give(.connected(key)) }
            case .disconnected(let key): if let key = CurvePublicKey(key) { preparer.give(.disconnected(key)) }
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
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            queue.push(.tick)
        }
    }

    /// Does what the brain asked for, in order. Called only after the transaction is durable.
    private func interpret(_ directives: [Directive]) {
        let transport = transport.withLock { $0 }
        for directive in directives {
            switch directive {
            case .send(let key, let frame): if let key = CurveKey(key) { transport?.send(frame, to: key) }
            case .answer(let id, let result): answers.answer(id, result)
            case .admit(let keys): transport?.admit(Set(keys.compactMap { CurveKey($0) }))
            case .connect(let peers): connect(peers, transport)
            case .prepared(let heads): preparer.give(.advanced(heads))
            case .replaceKeys(let keys): preparer.give(.keys(keys))
            case .rewindPreparer: preparer.give(.rewind)
            case .changed(let threads): changeObservers.tell(threads)
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
