import Causality
import InboxModel
import PlainInbox

/// The plain fold of what a component has merged, from the ledger. Keeps the last one, to which later moments mostly only add.
struct ComponentFold {
    private(set) var inbox = PlainInbox()
    /// What it holds.
    private var clock = VersionVector()
    /// Whether it holds the first history of every log and nothing else, and so can be added to.
    private var isPlain = true
    /// What the threads show, with how many change sets there were of each.
    private var shown: [ThreadID: (count: Int, value: ShownThread)] = [:]
    /// On how many change sets each thread's history was compared with its page.
    var pagesChecked: [ThreadID: Int] = [:]

    /// Makes it the fold of the logs that end with `heads`, without the change sets that were set aside. Returns false where the
    /// ledger does not know one of them.
    mutating func update(to logs: [NamedLog], without setAside: Set<Dot>, from ledger: Ledger) -> Bool {
        let target = VersionVector(logs.map { VersionVector.Entry($0.head.replica, $0.head.sequence) })
        let isPlainNow = setAside.isEmpty && logs.allSatisfy { !ledger.forked.contains(ledger.origin(of: $0.head.replica)) }
        if !isPlain || !isPlainNow || !target.dominates(clock) { self = ComponentFold() }
        guard let histories = NamedHistories(logs, ledger: ledger) else {
            self = ComponentFold()
            return false
        }
        for log in logs.sorted(by: { $0.head.replica < $1.head.replica }) {
            for entry in histories.entries(of: log, after: clock[log.head.replica]) where !setAside.contains(entry.dot) {
                inbox.add(entry.set)
            }
        }
        clock = target
        isPlain = isPlainNow
        return true
    }

    /// What a thread shows.
    mutating func shownThread(_ id: ThreadID) -> ShownThread {
        let count = inbox.count(of: .thread(id))
        if let known = shown[id], known.count == count { return known.value }
        let value = inbox.thread(id).shown
        shown[id] = (count, value)
        return value
    }
}
