public import Causality
import ChangeLog
import ReplicaStore
import Vault

/// What recomputing the logs from the replica's own bytes showed.
public struct LogVerification: Sendable {
    /// One log.
    public struct Log: Sendable {
        /// Whose.
        public let replica: ReplicaID
        /// The member that authored it, by name, where the roster knows.
        public let author: String?
        /// How many change sets were recomputed.
        public let changeSets: UInt64
        /// How many signatures were checked.
        public let signatures: Int
        /// What is wrong, naming the first change set concerned; nil where all of it holds.
        public let fault: String?
    }

    /// The logs, ascending by replica.
    public let logs: [Log]

    /// Whether nothing is wrong.
    public var isSound: Bool { logs.allSatisfy { $0.fault == nil } }
}

extension InboxReader {
    /// Recomputes every log's chain from its first change set and checks every signature held. `progress` is told how many
    /// change sets were done.
    public func verifyLogs(progress report: (UInt64) -> Void = { _ in }) throws -> LogVerification {
        let roster = try roster()
        var done: UInt64 = 0
        let logs = try store.progress().map { progress in
            try verify(progress, roster: roster) { count in
                done += count
                report(done)
            }
        }
        return LogVerification(logs: logs)
    }

    private func verify(
        _ progress: ReplicaProgress, roster: Roster, report: (UInt64) -> Void
    ) throws -> LogVerification.Log {
        let replica = progress.replica
        let author = roster.author(of: replica)
        let base = forks.branches[replica]?.base ?? LogHead(empty: replica)
        var chain = ChainCheck(group: group, base: base, origin: forks.origins[replica], key: author?.signingKey)
        while chain.head.sequence < progress.received.sequence && chain.fault == nil {
            // Not beyond what the log had at the start: the node may be writing.
            let left = Int(clamping: progress.received.sequence - chain.head.sequence)
            let rows = try store.rows(of: replica, from: chain.head.sequence + 1, bytesMax: 1 << 20, countMax: min(4096, left))
            if rows.isEmpty { chain.fail("change set \(replica):\(chain.head.sequence + 1) is missing") }
            let before = chain.head.sequence
            for row in rows where chain.fault == nil { chain.check(row) }
            report(chain.head.sequence - before)
        }
        if chain.fault == nil && chain.head.hash != progress.received.hash {
            chain.fail("the log ends with another hash than the replica remembers")
        }
        // Where a log is forked, the signature may be at a branch's, which names the hash that the log ends with.
        let isForked = forks.end(of: replica) == progress.received.sequence || base.sequence == progress.received.sequence
        if chain.fault == nil && author != nil && chain.lastSigned != progress.received.sequence && !isForked {
            chain.fail("change sets after \(replica):\(chain.lastSigned) carry no signature")
        }
        // A device's own log comes before the group's log that admits it.
        let own = try store.setting(NodeSettings.memberKey)
        if author == nil && chain.fault == nil && (own == nil || roster.authors[replica]?.bytes != own) {
            chain.fail("its author is not in the roster")
        }
        return LogVerification.Log(
            replica: replica, author: author?.name, changeSets: chain.head.sequence - base.sequence, signatures: chain.signatures,
            fault: chain.fault)
    }
}

/// Recomputation of one log, a change set after another.
private struct ChainCheck {
    let group: GroupID
    let replica: ReplicaID
    let key: SigningPublicKey?
    private(set) var head: LogHead
    private(set) var fault: String?
    private(set) var signatures = 0
    private(set) var lastSigned: UInt64 = 0
    private let origin: ReplicaID
    private var hasher: ChainHasher

    /// Begins after `base`, which has the name of the log; it was written as `origin`.
    init(group: GroupID, base: LogHead, origin: ReplicaID, key: SigningPublicKey?) {
        self.group = group
        replica = base.replica
        self.origin = origin
        self.key = key
        head = base
        hasher = ChainHasher(group: group)
    }

    mutating func fail(_ reason: String) { fault = reason }

    mutating func check(_ row: StoredLogRow) {
        let dot = Dot(replica, row.sequence)
        guard row.sequence == head.sequence + 1 else { return fail("change set \(replica):\(head.sequence + 1) is missing") }
        do {
            let epoch = EpochID(try Digest(copying: row.epoch))
            let hash = try hasher.hash(of: LogEntry(row), at: Dot(origin, row.sequence), after: head.hash, epoch: epoch)
            guard hash == row.hash else { return fail("change set \(dot) was altered: its hash is another") }
            head = LogHead(replica, row.sequence, hash)
            if let bytes = row.signature, let key {
                try key.verify(try Signature(copying: bytes), LogDomain.changeSetSignature, try hash.digest)
                signatures += 1
                lastSigned = row.sequence
            }
        } catch {
            fail("change set \(dot): \(error)")
        }
    }
}
