import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

// Lives of a replica. What ends one is written down at once; nothing more is authored under it, in this transaction or a later one.

extension Turn {
    /// How many new logs what peers claim may cause in a day; after that it is only warned of. Claims carry no signature, and
    /// a member that lies must not make this one begin logs without end.
    static let claimedReplicasMax = 4
    private static let day: Int64 = 24 * 3600 * 1000

    /// The node must begin a new log before it authors anything.
    mutating func owe(_ reason: NewReplicaReason) throws {
        guard node.state.newReplica == nil else { return }
        node.state.newReplica = reason
        try transaction.set(reason.bytes, for: NodeSettings.newReplicaKey)
    }

    /// Begins a new log if the node must. Whoever calls it is in a transaction that authors, so that its first change set is
    /// durable before anybody hears of it.
    mutating func startReplicaIfOwed() throws {
        guard let reason = node.state.newReplica else { return }
        // Kept for the next start too: until the new log has its first change set, it is not known to be begun.
        try transaction.set(reason.bytes, for: NodeSettings.newReplicaKey)
        node.state.newReplica = nil
        let old = node.replica
        let replica = ReplicaID(node.random.uint64())
        node.state.replica = replica
        node.state.sealer = ChangeSetSealer(group: node.group, head: LogHead(empty: replica))
        node.state.announced = VersionVector()
        try NodeSettings.write(transaction, replica: replica)
        let name = node.state.roster.members[node.member]?.name ?? node.member.short
        directives.append(
            .warning(
                NodeWarning(
                    "replica",
                    "\(name) begins the new log \(replica) in place of \(old), because \(reason); what others hold of the old one is "
                        + "fetched again, and nothing is written to it any more")))
        directives.append(.notice(.newReplica(member: name, replica, reason: reason)))
        // Without a key it is begun by whatever is authored first; a device that was removed writes nothing more.
        let mayWrite = node.state.writing != nil || node.state.isRelay
        if mayWrite && node.state.roster.formerMember(node.member) == nil { _ = try author(ActionDraft(), by: .system) }
        // After the new log has its author in the roster: the old one is asked of peers from now on.
        try interpret(node.state.engine.replaceReplica(replica, now: now))
    }

    /// The roster changes of a change set, with the record that names a new log's author where it is the first.
    mutating func naming(_ roster: [RosterRecord]) throws -> [RosterRecord] {
        guard node.state.sealer.head.sequence == 0 else { return roster }
        try transaction.set(nil, for: NodeSettings.newReplicaKey)
        let isNamed = roster.contains { if case .replicaStarted = $0 { true } else { false } }
        return isNamed ? roster : [.replicaStarted(node.replica, node.member)] + roster
    }

    /// A peer holds more of the log that this node writes, or another history of it: the log is not written to any more.
    mutating func noteOwnLog(_ warning: SyncWarning) throws {
        let peer: MemberID
        let what: String
        switch warning {
        case .ownLogAhead(let member, let dot) where dot.replica == node.replica:
            (peer, what) = (member, "holds change set \(dot.sequence)")
        case .forkSuspected(let member, let dot, _, _) where dot.replica == node.replica:
            (peer, what) = (member, "holds another change set \(dot.sequence)")
        default: return
        }
        let name = node.state.roster.members[peer]?.name ?? peer.short
        node.state.claimedReplicas.removeAll { now - $0 >= Self.day }
        guard node.state.claimedReplicas.count < Self.claimedReplicasMax else {
            directives.append(
                .warning(
                    NodeWarning(
                        "replica",
                        "\(name) \(what) of this node's log once more; no new log is begun for it: see whether two machines run as "
                            + "this member, or what is wrong with \(name)")))
            return
        }
        node.state.claimedReplicas.append(now)
        try owe(NewReplicaReason(.peerKnowsMore, "\(name) \(what), this node has \(node.state.sealer.head.sequence)"))
        directives.append(.wake)
    }

    /// Tells people of a member that had a log and begins another one.
    mutating func tellNewReplica(_ replica: ReplicaID, _ records: [RosterRecord]) {
        guard replica != node.replica, let author = node.state.roster.authors[replica], author != node.member else { return }
        let begins = records.contains { if case .replicaStarted(replica, author) = $0 { true } else { false } }
        let hasOther = node.state.roster.authors.contains { $0.key != replica && $0.value == author }
        guard begins, hasOther, let member = node.state.roster.members[author] else { return }
        directives.append(.notice(.newReplica(member: member.name, replica, reason: nil)))
    }
}
