public import Causality
import GRDB

/// Reads a replica's database, from any thread, many at once. Each call sees one committed state, whole.
///
/// On a file, reads never wait for a transaction and never see an unfinished one. Elsewhere there is one connection,
/// so reads wait for the transaction of another thread, and a read made inside a transaction sees it. Reading ends
/// with the store: keep that as long as its reader.
public final class ReplicaReader: Sendable {
    private let database: any DatabaseReader
    private let isShared: Bool
    let location: ReplicaLocation

    init(_ database: any DatabaseReader, location: ReplicaLocation) {
        self.database = database
        self.location = location
        isShared = location.hasOneConnection
    }

    /// Runs `body` on one snapshot.
    func read<Result>(_ task: String, _ body: (ReadConnection) throws -> Result) throws -> Result {
        do {
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
