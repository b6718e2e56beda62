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
    static let invitationPrefix = "invitation:"

    let group: GroupID
    let genesis: [UInt8]
    let replica: ReplicaID
    let member: MemberID

    init(_ store: ReplicaStore) throws {
        guard let group = try store.reader.setting(Self.groupKey),
            let genesis = try store.reader.setting(Self.genesisKey),
            let replica = try store.reader.setting(Self.replicaKey),
            let member = try store.reader.setting(Self.memberKey)
        else { throw NodeError.notFounded }
        self.group = GroupID(try Digest(copying: group))
        self.genesis = genesis
        guard let id = ReplicaID(hexadecimal: String(decoding: replica, as: UTF8.self)) else {
            throw NodeError(.inconsistent, "the replica's own id is unreadable: restore it from a backup")
        }
        self.replica = id
        self.member = MemberID(try Digest(copying: member))
    }

    static func write(
        _ transaction: ReplicaTransaction, group: GroupID, genesis: [UInt8], replica: ReplicaID, member: MemberID
    ) throws {
        try transaction.set(group.digest.bytes, for: groupKey)
        try transaction.set(genesis, for: genesisKey)
        try transaction.set(Array(replica.description.utf8), for: replicaKey)
        try transaction.set(member.digest.bytes, for: memberKey)
    }

    static func lastTimestamp(_ store: ReplicaStore) throws -> HybridTimestamp {
        guard let bytes = try store.reader.setting(clockKey) else { return .zero }
        return HybridTimestamp(rawValue: UInt64(bitPattern: try Int64(canonicalBytes: bytes)))
    }

    static func remember(_ timestamp: HybridTimestamp, in transaction: ReplicaTransaction) throws {
        try transaction.set(Int64(bitPattern: timestamp.rawValue).canonicalBytes, for: clockKey)
    }
}
