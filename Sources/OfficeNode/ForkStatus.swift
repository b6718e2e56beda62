public import Causality
public import ChangeLog
import ReplicaStore
import SyncEngine

/// A log that goes on in more than one way: two machines wrote as one member.
public struct ForkStatus: Hashable, Sendable {
    /// One way in which it goes on.
    public struct Branch: Hashable, Sendable {
        /// The log that the branch is held as.
        public let replica: ReplicaID
        /// The number of the last change set held of it; where nothing of it is held, the number before its first.
        public let last: UInt64
    }

    /// The member that wrote it, where the roster knows.
    public let member: MemberID?
    /// As what it was written.
    public let origin: ReplicaID
    /// The log that ends here: the origin, or an earlier branch of it.
    public let replica: ReplicaID
    /// Number of the last change set that its branches have in common; 0 for none.
    public let after: UInt64
    /// When this node came to know of it, in milliseconds since 1970.
    public let noticedAt: Int64
    /// Ascending by replica.
    public let branches: [Branch]
}

extension BrainState {
    /// The forks that are known.
    func forkStatus(held progress: [ReplicaProgress]) -> [ForkStatus] {
        if forks.isEmpty { return [] }
        let heads = Dictionary(uniqueKeysWithValues: progress.map { ($0.replica, $0.received.sequence) })
        return forks.known.map { fork in
            let branches = forks.branches(leaving: fork.log)
            let origin = forks.origins[fork.log]
            return ForkStatus(
                member: roster.authors[origin], origin: origin, replica: fork.log, after: fork.end.sequence,
                noticedAt: branches.map(\.noticedAt).min() ?? 0,
                branches: branches.map { ForkStatus.Branch(replica: $0.id, last: heads[$0.id] ?? $0.base.sequence) })
        }
    }
}
