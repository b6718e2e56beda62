public import ChangeLog
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
        // What was to last is durable by then, and a handle that cannot be closed goes with the process.
        defer { try? store.close() }
        _ = try Founding.found(
            store, identity: identity, groupName: groupName, name: name, office: office?.profile, endpoint: endpoint,
            recovery: recovery, now: WallClock.now(), random: SystemRandomSource())
    }

    /// Joins the group that `invitation` is from: asks the inviting node over CURVE with the invitation's single-use key, and
    /// makes the replica of `dataDirectory`, whose key is kept as `keeping` says, one of its group.
    ///
    /// Unless the invitation is pre-approved, the device must be let in by an administrator who has compared codes. Joining that was
    /// cut short, or for which nobody had time, goes on where it was when this is called again.
    ///
    /// - Parameters:
    ///   - timeout: How long to try to reach the inviting node.
    ///   - patience: How long to wait for the administrator.
    ///   - onCode: Is told the code to show; on this thread.
    /// - Throws: `NodeServiceError.Code.timedOut` where the time ran out, what `JoinAttempt` throws where the node refuses.
    public static func join(
        dataDirectory: String, invitation: Invitation, name: String, endpoint: String, timeout: Duration = .seconds(20),
        patience: Duration = .seconds(600), keeping: DataFolder.Choice = .none, passphrase: DataFolder.PassphraseSource? = nil,
        onCode: (JoinCode) -> Void = { _ in }
    ) throws {
        guard WallClock.now() <= invitation.expires else {
            throw NodeServiceError(.configuration, "the invitation has expired: ask for a new one")
        }
        let folder = try DataFolder.prepare(dataDirectory, keeping, passphrase: passphrase)
        let identity = try MemberIdentity(folder.identityFile.loadOrCreate())
        let store = try folder.openStore()
        // What was to last is durable by then, and a handle that cannot be closed goes with the process.
        defer { try? store.close() }
        var attempt = try JoinAttempt(
            store, invitation: invitation, identity: identity, name: name, endpoint: endpoint, random: SystemRandomSource())
        let answer = try ask(&attempt, timeout: timeout, patience: patience, onCode: onCode)
        try Founding.join(
            store, identity: identity, invitation: invitation, answer: answer, now: WallClock.now(),
            random: SystemRandomSource())
    }

    /// Sends what the attempt has to say until the inviting node lets the device in.
    private static func ask(
        _ attempt: inout JoinAttempt, timeout: Duration, patience: Duration, onCode: (JoinCode) -> Void
    ) throws -> [UInt8] {
        let invitation = attempt.invitation
        let answers = JoinAnswers()
        guard let own = CurveKey(try invitation.key), let inviter = CurveKey(invitation.inviter) else {
            throw NodeServiceError(.configuration, "the invitation's keys are unusable: ask for a new one")
        }
        let transport = try ZeroMQTransport(
            configuration: TransportConfiguration(secretKey: invitation.secret, publicKey: own, bindEndpoint: nil)
        ) { event in
            if case .frame(inviter, let bytes) = event { answers.put(bytes) }
        }
        defer { transport.stop() }
        transport.admit([inviter])
        try transport.connect(to: inviter, endpoint: invitation.endpoint)
        let clock = ContinuousClock()
        var deadline = clock.now + timeout
        var isHeard = false
        if let code = attempt.code { onCode(code) }
        while clock.now < deadline {
            transport.send(try attempt.frame, to: inviter)
            guard let bytes = answers.take(milliseconds: 1000) else { continue }
            if !isHeard { deadline = clock.now + patience }
            isHeard = true
            switch try attempt.receive(bytes) {
            case .compare(let code): onCode(code)
            case .welcome(let answer): return answer
            case .wait, .nothing:
                // It is asked again once a second, and not at once: an administrator takes their time.
                if let early = answers.take(milliseconds: 1000), case .welcome(let answer) = try attempt.receive(early) {
                    return answer
                }
            }
        }
        throw isHeard ? notDecided : unreachable(invitation)
    }

    private static let notDecided = NodeServiceError(
        .timedOut,
        "no administrator has let this device in yet: run the same command again to go on waiting; the code stays the same")

    private static func unreachable(_ invitation: Invitation) -> NodeServiceError {
        NodeServiceError(
            .timedOut,
            """
            the inviting node at \(invitation.endpoint) did not answer: is it running and reachable? An invitation that was altered, \
            or ended more than a day ago, gets no answer either
            """)
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
