import Causality
import ChangeLog
import OfficeNode
import ReplicaStore
import SyncEngine
import Synchronization
import Vault

/// Owns the node and applies events to it, one batch at a time.
actor NodeRunner {
    /// This node's member id.
    nonisolated let member: MemberID
    private nonisolated let thread: WorkThread
    private let node: OfficeNode
    private let store: ReplicaStore
    private let meter: CatchUpMeter
    private let host: HostRecord
    private let mark: HighWaterMark
    /// Why the node must begin a new log before anything else.
    private let newReplica: NewReplicaReason?
    /// How long the longest batch so far took.
    private(set) var longestTurn: Duration = .zero
    private nonisolated let lastContact: Mutex<ContactStatus?>

    /// How long this laptop has been away from the offices of its group, and whether it is closed for it; nil for a node that is no
    /// laptop. Known without waiting for a turn, and before the first.
    nonisolated var contact: ContactStatus? { lastContact.withLock { $0 } }

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        location: ReplicaLocation, path: String, identity: MemberIdentity, random: any RandomSource, limits: SyncConfiguration,
        meter: CatchUpMeter, isSameMachine: Bool = false, refuseAfter: Duration? = nil, laptopScope: LaptopScope? = nil
    ) throws {
        self.meter = meter
        thread = try WorkThread()
        store = try ReplicaStore(location)
        node = try OfficeNode(store: store, identity: identity, random: random, configuration: limits)
        member = node.member
        node.contactLimit = refuseAfter.map { Int64($0 / .milliseconds(1)) }
        lastContact = Mutex(node.contact(now: WallClock.now()))
        node.laptopScope = laptopScope
        if laptopScope != nil, let kind = node.status.member?.kind, kind != .laptop {
            throw NodeServiceError(
                .configuration,
                """

                laptop.holds is for laptops, and this node is \(kind == .office ? "an office's" : "a relay"), which holds everything: take \
                it out of the configuration
                """)
        }
        if refuseAfter != nil, let kind = node.status.member?.kind, kind != .laptop {
            throw NodeServiceError(
                .configuration,
                """
                refuse-after is for laptops, and this node is \(kind == .office ? "an office's" : "a relay"): take it out of the \
                configuration; the group's policy (suture member policy --contact-days) concerns laptops only
                """)
        }
        host = try HostRecord(databasePath: path, group: node.group)
        mark = HighWaterMark(databasePath: path)
        let held = VersionVector(
            ascending: store.progress.filter { $0.received.sequence > 0 }.map {
                VersionVector.Entry($0.replica, $0.received.sequence)
            })
        let check = HostCheck(
            remembered: try HostRecord(store.reader), present: host, mark: mark.read(), isSameMachine: isSameMachine)
        newReplica = check.reason(held: held)
    }

    /// What there is to do at the start. Begins a new log first, where this is not the place or the state that the node left.
    func start(now: Int64) throws -> [Directive] {
        var directives = node.start()
        if let newReplica {
            let old = node.replica
            directives += node.handle([.startReplica(newReplica)], now: now)
            guard node.replica != old else {
                throw NodeServiceError(
                    .inputOutput,
                    "the node must begin a new log, because \(newReplica), and could not store it: free some space and start it again")
            }
        }
        // In this order: a node that ends in between begins one more log, which costs nothing.
        try mark.write(node.ownHead, isDurable: true)
        if try HostRecord(store.reader) != host { try store.write(.full) { try host.write($0) } }
        return directives
    }

    func makePreparer() -> RunPreparer { node.makePreparer() }

    func makeReader() -> InboxReader { node.makeReader() }

    func status() -> NodeStatus { node.status }

    func apply(_ events: [NodeEvent], now: Int64) -> [Directive] {
        let clock = ContinuousClock()
        let start = clock.now
        var directives = node.handle(events, now: now)
        // Durable, and not announced yet.
        do throws(NodeServiceError) { try mark.write(node.ownHead) } catch {
            directives.append(.warning(NodeWarning("mark", error.message)))
        }
        longestTurn = max(longestTurn, clock.now - start)
        let runs = events.compactMap { event in
            if case .frame(_, .run(let run, _)) = event { run.entries.count } else { nil }
        }
        let contact = node.contact(now: now)
        lastContact.withLock { $0 = contact }
        if !runs.isEmpty { meter.committed(runs.reduce(0, +), since: start) }
        return directives
    }

    /// Merges what the log holds into fresh tables. Returns the digests from before and after.
    func rebuild() throws -> (before: Digest, after: Digest) { try node.rebuild() }

    /// Moves the write-ahead log into the main file.
    func checkpoint() throws { try store.checkpoint() }

    /// Closes the replica, with everything in its main file: a copy made by hand while nothing runs is then whole.
    func close() throws {
        // The same for the mark: it says less than is true then.
        do { try mark.write(node.ownHead, isDurable: true) } catch {}
        // And for this: the next start goes on from what was written within the last hour.
        do { try node.rememberContact(now: WallClock.now()) } catch {}
        // What cannot be moved stays in the write-ahead log, which is as good for the next start.
        do { try store.checkpoint() } catch {}
        try store.close()
    }
}
