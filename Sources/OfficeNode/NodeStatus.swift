public import Causality
public import ChangeLog
public import ReplicaStore
public import SyncEngine

/// Where a node stands: for `suture status`, health checks and the page of offices and sync.
public struct NodeStatus: Sendable {
    /// The group's name.
    public let groupName: String
    /// This node.
    public let member: Member?
    /// The replica that this node writes.
    public let replica: ReplicaID
    /// All members, ascending by name.
    public let members: [Member]
    /// Which member authored which replica.
    public let authors: [ReplicaID: MemberID]
    /// What is held, merged and indexed of every log.
    public let progress: [ReplicaProgress]
    /// What is known of each peer.
    public let peers: [PeerStatus]
    /// By how many milliseconds the clocks of members are ahead of this node's, where the last that came from them was more than
    /// `HybridClock.aheadMax` ahead. A clock that is behind cannot be told from its stamps: they follow those of others.
    public let clockLeads: [MemberID: Int64]
    /// Whether the node waits for an epoch key before it can write.
    public let isWaitingForKey: Bool
    /// Whether the node holds no keys, and keeps and passes on what it cannot read.
    public let isRelay: Bool
    /// The epoch that the node writes with; nil while it waits for a key.
    public let epoch: EpochID?
    /// Members no longer.
    public let former: [FormerMember]
    /// The logs that were forked, ascending by log and number.
    public let forks: [ForkStatus]
    /// What all members have, and who lacks what, by what they signed.
    public let stability: Stability
    /// The logs that nobody writes to any more, ascending by replica.
    public let retired: [RetiredLog]
    /// Whether change sets are held that are not merged yet.
    public let hasBacklog: Bool
    /// Invitations that nobody has used yet.
    public let openInvitations: Int
    /// All invitations of this node that are remembered, those that have ended included, by the time of their end.
    public let invitations: [InvitationStatus]
    /// How long this laptop has been away from the offices of its group; nil for a node that is no laptop.
    public let contact: ContactStatus?
    /// What this laptop was told to hold of what was said; nil for everything.
    public let laptopScope: LaptopScope?
    /// How many threads have something that is held at offices and not here.
    public let partialThreads: Int
    /// Frames that came from nobody known.
    public let strangerFrames: Int
    /// Frames that were dropped as faulty and came from members that were removed since.
    public let formerFaults: UInt64

    /// The name of who is or was a member.
    public func name(of id: MemberID?) -> String? {
        guard let id else { return nil }
        return members.first { $0.id == id }?.name ?? former.first { $0.member.id == id }?.member.name
    }
}

extension OfficeNode {
    /// Where this node stands now.
    public var status: NodeStatus {
        NodeStatus(
            groupName: state.roster.groupName, member: state.roster.members[member], replica: replica, members: state.roster.sorted,
            authors: state.roster.authors, progress: store.progress, peers: state.engine.peers,
            clockLeads: clockLeads, isWaitingForKey: state.writing == nil && !state.isRelay, isRelay: state.isRelay, epoch: state.writing,
            former: state.roster.former, forks: state.forkStatus(held: store.progress),
            stability: stability, retired: retiredLogs, hasBacklog: state.hasBacklog,
            openInvitations: state.invitations.values.count(where: \.isOpen), invitations: state.invitationStatus(of: self),
            contact: contact, laptopScope: isLaptop ? laptopScope : nil, partialThreads: partialThreadCount,
            strangerFrames: state.strangerFrames, formerFaults: state.engine.formerFaults)
    }

    private var clockLeads: [MemberID: Int64] {
        Dictionary(state.clockLeads.compactMap { replica, lead in state.roster.authors[replica].map { ($0, lead) } }, uniquingKeysWith: max)
    }
}
