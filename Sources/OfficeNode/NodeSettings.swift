import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

/// What a replica remembers of the node that writes it, beside the log.
struct NodeSettings {
    static let groupKey = "group"
    static let genesisKey = "genesis"
    static let replicaKey = "replica"
    static let memberKey = "member"
    static let grantKey = "welcome-grant"
    static let inviterKey = "inviter"
    /// The last timestamp of this node's clock, so that time does not step back over a restart.
    static let clockKey = "clock"
    /// There where the node is a relay: known before the log that admits it has come.
    static let relayKey = "relay"
    static let invitationPrefix = "invitation:"
    /// When a laptop last met an office of its group.
    static let contactKey = "contact"
    /// Why a new log must be begun before anything else is written; there until its first change set is.
    static let newReplicaKey = "new-replica"

    let group: GroupID
    let genesis: [UInt8]
    /// The replica to go on with; one that is never written to where the row is lost.
    let replica: ReplicaID
    let member: MemberID
    private let isReplicaKnown: Bool

    init(_ store: ReplicaStore) throws {
        guard let group = try store.reader.setting(Self.groupKey),
            let genesis = try store.reader.setting(Self.genesisKey),
            let member = try store.reader.setting(Self.memberKey)
        else {
            if store.progress.isEmpty { throw NodeError.notFounded }
            throw NodeError(
                .inconsistent, "the replica has lost what it knows of its group: restore it from a backup, or join anew")
        }
        self.group = GroupID(try Digest(copying: group))
        self.genesis = genesis
        let text = try store.reader.setting(Self.replicaKey).map { String(decoding: $0, as: UTF8.self) }
        let known = text.flatMap { ReplicaID(hexadecimal: $0) }
        isReplicaKnown = known != nil
        replica = known ?? ReplicaID(0)
        self.member = MemberID(try Digest(copying: member))
    }

    /// Why the node must begin a new log, if it must: it was told so before, or does not know how far its own went. Going on
    /// with a log of which the end is lost would use numbers twice.
    func newReplica(own: LogHead, isEmpty: Bool, store: ReplicaStore) throws -> NewReplicaReason? {
        if let bytes = try store.reader.setting(Self.newReplicaKey) { return NewReplicaReason(bytes) }
        if isEmpty || isReplicaKnown && own.sequence > 0 { return nil }
        return NewReplicaReason(.lost)
    }

    /// Writes down which replica the node writes from now on.
    static func write(_ transaction: ReplicaTransaction, replica: ReplicaID) throws {
        try transaction.set(Array(replica.description.utf8), for: replicaKey)
    }

    static func write(
        _ transaction: ReplicaTransaction, group: GroupID, genesis: [UInt8], replica: ReplicaID, member: MemberID
    ) throws {
        try transaction.set(group.digest.bytes, for: groupKey)
        try transaction.set(genesis, for: genesisKey)
        try write(transaction, replica: replica)
        try transaction.set(member.digest.bytes, for: memberKey)
    }

    static func lastTimestamp(_ store: ReplicaStore) throws -> HybridTimestamp {
        guard let bytes = try store.reader.setting(clockKey) else { return .zero }
        return HybridTimestamp(rawValue: UInt64(bitPattern: try Int64(canonicalBytes: bytes)))
    }

    /// When this node last met an office of its group; nil where that is not known, as in what an older version left. Then the latest time
    /// in its own and others' change sets is the best guess.
    static func contact(_ store: ReplicaStore) throws -> GroupContact? {
        // One that another version kept in another form is as good as none.
        try store.reader.setting(contactKey).flatMap { try? GroupContact(canonicalBytes: $0) }
    }

    static func remember(_ timestamp: HybridTimestamp, in transaction: ReplicaTransaction) throws {
        try transaction.set(Int64(bitPattern: timestamp.rawValue).canonicalBytes, for: clockKey)
    }
}
