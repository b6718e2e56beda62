import ArgumentParser
import Foundation
import Glibc
import InboxWorkflow
import Logging
import NodeService
import OfficeNode
import ServiceLifecycle
import UnixSignals
import Vault
import WebInbox

/// `suture run`.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run this node.",
        discussion: """
            Runs until SIGTERM, Ctrl-C or `suture stop`. Prints one line when it is ready; the log goes to standard error.

            Example:
              suture run --config towson.yaml
              suture run --data ./belair --listen tcp://127.0.0.1:7401 --health 127.0.0.1:7481
              suture run --data ./belair --listen tcp://127.0.0.1:7401 --inbox 0.0.0.0:7443 --inbox-name belair.example.net
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("Where the others reach this node; port 0 for any free one.", valueName: "tcp://host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The endpoint that the others are told.", valueName: "tcp://host:port"))
    var advertise: String?

    @Option(name: .customLong("link"), help: ArgumentHelp(
        "Reach a member at another endpoint than the roster says. May be repeated.", valueName: "name=tcp://host:port"))
    var links: [String] = []

    @Flag(
        name: .customLong("same-machine"),
        help: "The folder was moved here and no copy of it is left to run: go on with its log instead of beginning a new one.")
    var isSameMachine = false

    @Option(help: ArgumentHelp("Where this node says whether it is well; keep it on the loopback.", valueName: "host:port"))
    var health: String?

    @Option(help: ArgumentHelp("Where this node serves the staff's pages, with TLS.", valueName: "host:port"))
    var inbox: String?

    @Option(name: .customLong("inbox-name"), help: ArgumentHelp(
        "A name or address that browsers use for the pages. May be repeated.", valueName: "host"))
    var inboxNames: [String] = []

    @Option(help: ArgumentHelp("The pages' certificate chain, instead of one that the node makes.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("certificate-key"), help: ArgumentHelp("The key of the certificate.", valueName: "file"))
    var certificateKey: String?

    @Flag(name: .customLong("plain-http"), help: "Serve the pages without TLS; on the loopback only, behind something that adds it.")
    var isPlainHTTP = false

    @Option(name: .customLong("log-level"), help: ArgumentHelp("error, warning, info or debug.", valueName: "level"))
    var logLevel: String?

    @Option(name: .customLong("log-format"), help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    @Option(name: .customLong("lock-after"), help: ArgumentHelp(
        "Minutes without a command after which a node under a passphrase locks itself. Default: 30.", valueName: "minutes"))
    var lockAfter: Int?

    @Option(name: .customLong("refuse-after"), help: ArgumentHelp(
        "Days without meeting an office after which a laptop stays closed until it has met one.", valueName: "days"))
    var refuseAfter: Int?

    @Flag(name: .customLong("until-input-ends"), help: .hidden)
    var endsWithInput = false

    @OptionGroup var passphrase: PassphraseOptions

    func run() async throws {
        umask(0o077)
        if endsWithInput { Lifeline.endWithInput() }
        Self.forbidCoreDumps()
        let configuration = try RunConfiguration(self).configuration
        let terminal = Terminal.error(noColor: node.noColor)
        LoggingSystem.bootstrap { _ in LineLogHandler(configuration.log, terminal: terminal) }
        let logger = Logger(label: "suture")
        let announcement = ReadyAnnouncement(configuration, isJSON: node.json)
        let folder = try DataFolder.unlock(
            configuration.dataDirectory, settings: configuration.atRest, passphrase: passphrase.source(choosing: false))
        let service = try LockableNode(
            configuration: configuration, logger: logger, folder: folder, isSameMachine: isSameMachine
        ) { service in
            await announcement.nodeIsReady(service)
            if terminal.rewritesLines { await CatchUpProgress(service, terminal).run() }
        }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            // A node that was asked to stop over its socket takes the rest with it.
            .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        if let health = configuration.healthAddress {
            let application = try WebInbox.application(
                host: health.host, port: Int(health.port), now: { WallClock.now() }, status: { await service.status() },
                onRunning: { port in await announcement.healthIsReady(port: port) })
            // First, so that it is the last to stop: whoever watches sees the node leave.
            services.insert(.init(service: application), at: 0)
        }
        if let inbox = configuration.inbox {
            services.insert(contentsOf: try await pages(inbox, service, announcement, logger, configuration), at: 0)
        }
        try await serve(services, logger, configuration)
    }

    /// The staff's pages, and what keeps their certificate in order where nobody provides one.
    private func pages(
        _ inbox: InboxAddress, _ node: LockableNode, _ announcement: ReadyAnnouncement, _ logger: Logger, _ configuration: NodeConfiguration
    ) async throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        if let mistake = inbox.mistake { throw CommandFailure(mistake) }
        let status = await node.status()
        let gateway = NodeGateway(node)
        let certificate = PageCertificate(inbox, dataDirectory: configuration.dataDirectory, group: status.groupName)
        let given = try PageCertificate.given(inbox)
        let serving = inbox.isPlain ? nil : ServingCertificate(try given ?? certificate.first(now: Date()))
        let settings = StaffServer.Settings(
            host: inbox.listen.host, port: Int(inbox.listen.port), device: status.member?.kind == .laptop ? .laptop : .office,
            certificate: serving)
        let server = try StaffServer(
            gateway: gateway, settings: settings, now: { WallClock.now() }, logger: logger,
            onRunning: { port in await announcement.inboxIsReady(port: port) })
        guard let serving, given == nil else { return [.init(service: server.service)] }
        let keeper = PageCertificateKeeper(certificate: certificate, serving: serving, gateway: gateway, logger: logger)
        return [.init(service: server.service), .init(service: keeper)]
    }

    private func serve(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration], _ logger: Logger, _ configuration: NodeConfiguration
    ) async throws {
        var group = ServiceGroupConfiguration(services: services, logger: logger)
        group.gracefulShutdownSignals = [.sigterm, .sigint]
        // A page that somebody holds open must not keep the node from stopping within two seconds.
        group.maximumGracefulShutdownDuration = .milliseconds(1200)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            return
        } catch {
            let failure = CommandFailure(error)
            guard let health = configuration.healthAddress, failure.message.contains("bind") else { throw failure }
            throw CommandFailure("the health address \(health) cannot be used: \(failure.message)")
        }
    }

    /// Memory of this process holds keys and what patients wrote; it must not land in a file when the process dies.
    private static func forbidCoreDumps() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &limit)
        // Swift's own handlers would print what registers point at, which may be what a patient wrote, and where a debugger may not look
        // into this process they wait for ever: whoever restarts a node that died would not learn of it.
        for crash in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(crash, SIG_DFL) }
        // A collector that goes away must not end the node.
        signal(SIGPIPE, SIG_IGN)
        SecretMemory.forbidDumps()
    }
}

/// The configuration of `suture run`: the file's, or the defaults, with what the options say on top.
struct RunConfiguration {
    let configuration: NodeConfiguration

    init(_ run: Run) throws {
        var configuration =
            try run.node.config.map { file throws in try NodeConfiguration.load(from: file) }
            ?? NodeConfiguration(dataDirectory: try run.node.dataDirectory())
        if let listen = run.listen {
            guard NodeConfiguration.isListenEndpoint(listen) else {
                throw ValidationError("--listen: found '\(listen)', expected tcp://host:port such as tcp://0.0.0.0:7400")
            }
            configuration.listenEndpoint = listen
        }
        if let minutes = run.lockAfter {
            guard (1...1440).contains(minutes) else {
                throw ValidationError("--lock-after: found \(minutes), expected 1 to 1440 minutes")
            }
            configuration.lockAfter = .seconds(60 * minutes)
        }
        if let days = run.refuseAfter {
            guard (1...NodeConfiguration.refuseAfterDaysMax).contains(days) else {
                throw ValidationError("--refuse-after: found \(days), expected 1 to \(NodeConfiguration.refuseAfterDaysMax) days")
            }
            configuration.refuseAfter = NodeConfiguration.days(days)
        }
        if let advertise = run.advertise {
            configuration.advertiseEndpoint = try Self.dialable(advertise, option: "--advertise")
        }
        for link in run.links {
            guard let equals = link.firstIndex(of: "="), equals != link.startIndex else {
                throw ValidationError("--link: found '\(link)', expected name=tcp://host:port")
            }
            configuration.links[String(link[..<equals])] = try Self.dialable(
                String(link[link.index(after: equals)...]), option: "--link")
        }
        if let health = run.health {
            guard let address = NetworkAddress(health) else {
                throw ValidationError("--health: found '\(health)', expected host:port such as 127.0.0.1:7480")
            }
            configuration.healthAddress = address
        }
        if let inbox = run.inbox {
            guard let listen = NetworkAddress(inbox) else {
                throw ValidationError("--inbox: found '\(inbox)', expected host:port such as 0.0.0.0:7443")
            }
            configuration.inbox = InboxAddress(listen: listen)
        }
        if configuration.inbox != nil {
            configuration.inbox?.names += run.inboxNames
            if let file = run.certificate { configuration.inbox?.certificate = file }
            if let file = run.certificateKey { configuration.inbox?.key = file }
            if run.isPlainHTTP { configuration.inbox?.isPlain = true }
            if let mistake = configuration.inbox?.mistake { throw ValidationError("--inbox: \(mistake)") }
        } else if !run.inboxNames.isEmpty || run.certificate != nil || run.certificateKey != nil || run.isPlainHTTP {
            throw ValidationError("--inbox-name, --certificate and --plain-http say how the pages are served: --inbox says where")
        }
        if let level = run.logLevel { configuration.log.level = try Self.word(level, option: "--log-level") }
        if let format = run.logFormat { configuration.log.format = try Self.word(format, option: "--log-format") }
        if configuration.advertiseEndpoint != nil && configuration.listenEndpoint == nil {
            throw ValidationError("--advertise needs --listen: a node that does not listen cannot be reached")
        }
        self.configuration = configuration
    }

    private static func dialable(_ endpoint: String, option: String) throws -> String {
        guard NodeConfiguration.isDialEndpoint(endpoint) else {
            throw ValidationError("\(option): found '\(endpoint)', expected tcp://host:port that can be dialled")
        }
        return endpoint
    }

    private static func word<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, option: String
    ) throws -> Value {
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(option): found '\(text)', expected one of \(words)")
        }
        return value
    }
}
