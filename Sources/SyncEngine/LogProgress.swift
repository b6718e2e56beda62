import Causality
import ChangeLog

/// How far one log is held.
struct LogProgress: Sendable {
    /// As committed.
    var committed: LogHead
    /// With what the brain has in its hands.
    var accepted: LogHead
    /// The peer that is asked for what comes next.
    var wantedFrom: MemberID?

    init(_ head: LogHead) {
        committed = head
        accepted = head
    }
}
