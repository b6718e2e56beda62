import Causality
import ChangeLog
import Vault

/// One member's keys.
final class TestMember {
    let keys: SigningKeyPair
    let id: MemberID
    let replica: ReplicaID

    init(_ index: Int, seed: UInt64) throws {
        let random = SeededRandomSource(seed: seed, stream: "member \(index)")
        keys = try SigningKeyPair(random: random)
        id = MemberID(signingKey: keys.publicKey)
        replica = ReplicaID(random.uint64())
    }
}

/// A group: its members, its epoch's key, and where its random bytes come from.
struct TestGroup {
    let id: GroupID
    let members: [TestMember]
    let epoch: EpochKey
    let random: SeededRandomSource

    init(_ count: Int, seed: UInt64 = 1) throws {
        random = SeededRandomSource(seed: seed, stream: "group")
        id = GroupID(genesis: random.bytes(40))
        members = try (0..<count).map { try TestMember($0, seed: seed) }
        epoch = try EpochKey(random: random)
    }

    var keys: VerificationKeys {
        VerificationKeys(
            authors: Dictionary(uniqueKeysWithValues: members.map { ($0.replica, $0.id) }),
            signingKeys: Dictionary(uniqueKeysWithValues: members.map { ($0.id, $0.keys.publicKey) }),
            epochs: [epoch.id: epoch])
    }

    /// The same keys without one member: as before it was admitted.
    func keys(without member: Int) -> VerificationKeys {
        var keys = keys
        keys.authors[members[member].replica] = nil
        keys.signingKeys[members[member].id] = nil
        return keys
    }
}
