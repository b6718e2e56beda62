public import Causality
public import ChangeLog
import InboxModel
public import ReplicaStore
import Vault

/// Reads the inbox for pages and commands: list, thread, search, people. Never waits for a merge.
///
/// Content is opened here, when somebody looks at it, with the keys the node had when the reader was made.
public struct InboxReader: Sendable {
    /// Queries over the replica's tables.
    public private(set) var store: ReplicaReader
    /// The group.
    public let group: GroupID
    let epochs: [EpochID: EpochKey]
    let forks: LogForks
    /// Whose texts are kept back from whoever reads; nil where nobody's are.
    private(set) var withholds: (@Sendable (ThreadState) -> Bool)?
    /// Whether whoever reads is from outside the practice: of a thread they see what was said, and not how the practice works on it.
    public private(set) var isForOutside = false
    /// What stands in the place of a text that is kept back.
    private(set) var note = InboxReader.withheld

    init(store: ReplicaReader, group: GroupID, epochs: [EpochID: EpochKey], forks: LogForks) {
        self.store = store
        self.group = group
        self.epochs = epochs
        self.forks = forks
    }

    /// The same inbox as one person may see it: a thread whose texts they may not read comes with a note in the place of each, and is not
    /// found by its words; to somebody from outside the practice a thread comes without what only the practice needs. It is decided here,
    /// so that no page, list or search can forget to.
    public func asSeen(by access: StaffAccess) -> InboxReader {
        var reader = self
        reader.withholds = { !access.mayReadTexts(of: $0) }
        reader.isForOutside = access.isFromOutside
        return reader
    }

    /// Runs `body` with a reader that sees one committed state from its first query to its last: a page is whole, and reading for it is
    /// begun once. The reader is for `body` alone.
    public func onOneState<Result>(_ body: (InboxReader) throws -> Result) throws -> Result {
        try store.onOneState { store in
            var reader = self
            reader.store = store
            return try body(reader)
        }
    }

    /// The same inbox as it is shown where nobody says who reads: without anything that was said in threads.
    public func asSeenByNobody() -> InboxReader {
        var reader = self
        reader.withholds = { _ in true }
        reader.note = Self.unasked
        return reader
    }

    /// What stands in the place of a text where nobody says who reads.
    public static let unasked = "(say who reads to see it)"

    /// What stands in the place of a text that whoever reads may not see.
    public static let withheld = "(not shown to your role)"

    /// What stands in the place of a text that this laptop let go, and an office has.
    public static let notHeld = "(not held on this laptop)"

    /// Opens change sets.
    var opener: ChangeSetOpener { ChangeSetOpener(group: group, origins: forks.origins) }

    /// The roster as the log tells it.
    public func roster() throws -> Roster {
        var roster = Roster(group: group, forks: forks)
        if let genesis = try store.setting(NodeSettings.genesisKey) { _ = roster.found(genesis) }
        roster.apply(try store.roster().map { try RosterOperation($0) })
        return roster
    }

    /// Names of people, queues, categories and offices, read once for a page.
    public func directory() throws -> Directory {
        Directory(
            offices: try store.offices(), staff: try store.staff(), queues: try store.queues(),
            categories: try store.categories())
    }

    /// A page of the daily list.
    public func list(
        _ filter: ThreadFilter, limit: Int = 50, after cursor: ThreadCursor? = nil
    ) throws -> [ThreadListItem] {
        try onOneState { reader in
            let directory = try reader.directory()
            return try reader.store.threads(filter, limit: limit, after: cursor).map { row in
                try reader.item(row.state, cursor: row.cursor, directory)
            }
        }
    }

    /// The line of a thread.
    func item(_ state: ThreadState, cursor: ThreadCursor? = nil, _ directory: Directory) throws -> ThreadListItem {
        var texts = ThreadTexts(reader: self, state: state)
        return ThreadListItem(
            state: state, cursor: cursor, directory: directory, subject: texts.subject(), patient: try patientName(state.opening?.patient))
    }

    /// A patient's name as shown, or a placeholder where the record has not arrived.
    func patientName(_ id: PatientID?) throws -> String {
        guard let id, let details = try store.patient(id)?.shown else { return "unknown patient" }
        return details.name
    }

