import Causality

/// Sizes of a replica.
public struct ReplicaStatistics: Hashable, Sendable {
    /// Threads merged.
    public let threads: Int
    /// Messages in them, both ways.
    public let messages: UInt64
    /// Patients.
    public let patients: Int
    /// Change sets held.
    public let changeSets: UInt64
    /// Change sets merged.
    public let changeSetsMerged: UInt64
    /// Changes that this version could not read.
    public let unknownChanges: UInt64
    /// Bytes of the database, without its write-ahead log.
    public let databaseBytes: Int64
    /// Bytes of the database that are free for reuse.
    public let freeBytes: Int64
}

extension ReplicaReader {
    /// The sizes of the replica. Cheap enough for a status page.
    public func statistics() throws -> ReplicaStatistics {
        try read("Measuring the database") { source in
            func number(_ sql: String) throws -> Int64 { try source.firstRow(sql) { $0.integer(0) } ?? 0 }
            let progress = try LogQueries.progress(in: source)
            let pageSize = try number("PRAGMA page_size")
            return ReplicaStatistics(
                threads: Int(try number("SELECT count(*) FROM thread")),
                messages: try WorkingSet.counter(SettingKey.messages, in: source),
                patients: Int(try number("SELECT count(*) FROM patient")),
                changeSets: progress.reduce(0) { $0 + $1.received.sequence },
                changeSetsMerged: progress.reduce(0) { $0 + $1.merged },
                unknownChanges: try WorkingSet.counter(SettingKey.unknownChanges, in: source),
                databaseBytes: pageSize * (try number("PRAGMA page_count")),
                freeBytes: pageSize * (try number("PRAGMA freelist_count")))
        }
    }
}
