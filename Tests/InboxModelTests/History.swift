import Causality
import InboxModel

/// Which clock a change carries as its context: what the author's page showed.
enum PageChoice: Hashable, Sendable {
    /// The page was opened just now.
    case fresh
    /// The page was opened at the replica's last look, however long ago: it may be stale.
    case kept
    /// No page: automation that looks at nothing.
    case blank
}

/// One thing that an action does. Threads are named by their number in the cast.
enum Step: Hashable, Sendable {
    /// A thread's change, as it stands.
    case thread(Int, ThreadChange)
    /// A message from the patient.
    case inbound(Int, Channel)
    /// A message to the patient that answers what the page showed waiting, or everything that the page showed.
    case reply(Int, Channel, answersAll: Bool)
    /// A patient record's change.
    case patient(PatientID, PatientChange)
    /// A version of a directory document.
    case directory(DirectoryDocument)
    /// A change of a newer version.
    case unknown
}

/// One event in a random history.
struct Action: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Replica `to` receives everything that replica `from` has.
        case sync(from: Int, to: Int)
        /// Somebody at `replica` opens the pages of a thread, or of everything else.
        case look(replica: Int, thread: Int?)
        /// Somebody at `replica` acts: one change set.
        case act(replica: Int, actor: Actor, page: PageChoice, steps: [Step])
    }

    /// True time of the event in milliseconds. Clocks of replicas differ from it.
    let moment: Int64
    var kind: Kind
}

/// How a replica's wall clock stands to true time.
enum WallClock: Hashable, Sendable {
    case off(by: Int64)
    case frozen(at: Int64)
    case backward(from: Int64)

    func reading(at moment: Int64) -> Int64 {
        switch self {
        case .off(let offset): moment + offset
        case .frozen(let reading): reading
        case .backward(let start): start - moment % 1_000_000
        }
    }
}

/// Everything that decides a run: replayed, it gives the same change sets.
struct History: Sendable {
    /// What the history was drawn from; also seeds the delivery orders it is checked with.
    let seed: UInt64
    let clocks: [WallClock]
    var actions: [Action]
}

extension History: CustomStringConvertible {
    var description: String {
        let header = "\(clocks.count) replicas, seed \(seed)"
        return Cast.readable(([header] + actions.map { "  \($0)" }).joined(separator: "\n"))
    }
}

extension Action: CustomStringConvertible {
    var description: String {
        switch kind {
        case .sync(let from, let to): "replica \(to) receives all that replica \(from) has"
        case .look(let replica, let thread?): "replica \(replica) opens the page of thread\(thread)"
        case .look(let replica, nil): "replica \(replica) opens the pages of patients and directory"
        case .act(let replica, let actor, let page, let steps):
            "replica \(replica), \(actor), \(page) page: \(steps.map { "\($0)" }.joined(separator: "; "))"
        }
    }
}
