import InboxModel
public import OfficeNode
import ReplicaStore
import Synchronization
import Vault
import ZeroMQTransport

/// Making the node of a data directory: the first of a group, or one more by invitation.
public enum Joining {
    /// Founds a group in `dataDirectory`, whose key is kept as `keeping` says.
    public static func found(
        dataDirectory: String, groupName: String, name: String, office: OfficeFounding?, endpoint: String,
        recovery: RecoverySigners = .none, keeping: DataFolder.Choice = .none, passphrase: DataFolder.PassphraseSource? = nil
    ) throws {
        let folder = try DataFolder.prepare(dataDirectory, keeping, passphrase: passphrase)
        let identity = try MemberIdentity(folder.identityFile.loadOrCreate())
        let store = try folder.openStore()
        defer { try? store.close() }
        _ = try Founding.found(
            store, identity: identity, groupName: groupName, name: name, office: office?.profile, endpoint: endpoint,
            recovery: recovery, now: WallClock.now(), random: SystemRandomSource())
    }

    /// Joins the group that `invitation` is from: asks the inviting node over CURVE with the invitation's single-use key, and
    /// makes the replica of `dataDirectory`, whose key is kept as `keeping` says, one of its group. Bounded by `timeout`.
    public static func join(
        dataDirectory: String, invitation: Invitation, name: String, endpoint: String, timeout: Duration = .seconds(20),
        keeping: DataFolder.Choice = .none, passphrase: DataFolder.PassphraseSource? = nil
    ) throws {
        guard WallClock.now() <= invitation.expires else {
            throw NodeServiceError(.configuration, "the invitation has expired: ask for a new one")
        }
        let folder = try DataFolder.prepare(dataDirectory, keeping, passphrase: passphrase)
        let identity = try MemberIdentity(folder.identityFile.loadOrCreate())
        let store = try folder.openStore()
        defer { try? store.close() }
        let request = try Founding.joinFrame(invitation, identity: identity, name: name, endpoint: endpoint)
        let answer = try ask(request, invitation: invitation, timeout: timeout)
        try Founding.join(
            store, identity: identity, invitation: invitation, answer: answer, now: WallClock.now(),
            random: SystemRandomSource())
    }

    /// Sends `request` to the inviting node until it answers.
    private static func ask(_ request: [UInt8], invitation: Invitation, timeout: Duration) throws -> [UInt8] {
        let answer = FirstAnswer()
        guard let own = CurveKey(try invitation.key), let inviter = CurveKey(invitation.inviter) else {
            throw NodeServiceError(.configuration, "the invitation's keys are unusable: ask for a new one")
        }
        let transport = try ZeroMQTransport(
            configuration: TransportConfiguration(secretKey: invitation.secret, publicKey: own, bindEndpoint: nil)
        ) { event in
            if case .frame(inviter, let bytes) = event { answer.put(bytes) }
        }
        defer { transport.stop() }
        transport.admit([inviter])
        try transport.connect(to: inviter, endpoint: invitation.endpoint)
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while clock.now < deadline {
            transport.send(request, to: inviter)
            if let bytes = answer.wait(milliseconds: 1000) { return bytes }
        }
        throw NodeServiceError(
            .timedOut,
            "the inviting node at \(invitation.endpoint) did not answer: is it running and reachable, and was the invitation used already?"
        )
    }
}

/// The office that a founding node belongs to.
public struct OfficeFounding: Sendable {
    let profile: OfficeProfile

    /// An office of that key, name and IANA time zone.
    public init(key: String, name: String, timeZone: String) {
        profile = OfficeProfile(key: key, name: name, timeZone: timeZone)
    }
}
