public import Causality
public import ChangeLog

/// What the node is to do, in this order.
public enum SyncAction: Sendable {
    /// Send this frame to this member. It may be lost: the engine asks again.
    case send(MemberID, [UInt8])
    /// The run connects to the log as accepted so far: commit it, in the order of these actions, then call
    /// `SyncEngine.committed`; or, where that is impossible, `SyncEngine.declined`. Given once for each change set, unless an
    /// earlier one of its log was declined.
    case accept(VerifiedRun, from: MemberID, byteCount: Int)
    /// Branches of one log, as serialized `Branch`es: with what is held of it they may prove a fork. Where they do, divide the log and
    /// call `SyncEngine.forked`.
    case branches([[UInt8]], from: MemberID)
    /// A member asks for contents that it let go: answer with `SyncEngine.give`.
    case contentsWanted([ContentName], from: MemberID)
    /// Contents came, perhaps those that were asked for with `SyncEngine.fetch`. To be verified before anything of them is used.
    case contents([FetchedContent], from: MemberID)
    /// Something for the log and perhaps an administrator. No content.
    case warning(SyncWarning)
}

/// Something a peer did that is not as it should be. Names members and logs, never content. A peer that gives cause for more than
/// `SyncConfiguration.warningsMax` in a second is not reported further in that second; `PeerStatus.faults` counts on.
public enum SyncWarning: Hashable, Sendable, CustomStringConvertible {
    /// The peer holds another change set of the same name: a cloned disk or a restored backup. That log is not exchanged with the peer
    /// until the two have shown each other where their histories part; everything else is.
    case forkSuspected(MemberID, Dot, theirTag: UInt32, ourTag: UInt32)
    /// The peer holds more of our own log than we do: this node was restored from a backup, or cloned. It must start a new
    /// replica.
    case ownLogAhead(MemberID, Dot)
    /// The peer greets now as one of its replicas and now as another: two machines run with one identity.
    case runsTwice(MemberID)
    /// The peer sent a run that is damaged, forged or of another history; the log, where the run could be read that far.
    case invalidRun(MemberID, ReplicaID?, reason: String)
    /// The peer sent something that does not follow the protocol; it was dropped.
    case malformed(MemberID, String)
    /// The peer is not one to exchange anything with: other group, version or member than it should be.
    case foreign(MemberID, String)
    /// The peer refused something that we sent.
    case refused(by: MemberID, String)
    /// The peer sent more than it had credit for; the run was dropped.
    case overCredit(MemberID, byteCount: Int)
    /// The relay holds less of a log than it showed before: it had come to the first number, and has come to the second; so it is
    /// with `logCount` logs. Either it began a new life, as after it was restored, or it was put back unnoticed or lies.
    case holdsLess(MemberID, beganAnew: Bool, Dot, held: UInt64, logCount: Int)
    /// The relay told a member that it holds a change set, and tells us, ten minutes later, that it holds the log up to a lower number;
    /// so it is with `logCount` logs.
    case keepsBack(MemberID, told: MemberID, Dot, held: UInt64, logCount: Int)
    /// A frame could not be encoded, and was not sent.
    case notEncoded(MemberID)

    /// Whether it says that the log `replica` is not what we hold. The first of our own log is acted on, and so is never left out.
    func concerns(log replica: ReplicaID) -> Bool {
        switch self {
        case .ownLogAhead(_, let dot), .forkSuspected(_, let dot, _, _): dot.replica == replica
        default: false
        }
    }

    /// What happened and with whom.
    public var description: String {
        switch self {
        case .forkSuspected(let member, let dot, let theirs, let ours):
            "fork suspected: member \(member.short) holds another change set \(dot) (\(theirs) there, \(ours) here); "
                + "was a disk cloned or a backup restored?"
        case .ownLogAhead(let member, let dot):
            "member \(member.short) holds \(dot) of our own log, which we do not: this node must start a new replica"
        case .runsTwice(let member):
            "member \(member.short) seems to run on two machines at once: it writes to one log and then to another; stop the copy, "
                + "and join it as a member of its own"
        case .invalidRun(let member, _, let reason): "member \(member.short): \(reason)"
        case .malformed(let member, let what): "member \(member.short) sent \(what)"
        case .foreign(let member, let what): "member \(member.short) was refused: \(what)"
        case .refused(let member, let what): "member \(member.short) refused us: \(what)"
        case .overCredit(let member, let byteCount):
            "member \(member.short) sent a run of \(byteCount) bytes beyond its credit"
        case .holdsLess(let member, let beganAnew, let dot, let held, let count):
            "relay \(member.short) held \(dot) and now holds \(held) of that log, and less than before of \(count) in all"
                + (beganAnew ? "; it began a new life" : "")
        case .keepsBack(let member, let witness, let dot, let held, let count):
            "relay \(member.short) told member \(witness.short) that it holds \(dot), and tells us \(held); so of \(count) logs"
        case .notEncoded(let member): "a frame for member \(member.short) could not be encoded"
        }
    }
}
