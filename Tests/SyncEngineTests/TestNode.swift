import Causality
import ChangeLog
import InboxModel
import SyncEngine
import Vault

/// A node reduced to its log: what `OfficeNode` is to the engine, without an inbox.
final class TestNode {
    let group: TestGroup
    let member: TestMember
    var keys: VerificationKeys { didSet { preparer.replaceKeys(keys) } }
    var configuration: SyncConfiguration
    var log = MemoryLog()
    private(set) var engine: SyncEngine
    private var preparer: RunPreparer
    private var sealer: ChangeSetSealer

    /// How long a commit takes, in milliseconds; nil commits only when the test says so.
    var commitDelay: Int64? = 0
    /// Runs that are being committed, in order.
    private(set) var commits: [(run: VerifiedRun, from: MemberID, byteCount: Int, due: Int64)] = []
    /// Bytes of the runs that were committed.
    private(set) var bytesCommitted = 0
    private(set) var warnings: [SyncWarning] = []
    /// The branches of logs that peers showed.
    private(set) var branches: [(shown: [LogBranch], from: MemberID)] = []
    /// Contents that peers asked for, and that they sent.
    private(set) var contentsWanted: [(names: [ContentName], from: MemberID)] = []
    private(set) var contents: [(contents: [FetchedContent], from: MemberID)] = []
    /// What must never happen, and did.
    private(set) var violations: [String] = []
    /// Every change set that the engine gave to commit, and how often.
    private(set) var acceptances: [Dot: Int] = [:]

    init(_ index: Int, of group: TestGroup, configuration: SyncConfiguration = SyncConfiguration()) {
        self.group = group
        member = group.members[index]
        keys = group.keys
        self.configuration = configuration
        engine = SyncEngine(
            group: group.id, member: member.id, replica: member.replica, heads: [], configuration: configuration)
        preparer = RunPreparer(group: group.id, heads: [], keys: group.keys)
        sealer = ChangeSetSealer(group: group.id, head: LogHead(empty: member.replica))
    }

    var id: MemberID { member.id }
    var replica: ReplicaID { member.replica }
    var nextCommit: Int64? { commitDelay == nil ? nil : commits.first?.due }
    func status(of peer: TestNode) -> PeerStatus? { engine.peers.first { $0.member == peer.id } }

    /// Stops and starts anew from what is durable.
    func restart() {
        commits = []
        acceptances = [:]
        engine = SyncEngine(
            group: group.id, member: member.id, replica: member.replica, heads: log.heads, configuration: configuration)
        preparer = RunPreparer(group: group.id, heads: log.heads, keys: keys)
    }

    /// Writes change sets into our own log, each with a label of `bytes` characters, and makes them durable.
    func write(_ count: Int, bytes: Int = 20) throws {
        for _ in 0..<count {
            let dot = Dot(replica, sealer.head.sequence + 1)
            let change = Change.thread(
                ThreadID(high: 1, low: dot.sequence), context: VersionVector(),
                .tagged(String(repeating: "x", count: bytes)))
            let set = ChangeSet(
                stamp: Stamp(dot, HybridTimestamp(milliseconds: 1)), actor: .system, office: nil, changes: [change])
            let entry = try sealer.seal(
                ChangeSetBody(set: set, clock: [], isFullClock: true), under: group.epoch, random: group.random)
            let signature = try member.keys.sign(LogDomain.changeSetSignature, entry.hash.digest)
            log.add(
                MemoryLog.Stored(entry: entry, signature: signature, author: id, epoch: group.epoch.id), to: replica)
        }
        preparer.advanced(to: [log.head(replica)])
    }

    // MARK: What happens to the node; each gives the frames that leave it

    typealias Frames = [(to: MemberID, bytes: [UInt8])]

    func author(_ count: Int, bytes: Int = 20, now: Int64) throws -> Frames {
        try write(count, bytes: bytes)
        return try perform(engine.authored([log.head(replica)], now: now, log: log), now)
    }

    func connected(_ peer: MemberID, now: Int64) throws -> Frames { try perform(engine.connected(peer, now: now), now) }

