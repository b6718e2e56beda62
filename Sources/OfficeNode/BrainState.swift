import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

/// Everything that a node keeps in memory beside its replica. A value, so that a transaction that fails is undone by
/// putting the copy from before back.
struct BrainState {
    /// The replica that this node writes.
    var replica: ReplicaID
    /// Why the node must begin a new log before it writes anything; nil while it need not.
    var newReplica: NewReplicaReason?
    /// When new logs were begun because of what peers say: such claims are not signed, so there is a limit.
    var claimedReplicas: [Int64] = []
    /// Whether this node holds no keys, and keeps and passes on what it cannot read.
    var isRelay = false
    /// Who is a member.
    var roster: Roster
    /// Epoch keys granted to this node.
    var epochs: [EpochID: EpochKey]
    /// The epoch to write with; nil while waiting for a key.
    var writing: EpochID?
    /// Seals this replica's change sets.
    var sealer: ChangeSetSealer
    /// This replica's clock.
    var clock: HybridClock
    /// What this replica's log has said of other replicas' logs.
    var announced: VersionVector
    /// Anti-entropy.
    var engine: SyncEngine
    /// Verified change sets that are in the log and wait for what they depend on, oldest first.
    var pending = PendingSets()
    /// Replicas with more in the log than is merged, to be looked at again.
    var hasBacklog = false
    /// Invitations that are open, and those that ended within a day.
    var invitations: [CurvePublicKey: InvitationRecord]
    /// Members whose clock was reported as wrong, and when.
    var clockWarnings: [ReplicaID: Int64] = [:]
    /// By how many milliseconds the last change set of a replica was ahead of this node's clock when it was merged, where that was too far.
    var clockLeads: [ReplicaID: Int64] = [:]
    /// How often frames from nobody known arrived.
    var strangerFrames = 0
    /// Whether the last turn left nothing to merge, to index, to send or to tell.
    var isSettled = false
    /// Those whose removal was told of.
    var toldRemovals: Set<MemberID> = []
    /// Since when a member is known to lack the key of an epoch, in milliseconds since 1970.
    var missingGrants: [MissingGrant: Int64] = [:]
    /// What the authors of the logs had merged.
    var logClocks = LogClocks()
    /// The logs that nobody writes to any more and that every member has.
    var sealed = SealedTable()
    /// Since when something is merged that this node's log has not acknowledged, in milliseconds since 1970; nil where nothing is.
    var unacknowledgedSince: Int64?
    /// The logs that were forked.
    var forks = LogForks()
    /// Logs of which more branches were shown than are taken in; said once.
    var toldForkLimits: Set<ReplicaID> = []
    /// Branches that peers showed and that proved nothing, since the start.
    var unprovenBranches: UInt64 = 0
    /// What is to be done about purges.
    var purges = PurgeWork()
    /// What a laptop let go, where it holds less than everything.
    var holding = PartialHolding()
    /// What of it is to be had again.
    var fetching = ContentFetching()
    /// What is kept and not merged, by what it is about; nil until somebody asks.
    var heldBack: [EntityName: [Dot]]?
    /// Whether what is set aside is to be looked at again.
    var mustReview = false
    /// Whether there is something to author, in a turn whose transaction lasts.
    var mustAuthor = false
    /// When keys were last looked after, in milliseconds since 1970.
    var upkeptAt: Int64 = 0
    /// When this node last met an office of its group.
    var contact = GroupContact(since: 0)
    /// What of it was written down last; nil for nothing yet.
    var contactKept: GroupContact?
    /// What was told of it.
    var contactTold = ContactTold()
    /// Whether keys or members changed since the last directives about them.
    var rosterChanged = false
}

/// An epoch key that a member was not granted yet.
struct MissingGrant: Hashable {
    let member: MemberID
    let epoch: EpochID
}

/// Change sets whose predecessors are all in the log but whose dependencies are not merged yet. Bounded: what does not fit is
/// read from the log again.
struct PendingSets {
    static let capacity = 16_384

    private var sets: [ReplicaID: ArraySlice<VerifiedEntry>] = [:]
    private var count = 0

    /// Keeps `entries` of `replica` if there is room and they follow what is kept.
    ///
    /// What could not be opened for want of a key is not kept: it is read from the log again when the key is there.
    mutating func append(_ entries: ArraySlice<VerifiedEntry>, of replica: ReplicaID) {
        let entries = entries.prefix { !$0.needsKey }
        guard !entries.isEmpty, count + entries.count <= Self.capacity else { return }
        if let last = sets[replica]?.last, let first = entries.first,
            last.entry.sequence + 1 != first.entry.sequence
        {
            return
        }
        sets[replica, default: []].append(contentsOf: entries)
        count += entries.count
    }

    /// Takes the entries kept of `replica` from `sequence` on; those before it are dropped.
    mutating func take(of replica: ReplicaID, from sequence: UInt64) -> ArraySlice<VerifiedEntry> {
        guard let kept = sets.removeValue(forKey: replica) else { return [] }
        count -= kept.count
        let rest = kept.drop { $0.entry.sequence < sequence }
        return rest.first?.entry.sequence == sequence ? rest : []
    }
}
