import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

extension BrainState {
    /// The state of a node that goes on from what its replica holds.
    init(
        settings: NodeSettings, store: ReplicaStore, identity: MemberIdentity, configuration: SyncConfiguration
    ) throws {
        forks = LogForks(try store.reader.settings(prefix: LogForks.settingPrefix))
        roster = Roster(group: settings.group, forks: forks)
        guard roster.found(settings.genesis) else {
            throw NodeError(.inconsistent, "the genesis record does not found this group: restore the replica from a backup")
        }
        roster.apply(try store.reader.roster().map { try RosterOperation($0) })
        if let bytes = try store.reader.setting(NodeSettings.inviterKey) { roster.expect(try RosterCodec.member(bytes)) }
        epochs = [:]
        isRelay = try store.reader.setting(NodeSettings.relayKey) != nil
        let progress = store.progress
        replica = settings.replica
        let own = progress.first { $0.replica == settings.replica }?.received ?? LogHead(empty: settings.replica)
        newReplica = try settings.newReplica(own: own, isEmpty: progress.isEmpty, store: store)
        sealer = ChangeSetSealer(group: settings.group, head: own)
        engine = SyncEngine(
            group: settings.group, member: identity.member, replica: settings.replica, heads: progress.map(\.received),
            forks: forks.known, configuration: configuration)
        clock = HybridClock(last: try NodeSettings.lastTimestamp(store))
        announced = VersionVector()
        contactKept = try NodeSettings.contact(store)
        contact = contactKept ?? GroupContact(since: clock.last.milliseconds)
        invitations = [:]
        for (key, value) in try store.reader.settings(prefix: NodeSettings.invitationPrefix) {
            let name = String(key.dropFirst(NodeSettings.invitationPrefix.count))
            guard let bytes = Hexadecimal.bytes(of: name) else { continue }
            // One that an older version kept in another form is worth less than a node that starts.
            guard let record = try? InvitationRecord(canonicalBytes: value) else { continue }
            invitations[try CurvePublicKey(copying: bytes)] = record
        }
        hasBacklog = progress.contains { $0.merged < $0.received.sequence }
        if let bytes = try store.reader.setting(NodeSettings.grantKey) {
            open(try RosterCodec.grant(bytes), identity: identity)
        }
        takeGrants(identity: identity)
        sealed = SealedTable(try store.reader.setting(SealedTable.settingKey), logs: progress)
        logClocks = try LogClocks(store.reader, without: sealed, group: settings.group, epochs: epochs, forks: forks)
        announced = logClocks[replica].numbers
        unacknowledgedSince = oldestUnacknowledged(progress)
        purges.add(try store.reader.purgedThreads())
        holding = PartialHolding(try store.reader.settings(prefix: ThreadHolding.settingPrefix))
        holding.isDirty = try store.reader.setting(PartialHolding.dirtyKey) != nil
        if holding.isDirty { purges.soil() }
        toldRemovals = Set(roster.former.map(\.member.id))
        watchRelays()
        engine.seal(sealed.sorted)
    }

    /// Takes the keys that the roster grants to this node, and chooses the epoch to write with.
    mutating func takeGrants(identity: MemberIdentity) {
        for grant in roster.grants { open(grant, identity: identity) }
        // Concurrent rotations coexist; the lower hash is used for writing. An epoch that the roster does not know yet is that of the
        // answer to an invitation.
        writing = roster.writableEpochs.first { epochs[$0] != nil } ?? epochs.keys.filter { roster.epochTimes[$0] == nil }.min()
    }

    /// Takes the key of a grant that is for this node; others are not readable and not for us.
    private mutating func open(_ grant: EpochGrant, identity: MemberIdentity) {
        guard epochs[grant.epoch] == nil, let key = grant.key(for: identity) else { return }
        epochs[key.id] = key
        rosterChanged = true
    }

    /// What the run preparer needs.
    var verificationKeys: VerificationKeys {
        VerificationKeys(authors: roster.authors, signingKeys: roster.signingKeys, epochs: epochs, origins: forks.origins)
    }

    /// Whom to let in and whom to connect to.
    func membershipDirectives(of node: OfficeNode) -> [Directive] {
        let peers = roster.reachable.filter { $0.id != node.member }
        let keys = (peers.map(\.curveKey) + invitations.keys).sorted()
        let addresses = peers.map { PeerAddress(name: $0.name, key: $0.curveKey, endpoint: $0.endpoint) }
        return [.admit(keys), .connect(addresses), .replaceKeys(verificationKeys)]
    }
}

extension EpochGrant {
    /// The key, or nil where the grant is for somebody else, damaged, or of another key than it says.
    func key(for identity: MemberIdentity) -> EpochKey? {
        // A grant that does not open is one for somebody else, or nobody: there is nothing more to say about it.
        guard member == identity.member, var bytes = try? identity.box.open(sealedKey) else { return nil }
        defer { SecretMemory.wipe(&bytes) }
        guard let key = bytes.withUnsafeBytes({ try? EpochKey(copying: $0) }), key.id == epoch else { return nil }
        return key
    }
}
