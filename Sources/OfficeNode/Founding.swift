import Causality
public import ChangeLog
import FoundationEssentials
public import InboxModel
public import ReplicaStore
import SwiftProtobuf
public import Vault
import WireProtocol

/// Making a replica the first of a new group, or one more of a group that exists.
public enum Founding {
    /// Founds a group: writes the genesis record, the first epoch and the founding office into an empty replica.
    ///
    /// - Parameters:
    ///   - store: An empty replica.
    ///   - identity: The founding member's keys.
    ///   - groupName: The practice group's name.
    ///   - name: The member's name, see `Member.isValidName`.
    ///   - office: The founding office, if the node belongs to one; it gets an id.
    ///   - endpoint: `tcp://host:port` where the node can be reached, or empty.
    ///   - recovery: Who can appoint an administrator when the last one is lost.
    ///   - now: Wall time in milliseconds since 1970.
    public static func found(
        _ store: ReplicaStore, identity: MemberIdentity, groupName: String, name: String, office: OfficeProfile?,
        endpoint: String, recovery: RecoverySigners = .none, now: Int64, random: any RandomSource
    ) throws -> GroupID {
        try requireEmpty(store)
        try check(name: name, endpoint: endpoint)
        try recovery.check()
        let epoch = try EpochKey(random: random)
        let officeID = office.map { _ in OfficeID(milliseconds: now, entropy: (random.uint64(), random.uint64())) }
        let founder = Member(
            identity, name: name, kind: .office, office: officeID, endpoint: endpoint, isAdministrator: true)
        let genesis = try RosterCodec.encode(
            Genesis(
                groupName: groupName, nonce: random.bytes(16), administrators: [founder], epoch: epoch.id,
                recoverySigners: recovery.signers.sorted(), recoveryThreshold: recovery.threshold, founded: now))
        let group = GroupID(genesis: genesis)
        let replica = ReplicaID(random.uint64())
        let grant = EpochGrant(
            epoch: epoch.id, member: founder.id,
            sealedKey: try founder.boxKey.seal(epoch.withUnsafeBytes { Array($0) }, random: random))
        try store.write(.full) { transaction in
            try NodeSettings.write(transaction, group: group, genesis: genesis, replica: replica, member: founder.id)
            try transaction.set(try RosterCodec.encode(grant), for: NodeSettings.grantKey)
            try transaction.set(nil, for: NodeSettings.inviterKey)
        }
        let node = try OfficeNode(beginning: store, identity: identity, random: random)
        try node.begin(
            [.genesis(genesis), .replicaStarted(replica, founder.id), .epochGranted(grant)],
            documents: zip([officeID].compactMap { $0 }, [office].compactMap { $0 }).map { .office($0, $1) }, now: now)
        return group
    }

    /// The frame with which the holder of a pre-approved invitation asks for membership; for others see `JoinAttempt`.
    public static func joinFrame(
        _ invitation: Invitation, identity: MemberIdentity, name: String, endpoint: String
    ) throws -> [UInt8] {
        let member = try member(invitation, identity: identity, name: name, endpoint: endpoint)
        return try MembershipFrames.join(member, identity: identity, commitment: nil)
    }

    /// The member that the holder of an invitation asks to become.
    static func member(
        _ invitation: Invitation, identity: MemberIdentity, name: String, endpoint: String
    ) throws -> Member {
        try check(name: name, endpoint: endpoint)
        return Member(
            identity, name: name, kind: invitation.kind, office: invitation.office, endpoint: endpoint,
            isAdministrator: false)
    }

    /// Makes an empty replica one of the group that answered an invitation. Throws `NodeError.Code.invitation` where the answer
    /// is a refusal or not from that group.
    public static func join(
        _ store: ReplicaStore, identity: MemberIdentity, invitation: Invitation, answer: [UInt8], now: Int64,
        random: any RandomSource
    ) throws {
        try requireEmpty(store)
        let welcome = try welcome(answer, to: invitation, identity)
        let genesis = [UInt8](welcome.genesis)
        let replica = ReplicaID(random.uint64())
        try store.write(.full) { transaction in
            try NodeSettings.write(
                transaction, group: invitation.group, genesis: genesis, replica: replica, member: identity.member)
            // A relay is granted no key.
            let isRelay = invitation.kind == .relay
            try transaction.set(isRelay ? nil : [UInt8](welcome.grant), for: NodeSettings.grantKey)
            try transaction.set(isRelay ? [1] : nil, for: NodeSettings.relayKey)
            try transaction.set([UInt8](welcome.inviter), for: NodeSettings.inviterKey)
            try JoinAttempt.forget(transaction)
        }
        let node = try OfficeNode(beginning: store, identity: identity, random: random)
        try node.begin([.replicaStarted(replica, identity.member)], documents: [], now: now)
    }

    /// The answer to an invitation, if it is one and from the node that the invitation names.
    private static func welcome(
        _ answer: [UInt8], to invitation: Invitation, _ identity: MemberIdentity
    ) throws -> Suture_V1_Welcome {
        do {
            let welcome: Suture_V1_Welcome
            switch try Suture_V1_Frame(serializedBytes: answer).kind {
            case .welcome(let message): welcome = message
            case .refused(let refused): throw NodeError(.invitation, "the inviting node refused: \(refused.detail)")
            default: throw NodeError(.invitation, "the inviting node answered something else: use the same version on both")
            }
            guard GroupID(genesis: [UInt8](welcome.genesis)) == invitation.group else {
                throw NodeError(.invitation, "the answer is from another group than the invitation: do not trust it")
            }
            guard try RosterCodec.member([UInt8](welcome.inviter)).curveKey == invitation.inviter else {
                throw NodeError(.invitation, "the answer names another inviting node than the invitation: do not trust it")
            }
            let isRelay = invitation.kind == .relay
            guard try isRelay || RosterCodec.grant([UInt8](welcome.grant)).key(for: identity) != nil else {
                throw NodeError(.invitation, "the answer carries no key for this device: ask for a new invitation")
            }
            return welcome
        } catch let error as NodeError {
            throw error
        } catch {
            throw NodeError(.invitation, "the inviting node's answer is damaged: try again")
        }
    }

    /// Throws unless nothing was founded or joined here. What a crash left half done, before the first change set, is no
    /// hindrance.
    static func requireEmpty(_ store: ReplicaStore) throws(NodeError) {
        if !store.progress.isEmpty {
            throw NodeError(.alreadyFounded, "this replica belongs to a group already: use another data directory")
        }
    }

    private static func check(name: String, endpoint: String) throws {
        guard Member.isValidEndpoint(endpoint) else {
            throw NodeError(.invalid, "an endpoint has the form tcp://host:port and at most \(LogLimits.labelBytesMax) bytes")
        }
        guard Member.isValidName(name) else {
            throw NodeError(
                .invalid, "a member's name has 1 to 40 lower-case letters, digits and hyphens and begins with a letter")
        }
    }
}

extension OfficeNode {
    /// Authors the first change set of this replica.
    fileprivate func begin(_ records: [RosterRecord], documents: [DirectoryDocument], now: Int64) throws {
        let before = state
        do {
            try store.write(.full) { transaction in
                var turn = Turn(node: self, transaction: transaction, now: now)
                var draft = ActionDraft()
                for document in documents { draft.add(.directory(document, context: VersionVector())) }
                _ = try turn.author(draft, by: .system, roster: records)
                try turn.finish()
            }
        } catch {
            state = before
            throw error
        }
    }
}
