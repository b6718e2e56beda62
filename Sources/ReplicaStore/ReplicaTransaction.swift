public import Causality
public import InboxModel

/// One transaction on the replica's database, valid inside the `write` that made it.
///
/// Ordering duties: append before merge; merge each log in its order, and a change set after those its author had
/// seen. Reads in a transaction see what it has done so far.
public final class ReplicaTransaction {
    let working: WorkingSet
    /// Threads whose state is ahead of their row.
    var dirtyThreads: [CachedThread] = []
    /// Timeline rows that wait for the end of the transaction.
    var steps: [PendingStep] = []
    /// Threads touched, in the order of first touch, with how they stood before.
    private var touches: [(thread: CachedThread, before: ThreadSummary?)] = []
    private var touchPositions: [IDWords: Int] = [:]
    var patients: [PatientID: PatientState] = [:]
    var dirtyPatients: Set<PatientID> = []
    var touchedPatientIDs: Set<PatientID> = []
    var touchedDocumentIDs: [DocumentID] = []
    /// Whether everything that follows from the log was emptied.
    var hasEmptied = false
    /// Whether contents of the log were replaced or have another name.
    var hasDestroyed = false
    /// Whether documents of the directory may be others than before.
    var hasChangedDirectory: Bool { hasEmptied || !touchedDocumentIDs.isEmpty }
    /// The counters as the tables hold them.
    var countersStored: WorkingSet.Counters
    private var isOpen = true
    /// Set while a change set is half applied; stays set when that fails, so that a caller who goes on cannot commit
    /// the half.
    var isHalfApplied = false

    init(_ working: WorkingSet) {
        self.working = working
        countersStored = working.counters
    }

    // MARK: Progress

    /// How far every log is received, merged and indexed, ascending by replica.
    public func progress() -> [ReplicaProgress] { working.replicas.progress }

    /// How far the log of `replica` is held.
    public func head(of replica: ReplicaID) -> LogHead {
        working.replicas.position(of: replica).map { working.replicas[$0].received } ?? LogHead(empty: replica)
    }

    /// How far the log of `replica` is merged.
    public func merged(of replica: ReplicaID) -> UInt64 {
        working.replicas.position(of: replica).map { working.replicas[$0].merged } ?? 0
    }

    // MARK: What changed

    /// The threads that the transaction changed so far, in the order of their first change.
    public var touched: [TouchedThread] {
        touches.map { touch in
            let state = touch.thread.state
            let after = ThreadSummary(status: state.status, flags: state.flags, owner: state.owner)
            return TouchedThread(id: touch.thread.id, before: touch.before, after: after)
        }
    }

    /// The patients that the transaction changed so far. Ascending.
    public var touchedPatients: [PatientID] { touchedPatientIDs.sorted() }

    /// The directory documents that the transaction changed so far, in the order of their first change.
    public var touchedDocuments: [DocumentID] { touchedDocumentIDs }

    var touchedThreadIDs: [ThreadID] { touches.map(\.thread.id) }
    var touchedThreads: [CachedThread] { touches.map(\.thread) }

    /// Remembers how a thread stood before its first change in this transaction.
    func noteTouch(_ thread: CachedThread) {
        guard thread.touchedIn != working.transaction else { return }
        thread.touchedIn = working.transaction
        let words = IDWords(thread.id)
        if let position = touchPositions[words] {
            // It left the cache and came back as another object within the transaction.
            touches[position].thread = thread
        } else {
            touchPositions[words] = touches.count
            touches.append((thread: thread, before: thread.stored?.summary))
        }
    }

    /// Forgets what was touched, because the tables were emptied.
    func forgetTouches() {
        touches = []
        touchPositions = [:]
    }

    // MARK: The end

    /// Writes everything that memory is ahead with. Before the commit.
    func finish() throws {
        try requireOpen()
        if isHalfApplied {
            throw ReplicaStoreError(.inconsistent, "A change set was applied in part; the transaction cannot be kept.")
        }
        try flush()
        isOpen = false
    }

    /// After this the transaction refuses everything.
    func invalidate() { isOpen = false }

    func requireOpen() throws {
        if !isOpen { throw ReplicaStoreError(.inconsistent, "The transaction is over; use it inside `write` only.") }
    }

    func flush() throws {
        try flushThreads()
        try working.rows.addPatientThreads()
        try flushPatients()
        try working.offices.flush(to: working.connection)
        try working.staff.flush(to: working.connection)
        try working.queues.flush(to: working.connection)
        try working.categories.flush(to: working.connection)
        try working.accounts.flush(to: working.connection)
        try working.tokens.flush(to: working.connection)
        try working.authorities.flush(to: working.connection)
        try working.replicas.flush(to: working.connection)
        if working.counters.messages != countersStored.messages { try write(working.counters.messages, to: SettingKey.messages) }
        if working.counters.unknownChanges != countersStored.unknownChanges {
            try write(working.counters.unknownChanges, to: SettingKey.unknownChanges)
        }
    }

    private func write(_ counter: UInt64, to key: String) throws {
        try set(withUnsafeBytes(of: counter.bigEndian) { Array($0) }, for: key)
    }
}

/// A timeline row that waits for the end of the transaction, where rows are inserted in the order of their key.
struct PendingStep {
    let thread: Int64
    let time: Int64
    let key: LogKey
    var kinds: TimelineKinds
}
