import InboxModel
import NodeService
import OfficeNode
import Synchronization
import WebInbox

/// The pages' way to the node of this process.
final class NodeGateway: InboxGateway {
    private let node: LockableNode
    /// The reader that pages share, with the node it belongs to: asking the node for one would make a page wait for a merge.
    private let shared = Mutex<(node: ObjectIdentifier, reader: InboxReader, madeAt: ContinuousClock.Instant)?>(nil)
    /// How long a reader is shared. Keys of a new epoch are known to pages so much later.
    private static let sharedFor = Duration.seconds(1)

    init(_ node: LockableNode) { self.node = node }

    private func unlocked() throws -> NodeService {
        guard let node = node.unlocked else {
            shared.withLock { $0 = nil }
            throw GatewayFault("This node is locked. Whoever knows its passphrase unlocks it with `suture unlock`.")
        }
        if let closure = node.closure {
            shared.withLock { $0 = nil }
            throw GatewayFault(closure.prefix(1).uppercased() + closure.dropFirst() + ".")
        }
        return node
    }

    func reader() async throws -> InboxReader {
        try unlocked().personActed()
        return try await quietReader()
    }

    func quietReader() async throws -> InboxReader {
        let node = try unlocked()
        let now = ContinuousClock.now
        let held = shared.withLock { $0 }
        if let held, held.node == ObjectIdentifier(node) {
            if now - held.madeAt >= Self.sharedFor {
                // The next pages have the new one; this one does not wait for it.
                shared.withLock { $0?.madeAt = now }
                Task { await self.renew(node) }
            }
            return held.reader
        }
        return await renew(node)
    }

    /// A reader for what nobody looks at: it does not keep a node from locking itself.
    func unwatchedReader() async throws -> InboxReader { try await unlocked().makeReader() }

    @discardableResult
    private func renew(_ node: NodeService) async -> InboxReader {
        let reader = await node.makeReader()
        shared.withLock { $0 = (ObjectIdentifier(node), reader, ContinuousClock.now) }
        return reader
    }

    func perform(_ command: Command, as actor: Actor) async -> Result<CommandOutcome, CommandRefusal> {
        guard let node = node.unlocked else {
            return .failure(CommandRefusal(.storage, "the node is locked: unlock it with `suture unlock`"))
        }
        // It refuses by itself what is asked of a laptop that is closed.
        return await node.perform(command, as: actor)
    }

    func status() async throws -> NodeStatus { try await unlocked().status() }

    func changes() async throws -> AsyncStream<[ThreadID]> { try unlocked().changes() }

    func signInsElsewhere() async throws -> AsyncStream<[SignInElsewhere]> { try unlocked().signInsElsewhere() }
}
