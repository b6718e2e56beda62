public import Logging
public import OfficeNode
public import ServiceLifecycle
import Synchronization
import Vault

/// A node that can be locked: its replica closed and every key wiped, with nothing left but the socket that takes the
/// passphrase. Unlocked it goes on as if it had been started anew.
///
/// Start it as a service; it stops when its group shuts down, locked or not.
public final class LockableNode: Service {
    private let configuration: NodeConfiguration
    private let logger: Logger
    private let onReady: @Sendable (NodeService) async -> Void
    private let state: Mutex<State>

    private enum State {
        case open(NodeService)
        /// With what the health page shows meanwhile: how the node last stood. It names no patient.
        case locked(NodeStatus)
    }

    /// Opens the node of `folder`. Throws as ``NodeService/init(configuration:logger:folder:isSameMachine:onReady:)``.
    public init(
        configuration: NodeConfiguration, logger: Logger, folder: DataFolder, isSameMachine: Bool = false,
        onReady: @escaping @Sendable (NodeService) async -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        // The folder's key is not kept here: it goes with the node.
        let node = try NodeService(
            configuration: configuration, logger: logger, folder: folder, isSameMachine: isSameMachine, onReady: onReady)
        state = Mutex(.open(node))
    }

    /// The node while it is unlocked. Not to be kept: it goes with its keys.
    public var unlocked: NodeService? {
        if case .open(let node) = state.withLock({ $0 }) { node } else { nil }
    }

    /// How the node stands, or stood when it was locked.
    public func status() async -> NodeStatus {
        switch state.withLock({ $0 }) {
        case .open(let node): await node.status()
        case .locked(let status): status
        }
    }

    /// Runs until the service group shuts down or the node is asked to stop.
    public func run() async throws {
        while true {
            guard try await runUnlocked() else { return }
            guard let folder = try await waitForPassphrase() else { return }
            let node = try NodeService(configuration: configuration, logger: logger, folder: folder, onReady: onReady)
            state.withLock { $0 = .open(node) }
        }
    }

    /// Returns whether the node was locked. No reference to it is left then.
    private func runUnlocked() async throws -> Bool {
        guard case .open(let node) = state.withLock({ $0 }) else { return false }
        try await node.run()
        guard let reason = node.lockReason else { return false }
        let status = await node.status()
        state.withLock { $0 = .locked(status) }
        logger.notice("the node is locked: its replica is closed and its keys are wiped", metadata: ["reason": "\(reason.rawValue)"])
        return true
    }

    /// Answers every command with how to unlock, until somebody does. Nil where the node is to stop.
    private func waitForPassphrase() async throws -> DataFolder? {
        let unlocked = AsyncStream<DataFolder>.makeStream()
        let gate = LockedNode(configuration: configuration) { folder in
            if let folder { unlocked.continuation.yield(folder) }
            unlocked.continuation.finish()
        }
        let control = try ControlServer(dataDirectory: configuration.dataDirectory) { await gate.respond(to: $0) }
        let folder = await cancelWhenGracefulShutdown { () -> DataFolder? in
            for await folder in unlocked.stream { return folder }
            return nil
        }
        await control.stop()
        return folder
    }
}

/// What a locked node answers.
struct LockedNode: Sendable {
    let configuration: NodeConfiguration
    /// Gets the folder that somebody unlocked, or nil where the node is to stop.
    let end: @Sendable (DataFolder?) -> Void

    func respond(to request: ControlRequest) async -> ControlResponse {
        switch request.verb {
        case "unlock": return await unlock(request)
        case "stop":
            end(nil)
            return .ok(["stopping": true])
        default:
            return .error(ControlFailure(
                code: "locked",
                message: "the node on \(configuration.dataDirectory) is locked; run `suture unlock --data \(configuration.dataDirectory)`"))
        }
    }

    private func unlock(_ request: ControlRequest) async -> ControlResponse {
        let passphrase = request.arguments["passphrase"]?.string
        // Deriving the key takes long on purpose.
        let result = await withCheckedContinuation { continuation in
            do throws(NodeServiceError) {
                try ServiceThread.start { continuation.resume(returning: Result { try folder(passphrase) }) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        switch result {
        case .success(let folder):
            end(folder)
            return .ok(["unlocked": true])
        case .failure(let error): return .error(ControlFailure(error))
        }
    }

    private func folder(_ passphrase: String?) throws -> DataFolder {
        let source: DataFolder.PassphraseSource? = passphrase.map { text in
            {
                var bytes = Array(text.utf8)
                defer { SecretMemory.wipe(&bytes) }
                return try SecretBytes(copying: bytes)
            }
        }
        return try DataFolder.unlock(configuration.dataDirectory, settings: configuration.atRest, passphrase: source)
    }
}