    /// A change set as it is merged: where it names others whose logs were forked since, by the names that those have now. Nil as `body`.
    func changeSet(at dot: Dot) throws -> ChangeSet? {
        guard let body = try body(at: dot) else { return nil }
        if forks.isEmpty { return body.set }
        let heads = Dictionary(uniqueKeysWithValues: try store.progress().map { ($0.replica, $0.received.sequence) })
        return try names(heads: heads).renamed(
            body,
            seen: try LogClocks.clock(of: dot.replica, through: dot.sequence, group: group, epochs: epochs, forks: forks) {
                try store.rows(of: $0, from: $1, bytesMax: .max, countMax: $2)
            })
    }

    /// A change set that the log holds, opened, as its author wrote it. Nil where it is not held, or its epoch's key was not granted to
    /// the node.
    public func body(at dot: Dot) throws -> ChangeSetBody? {
        guard let row = try store.logRow(at: dot) else { return nil }
        guard let key = epochs[EpochID(try Digest(copying: row.epoch))] else { return nil }
        let base = forks.branches[dot.replica]?.base
        let previous = try dot.sequence == 1 ? ChangeSetHash.zero
            : base?.sequence == dot.sequence - 1 ? base?.hash : store.logRow(at: Dot(dot.replica, dot.sequence - 1))?.hash
        guard let previous else { return nil }
        return try opener.changes(of: LogEntry(row), replica: dot.replica, previous: previous, key: key)
    }
}

/// Opens the texts of one thread, with its keys opened once.
struct ThreadTexts {
    let reader: InboxReader
    let state: ThreadState
    private var keys: [ContentKey]?
    /// Those of the texts asked for so far that are not held on this laptop.
    private(set) var gaps: Set<ContentReference> = []

    init(reader: InboxReader, state: ThreadState) {
        self.reader = reader
        self.state = state
    }

    /// What stands in the place of what was purged, from the purge on, whether it is destroyed already or waits for a member.
    static let purged = "(purged)"

    /// What the thread is about.
    mutating func subject() -> String {
        guard let reference = state.subject else { return "(no subject)" }
        if let substitute = substitute(for: reference) { return substitute }
        // The same few are shown by every page of a list.
        let texts = reader.store.openedTexts
        let forgotten = reader.store.textsForgotten
        if let text = texts.text(at: reference) { return text }
        switch opened(reference) {
        case .success(let text):
            texts.keep(text, at: reference, since: forgotten)
            return text
        case .failure(let reason): return reason.words
        }
    }

    /// What was said at `reference`, or why it cannot be shown. Destroyed content is a normal thing to meet, not an error.
    mutating func text(_ reference: ContentReference) -> String {
        if let substitute = substitute(for: reference) { return substitute }
        switch opened(reference) {
        case .success(let text): return text
        case .failure(let reason): return reason.words
        }
    }

    /// What is shown in the place of the text at `reference` even where it could be opened.
    private func substitute(for reference: ContentReference) -> String? {
        if reader.withholds?(state) == true { return reader.note }
        return state.isPurged(reference.dot) ? Self.purged : nil
    }

    /// Why a text cannot be opened, as shown in its place.
    private struct Closed: Error {
        let words: String
    }

    private mutating func opened(_ reference: ContentReference) -> Result<String, Closed> {
        do {
            guard let row = try reader.store.logRow(at: reference.dot) else { return .failure(Closed(words: "(not held here)")) }
            return .success(try ContentKeys.text(reference, in: LogEntry(row), opener: reader.opener, keys: try threadKeys()))
        } catch let error as LogError where error.code == .purged {
            return .failure(Closed(words: "(destroyed)"))
        } catch let error as LogError where error.code == .notHeld {
            gaps.insert(reference)
            return .failure(Closed(words: InboxReader.notHeld))
        } catch let error as LogError where error.code == .missingKey {
            return .failure(Closed(words: "(the key of this thread has not arrived)"))
        } catch {
            return .failure(Closed(words: "(cannot be opened here)"))
        }
    }

    private mutating func threadKeys() throws -> [ContentKey] {
        if let keys { return keys }
        var opened: [ContentKey] = []
        for entry in state.contentKeys {
            guard let row = try reader.store.logRow(at: entry.reference.dot) else { continue }
            do {
                opened.append(try ContentKeys.open(entry.reference, row: row, opener: reader.opener, epochs: reader.epochs))
            } catch let error as LogError {
                // One that was destroyed, or whose epoch this node has no key of: others may open what there is to see.
                if error.code != .purged && error.code != .missingKey { throw error }
            }
        }
        keys = opened
        return opened
    }
}
