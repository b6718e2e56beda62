public import ChangeLog
public import OfficeNode
import ReplicaStore
import SyncEngine
import Vault

/// Owns the node and applies events to it, one batch at a time.
actor NodeRunner {
    private let node: OfficeNode
    private let store: ReplicaStore
    /// Microseconds that the longest batch so far took.
    private(set) var longestTurn: Duration = .zero

    init(path: String, identity: MemberIdentity, random: any RandomSource, limits: SyncConfiguration) throws {
        store = try ReplicaStore(.file(path))
        node = try OfficeNode(store: store, identity: identity, random: random, configuration: limits)
    }

    func start() -> [Directive] { node.start() }

    func makePreparer() -> RunPreparer { node.makePreparer() }

    func makeReader() -> InboxReader { node.makeReader() }

    func status() -> NodeStatus { node.status }

    func apply(_ events: [NodeEvent], now: Int64) -> [Directive] {
        let clock = ContinuousClock()
        let start = clock.now
        let directives = node.handle(events, now: now)
        longestTurn = max(longestTurn, clock.now - start)
        return directives
    }

    /// Merges what the log holds into fresh tables. Returns whether the digest is the one from before.
    func rebuild() throws -> (before: Digest, after: Digest) { try node.rebuild() }

    /// Moves the write-ahead log into the main file.
    func checkpoint() throws { try store.checkpoint() }

    func close() throws { try store.close() }
}
