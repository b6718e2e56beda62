public import Causality
import GRDB

/// Reads a replica's database, from any thread, many at once. Each call sees one committed state, whole.
///
/// On a file, reads never wait for a transaction and never see an unfinished one. Elsewhere there is one connection,
/// so reads wait for the transaction of another thread, and a read made inside a transaction sees it. Reading ends
/// with the store: keep that as long as its reader.
public final class ReplicaReader: Sendable {
    /// Texts that were opened lately. The layer above fills it.
    public let openedTexts: OpenedTexts
    private let database: any DatabaseReader
    private let isShared: Bool
    let location: ReplicaLocation
    let commits: CommitCount
    let listed: ListedThreads
    let documentsHeld: DocumentsHeld
    /// When the snapshot began; nil where there is none.
    private let pinnedAt: SnapshotMoment?
    /// The snapshot that everything is read from; nil where each call has one of its own. Set before a reader is handed out, and taken away
    /// on the same thread when the snapshot ends.
    private nonisolated(unsafe) var pinned: ReadConnection?

    init(_ database: any DatabaseReader, location: ReplicaLocation, commits: CommitCount) {
        self.database = database
        self.location = location
        self.commits = commits
        isShared = location.hasOneConnection
        openedTexts = OpenedTexts()
        listed = ListedThreads()
        documentsHeld = DocumentsHeld()
        pinnedAt = nil
    }

    private init(pinning connection: ReadConnection, of reader: ReplicaReader, at moment: SnapshotMoment) {
        database = reader.database
        location = reader.location
        self.commits = reader.commits
        isShared = reader.isShared
        openedTexts = reader.openedTexts
        listed = reader.listed
        documentsHeld = reader.documentsHeld
        pinnedAt = moment
        pinned = connection
    }

    /// Runs `body` with a reader of which every call sees the same committed state. A page asks a hundred things: to begin and end reading
    /// for each costs more than to look them up.
    ///
    /// Ordering duties: the reader is for `body` and its thread alone; kept for longer, it is a reader like any other.
    public func onOneState<Result>(_ body: (ReplicaReader) throws -> Result) throws -> Result {
        let moment = SnapshotMoment(threads: threadCommits, directory: directoryCommits, texts: textsForgotten)
        return try read("Reading") { connection in
            let reader = ReplicaReader(pinning: connection, of: self, at: moment)
            defer { reader.pinned = nil }
            return try body(reader)
        }
    }

    /// What `CommitCount.threads` was before what is read next.
    var threadCommits: UInt64 { pinnedAt?.threads ?? commits.threads }

    /// What `CommitCount.directory` was before what is read next.
    var directoryCommits: UInt64 { pinnedAt?.directory ?? commits.directory }

    /// What `OpenedTexts.forgotten` was before what is read next: whoever opens a text that is to be kept hands it on.
    public var textsForgotten: UInt64 { pinnedAt?.texts ?? openedTexts.forgotten }

    /// Every listed thread, in no order, from memory where they are there.
    func listedThreads(asOf commit: UInt64, in source: ReadConnection) throws -> [ListedThread] {
        // With one connection a read may see what is not committed, which nobody else must come to see.
        guard isShared else { return try listed.threads(asOf: commit, now: { commits.threads }, in: source) }
        var threads: [ListedThread] = []
        try ListedThreads.read(source) { threads.append($1) }
        return threads
    }

    /// Whether what is read may be kept for others: not where it may be uncommitted.
    var mayKeep: Bool { !isShared }

    /// Runs `body` on one snapshot.
    func read<Result>(_ task: String, _ body: (ReadConnection) throws -> Result) throws -> Result {
        do {
            if let pinned { return try body(pinned) }
            if isShared { return try database.unsafeReentrantRead { try body(ReadConnection($0)) } }
            return try database.read { try body(ReadConnection($0)) }
        } catch {
            throw ReplicaStoreError(error, during: task)
        }
    }

    // MARK: The log

    /// How far every log is received, merged and indexed, ascending by replica.
    public func progress() throws -> [ReplicaProgress] {
        try read("Reading the logs' progress") { try LogQueries.progress(in: $0) }
    }

    /// The log of `replica` from `sequence` on: at least one row where there is any, then as many as stay within
    /// `bytesMax` bytes of bodies and contents and within `countMax`.
    public func rows(
        of replica: ReplicaID, from sequence: UInt64, bytesMax: Int, countMax: Int = .max
    ) throws -> [StoredLogRow] {
        try read("Reading a log") {
            try LogQueries.rows(of: replica, from: sequence, bytesMax: bytesMax, countMax: countMax, in: $0)
        }
    }

    /// One change set of the log, or nil.
    public func logRow(at dot: Dot) throws -> StoredLogRow? {
        try read("Reading a log") { try LogQueries.row(at: dot, in: $0) }
    }

    /// The roster changes kept, in the order in which they were added.
    public func roster() throws -> [RosterRow] {
        try read("Reading the roster") { try LogQueries.roster(in: $0) }
    }

    /// What is held and not merged, ascending by dot.
    public func quarantine() throws -> [QuarantinedSet] {
        try read("Reading the quarantine") { try LogQueries.quarantine(in: $0) }
    }

    /// A node-local setting, or nil.
    public func setting(_ key: String) throws -> [UInt8]? {
        try read("Reading a setting") { try LogQueries.setting(key, in: $0) }
    }

    // MARK: Health

    /// Checks the structure of the whole file. What is wrong with it, one line each; empty where nothing is.
    ///
    /// - Parameter isThorough: Whether every index is compared with its table too, which takes several times as long.
    public func checkIntegrity(thorough isThorough: Bool = false) throws -> [String] {
        try read("Checking the database") { source in
            var findings: [String] = []
            try source.forEachRow(isThorough ? "PRAGMA integrity_check" : "PRAGMA quick_check") { findings.append($0.text(0)) }
            return findings == ["ok"] ? [] : findings
        }
    }
}

/// What had been counted before a snapshot began: what is read from it may be kept where nothing was counted since.
private struct SnapshotMoment {
    let threads: UInt64
    let directory: UInt64
    let texts: UInt64
}
