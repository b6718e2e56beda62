import Causality
import InboxModel
import OfficeNode

/// What a turn asked for, as far as it is checked.
struct TurnOutcome {
    var heads: [LogHead] = []
    /// Change sets that were answered to whoever asked for them.
    var answered: [Dot] = []
    var refusals: [CommandRefusal] = []
    var changed: [ThreadID] = []
    /// Threads that people were told are contested, with the claimants named.
    var contested: [(thread: ThreadID, claimants: [Owner])] = []
    var warnings: [NodeWarning] = []

    init(_ directives: [Directive]) {
        for directive in directives {
            switch directive {
            case .prepared(let heads): self.heads += heads
            case .answer(_, .success(let outcome)): if let dot = outcome.dot { answered.append(dot) }
            case .answer(_, .failure(let refusal)): refusals.append(refusal)
            case .changed(let threads): changed += threads
            case .notice(.contested(let thread, let claimants)): contested.append((thread, claimants))
            case .warning(let warning): warnings.append(warning)
            case .send, .admit, .connect, .replaceKeys, .rewindPreparer, .signInsElsewhere, .notice, .wake: break
            }
        }
    }
}