    func disconnected(_ peer: MemberID, now: Int64) throws -> Frames {
        try perform(engine.disconnected(peer, now: now), now)
    }

    func received(_ frame: [UInt8], from peer: MemberID, now: Int64) throws -> Frames {
        try perform(engine.received(preparer.prepare(frame), from: peer, now: now, log: log), now)
    }

    func received(_ frame: PreparedFrame, from peer: MemberID, now: Int64) throws -> Frames {
        try perform(engine.received(frame, from: peer, now: now, log: log), now)
    }

    func replaceReplica(_ replica: ReplicaID, now: Int64) throws -> Frames {
        try perform(engine.replaceReplica(replica, now: now), now)
    }

    func forked(_ fork: KnownFork, heads: [LogHead], now: Int64) throws -> Frames {
        try perform(engine.forked(fork, heads: heads, now: now), now)
    }

    func removePeer(_ peer: MemberID, now: Int64) throws -> Frames { try perform(engine.removePeer(peer, now: now), now) }

    func tick(now: Int64) throws -> Frames { try perform(engine.tick(now: now, log: log), now) }

    func rosterChanged(_ keys: VerificationKeys, now: Int64) throws -> Frames {
        self.keys = keys
        return try perform(engine.rosterChanged(now: now), now)
    }

    /// Commits what is due.
    func commitDue(now: Int64) throws -> Frames {
        var frames: Frames = []
        while let due = nextCommit, due <= now { frames += try commitFirst(now: now) }
        return frames
    }

    /// Commits the first run that waits.
    func commitFirst(now: Int64) throws -> Frames {
        let commit = commits.removeFirst()
        guard commit.run.anchor == log.head(commit.run.header.replica) else {
            violations.append("commit of \(LogRange(commit.run)) out of order")
            return []
        }
        log.add(commit.run)
        bytesCommitted += commit.byteCount
        preparer.advanced(to: [commit.run.head])
        return try perform(
            engine.committed(commit.run.head, from: commit.from, byteCount: commit.byteCount, now: now, log: log), now)
    }

    /// Declines the first run that waits.
    func declineFirst(now: Int64) throws -> Frames {
        let commit = commits.removeFirst()
        commits.removeAll { $0.run.header.replica == commit.run.header.replica }
        preparer.rewind()
        for entry in commit.run.entries { acceptances[Dot(commit.run.header.replica, entry.entry.sequence)] = 0 }
        return try perform(
            engine.declined(LogRange(commit.run), from: commit.from, byteCount: commit.byteCount, now: now), now)
    }

    private func perform(_ actions: [SyncAction], _ now: Int64) throws -> Frames {
        var frames: Frames = []
        for action in actions {
            switch action {
            case .send(let peer, let bytes): frames.append((peer, bytes))
            case .warning(let warning): warnings.append(warning)
            case .branches(let shown, let peer): branches.append((try shown.map { try LogBranch(bytes: $0) }, peer))
            case .contentsWanted(let names, let peer): contentsWanted.append((names, peer))
            case .contents(let answer, let peer): contents.append((answer, peer))
            case .accept(let run, let peer, let byteCount):
                note(run, peer, byteCount)
                commits.append((run, peer, byteCount, now + (commitDelay ?? 0)))
            }
        }
        return commitDelay == 0 ? try frames + commitDue(now: now) : frames
    }

    private func note(_ run: VerifiedRun, _ peer: MemberID, _ byteCount: Int) {
        let name = run.header.replica
        let before = commits.last { $0.run.header.replica == name }?.run.head ?? log.head(name)
        if run.anchor != before { violations.append("accepted \(LogRange(run)), which does not follow \(before.dot)") }
        for entry in run.entries {
            let dot = Dot(name, entry.entry.sequence)
            acceptances[dot, default: 0] += 1
        }
        let bytes = commits.reduce(byteCount) { $1.from == peer ? $0 + $1.byteCount : $0 }
        if bytes > configuration.creditBytes + configuration.pushBytesMax {
            violations.append("\(bytes) bytes in flight from one peer")
        }
    }
}
