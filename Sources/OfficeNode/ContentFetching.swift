import Causality
import ChangeLog
import InboxModel
import SyncEngine

/// Getting back what a laptop let go. One request at a time, for one thread; what is lost on the way is asked for again.
struct ContentFetching: Sendable {
    /// What a peer was asked for.
    struct Request: Sendable {
        let peer: MemberID
        let names: Set<ContentName>
        /// In milliseconds since 1970.
        let sentAt: Int64
    }

    /// How long an answer may take, in milliseconds, before another member is asked.
    static let patience: Int64 = 10_000

    /// The threads whose contents are wanted, the one that is being fetched included.
    private(set) var wanted: Set<ThreadID> = []
    /// Which one is being fetched.
    private(set) var thread: ThreadID?
    private(set) var request: Request?
    /// Who could not give more of that thread.
    private(set) var tried: Set<MemberID> = []
    /// How many requests in a row were not answered: frames are lost, and so are offices.
    private(set) var silences = 0
    /// How many of them are enough to leave it for the next pass.
    static let silencesMax = 8

    mutating func want(_ thread: ThreadID) { wanted.insert(thread) }

    /// The thread to fetch now.
    mutating func next() -> ThreadID? {
        if thread == nil { thread = wanted.min() }
        return thread
    }

    /// The peer was asked.
    mutating func ask(_ request: Request) { self.request = request }

    /// What the request brought has been taken. `gave` is whether it was anything.
    mutating func answered(gave: Bool) {
        if !gave, let request { tried.insert(request.peer) }
        request = nil
        silences = 0
    }

    /// No answer came in time.
    mutating func missed() {
        request = nil
        silences += 1
    }

    /// Whom of `holders` to ask now: another one after each silence. Nil where none of them could give more, or none answers.
    func choose(among holders: [MemberID]) -> MemberID? {
        let left = holders.filter { !tried.contains($0) }
        return left.isEmpty || silences >= Self.silencesMax ? nil : left[silences % left.count]
    }

    /// There is no more to get of the thread now.
    mutating func end() {
        if let thread { wanted.remove(thread) }
        thread = nil
        request = nil
        tried = []
        silences = 0
    }

    /// Whether an answer is waited for that should have come by `now`.
    func isOverdue(at now: Int64) -> Bool {
        guard let request else { return false }
        let (passed, overflow) = now.subtractingReportingOverflow(request.sentAt)
        return overflow || passed.magnitude >= Self.patience.magnitude
    }
}
