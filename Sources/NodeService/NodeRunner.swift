import Causality
import ChangeLog
import OfficeNode
import ReplicaStore
import SyncEngine
import Vault

/// Owns the node and applies events to it, one batch at a time.
actor NodeRunner {
    /// This node's member id.
    nonisolated let member: MemberID
    private let node: OfficeNode
    private let store: ReplicaStore
    private let meter: CatchUpMeter
    /// How long the longest batch so far took.
    private(set) var longestTurn: Duration = .zero

    init(
        path: String, identity: MemberIdentity, random: any RandomSource, limits: SyncConfiguration, meter: CatchUpMeter
    ) throws {
        self.meter = meter
        store = try ReplicaStore(.file(path))
        node = try OfficeNode(store: store, identity: identity, random: random, configuration: limits)
        member = node.member
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
        let runs = events.compactMap { event in
            if case .frame(_, .run(let run, _)) = event { run.entries.count } else { nil }
        }
        if !runs.isEmpty { meter.committed(runs.reduce(0, +), since: start) }
        return directives
    }

    /// Merges what the log holds into fresh tables. Returns the digests from before and after.
    func rebuild() throws -> (before: Digest, after: Digest) { try node.rebuild() }

    /// Moves the write-ahead log into the main file.
    func checkpoint() throws { try store.checkpoint() }

    /// Closes the replica, with everything in its main file: a copy made by hand while nothing runs is then whole.
    func close() throws {
        // What cannot be moved stays in the write-ahead log, which is as good for the next start.
        do { try store.checkpoint() } catch {}
        try store.close()
    }
}
