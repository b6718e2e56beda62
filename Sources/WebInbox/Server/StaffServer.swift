import Hummingbird
import HummingbirdCore
public import InboxWorkflow
public import Logging
public import ServiceLifecycle
public import Vault

/// The staff inbox in the browser: pages, live updates and the JSON API of one node.
public final class StaffServer: Sendable {
    /// What the pages are told about where they run.
    public struct Settings: Sendable {
        /// An address of this machine.
        public var host: String
        /// The port; 0 picks a free one.
        public var port: Int
        /// The kind of node, for the access policy.
        public var device: AccessDevice
        /// Certificate and key; nil for plain HTTP on the loopback.
        public var certificate: ServingCertificate?
        /// What one guess at a password costs.
        public var passwordCost: PasswordCost = .interactive
        /// How long a reply can be taken back before it goes out.
        public var undoTime: Duration = .seconds(10)
        /// How long connections are waited for.
        var patience = ConnectionPatience()

        /// Settings with what must be said.
        public init(host: String, port: Int, device: AccessDevice = .office, certificate: ServingCertificate? = nil) {
            self.host = host
            self.port = port
            self.device = device
            self.certificate = certificate
        }
    }

    /// The most connections at once: more wait until one ends. Fewer than a process may have descriptors open.
    static let connectionsMax = 800

    let gateway: any InboxGateway
    let settings: Settings
    let now: @Sendable () -> Int64
    let random: any RandomSource
    let renderer: PageRenderer
    let sessions: SessionStore
    let passwords: PasswordWork
    let desk: SignInDesk
    let audit: AuditRecorder
    let live: LiveUpdates
    let replies: ReplyOutbox
    let rowShelf = RowShelf()
    /// What programs opened in an emergency.
    let openedRecords = OpenedRecords()
    let logger: Logger
    private let onRunning: @Sendable (Int?) async -> Void

    /// A server over `gateway`. Throws where its templates are damaged.
    ///
    /// - Parameters:
    ///   - gateway: The node.
    ///   - settings: Where it runs.
    ///   - now: Wall time in milliseconds since 1970.
    ///   - random: Draws tokens and salts.
    ///   - logger: Gets what went wrong, never what was said.
    ///   - onRunning: Called when the server listens, with the port it got.
    public init(
        gateway: any InboxGateway, settings: Settings, now: @escaping @Sendable () -> Int64,
        random: any RandomSource = SystemRandomSource(),
        logger: Logger = Logger(label: "suture.pages"), onRunning: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) throws {
        self.gateway = gateway
        self.settings = settings
        self.now = now
        self.random = random
        self.logger = logger
        self.onRunning = onRunning
        renderer = try PageRenderer()
        sessions = SessionStore(random: random)
        passwords = try PasswordWork(random: random, cost: settings.passwordCost)
        desk = SignInDesk(work: passwords)
        audit = AuditRecorder(gateway: gateway)
        live = LiveUpdates()
        replies = ReplyOutbox()
    }

    /// The routes, for the server and for tests.
    func router() -> Router<PageContext> {
        let router = Router(context: PageContext.self)
        router.add(middleware: PageGuard(server: self))
        addAssets(to: router)
        addSignIn(to: router)
        addTrust(to: router)
        addInbox(to: router)
        addThreads(to: router)
        addPatients(to: router)
        addOffices(to: router)
        addPeople(to: router)
        addAudit(to: router)
        addAccount(to: router)
        addLive(to: router)
        addAPI(to: router)
        return router
    }

    /// The server as a service: stops with its group.
    public var service: some Service { StaffService(server: self, onRunning: onRunning) }
}

/// Runs the server with what works beside it.
private struct StaffService: Service {
    let server: StaffServer
    let onRunning: @Sendable (Int?) async -> Void

    func run() async throws {
        let settings = server.settings
        let application = Application(
            router: server.router(),
            server: try settings.certificate.map { try $0.builder(waiting: settings.patience) } ?? .http1(waiting: settings.patience),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "suture",
                availableConnectionsDelegate: MaximumAvailableConnections(StaffServer.connectionsMax, logger: server.logger)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port) }, logger: server.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { await server.audit.run() }
            group.addTask { await server.follow() }
            // The server ends first; what works beside it ends with it.
            try await group.next()
            group.cancelAll()
        }
        await server.replies.sendAll(through: server)
        await server.audit.flush()
    }
}
