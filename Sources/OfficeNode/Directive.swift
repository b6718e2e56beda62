public import Causality
public import Causality
public import ChangeLog
public import InboxModel
public import Vault

/// What a node asks its shell to do. Directives come out only after their transaction is durable, in order.
public enum Directive: Sendable {
    /// Send a frame to the peer of that key.
    case send(CurvePublicKey, [UInt8])
    /// Answer the command of that id.
    case answer(UInt64, Result<CommandOutcome, CommandRefusal>)
    /// Let exactly these keys in.
    case admit([CurvePublicKey])
    /// Keep connections to exactly these peers.
    case connect([PeerAddress])
    /// Tell the run preparer what was committed.
    case prepared([LogHead])
    /// Tell the run preparer about a changed roster.
    case replaceKeys(VerificationKeys)
    /// Tell the run preparer that runs it verified were not committed.
    case rewindPreparer
    /// These threads changed: pages that show them are out of date.
    case changed([ThreadID])
    /// People tried to sign in at other nodes: whoever counts failures counts these too.
    case signInsElsewhere([SignInElsewhere])
    /// Somebody must be told something.
    case notice(Notice)
    /// Something went wrong that an operator should know of.
    case warning(NodeWarning)
    /// There is more to do: send a tick at once.
    case wake
}

/// Where a peer can be reached.
public struct PeerAddress: Hashable, Sendable {
    /// The member's name.
    public let name: String
    /// The key it must have.
    public let key: CurvePublicKey
    /// `tcp://host:port`, or empty where it can only come to us.
    public let endpoint: String
}

/// Something that people must be told: two offices acted at the same time, or a machine is not what it was.
public enum Notice: Hashable, Sendable {
    /// Several people own a thread. All claimants are to be told.
    case contested(ThreadID, claimants: [Owner])
    /// Two replies went out to one patient message.
    case answeredTwice(ThreadID)
    /// A thread was filed under two categories.
    case filedTwice(ThreadID)
    /// A message arrived that the resolver had not seen.
    case unseenByResolver(ThreadID)
    /// A contested thread was settled.
    case settled(ThreadID, owner: Owner)
    /// Somebody was asked to take a thread.
    case offered(ThreadID, to: Owner)
    /// A device waits to be let in: an administrator is to compare codes with whoever sits before it.
    case deviceWaits(member: String)
    /// A member that had a log began a new one: its machine was restored, copied or rolled back. Administrators are to be told.
    /// `reason` is known at that member's own node.
    case newReplica(member: String, ReplicaID, reason: NewReplicaReason?)
    /// Two histories of a member's log were found, which part after that change set: its disk was copied or put back, or somebody has its
    /// keys. Administrators are to be told which machine that is.
    case forked(member: String, ReplicaID, after: UInt64)
}

/// Something that an operator should know of. Never patient content.
public struct NodeWarning: Hashable, Sendable, CustomStringConvertible {
    /// A short code for counting.
    public let code: String
    /// What was noticed, about whom, and what to do.
    public let message: String

    /// A warning from its parts.
    public init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code): \(message)" }
}
