public import Causality
public import InboxModel
import ReplicaStore

/// Somebody tried to sign in at another node of the group, a moment ago.
///
/// Told as the audit of that node is merged, so that whoever guesses passwords at every office is slowed down by all of them together. What
/// an office that is cut off saw is told when it is back, if it still counts then.
public struct SignInElsewhere: Hashable, Sendable {
    /// For how long it counts, in milliseconds.
    public static let window: Int64 = 15 * 60_000

    /// Whose account was tried.
    public let staff: StaffID
    /// When, in milliseconds since 1970, by that node's clock and never later than this one's.
    public let at: Int64
    /// Whether it was they.
    public let isRight: Bool
    /// The log of the node that saw it.
    public let replica: ReplicaID

    /// A trial from its parts.
    public init(staff: StaffID, at: Int64, isRight: Bool, replica: ReplicaID) {
        self.staff = staff
        self.at = at
        self.isRight = isRight
        self.replica = replica
    }
}

extension Turn {
    /// Takes note of who tried to sign in where a change set of another node comes from.
    mutating func noteSignIns(of set: ChangeSet) {
        guard set.dot.replica != node.replica else { return }
        for case .audit(let entry) in set.changes where entry.action == .signIn && entry.outcome != .refused {
            // Any number may stand there: no arithmetic with it.
            guard let staff = entry.staff, entry.at > now - SignInElsewhere.window else { continue }
            signIns.append(
                SignInElsewhere(
                    staff: staff, at: min(entry.at, now), isRight: entry.outcome == .done, replica: set.dot.replica))
        }
    }
}
