public import Causality

/// Where a log is known to be forked, and what shows it to others.
public struct KnownFork: Hashable, Sendable {
    /// The log that ends there.
    public let log: ReplicaID
    /// Its last change set, after which the branches begin.
    public let end: LogHead
    /// The branches that are known, ascending.
    public let branches: [ReplicaID]
    /// The serialized `Branch` of each of them.
    public let evidence: [[UInt8]]

    /// A fork from its parts.
    public init(log: ReplicaID, end: LogHead, branches: [ReplicaID], evidence: [[UInt8]]) {
        self.log = log
        self.end = end
        self.branches = branches
        self.evidence = evidence
    }
}

/// All forks that are known, to be found by every log concerned.
struct KnownForks: Sendable {
    private var byLog: [ReplicaID: KnownFork] = [:]
    private var byBranch: [ReplicaID: KnownFork] = [:]

    /// Adds a fork, or what more is known of it.
    mutating func add(_ fork: KnownFork) {
        byLog[fork.log] = fork
        for branch in fork.branches { byBranch[branch] = fork }
    }

    /// The number at which a log ends because it is forked there; nil where it is not.
    func end(of log: ReplicaID) -> UInt64? { byLog.isEmpty ? nil : byLog[log]?.end.sequence }

    /// The number after which a branch begins; nil where the log is no branch.
    func base(of branch: ReplicaID) -> UInt64? { byBranch.isEmpty ? nil : byBranch[branch]?.end.sequence }

    /// What proves the forks that a log has to do with.
    func evidence(for log: ReplicaID) -> [[[UInt8]]] { [byLog[log], byBranch[log]].compactMap { $0?.evidence } }
}
