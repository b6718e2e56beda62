import Causality

/// Reads the log: for runs to peers, for opening contents, and for rebuilding.
enum LogQueries {
    /// The rows of `replica` from `sequence` on: at least one where there is any, then as many as stay within
    /// `bytesMax` bytes of bodies and contents and within `countMax`.
    static func rows(
        of replica: ReplicaID, from sequence: UInt64, bytesMax: Int, countMax: Int, in source: some StatementSource
    ) throws -> [StoredLogRow] {
        guard let number = try number(of: replica, in: source) else { return [] }
        return try rows(numbered: number, from: sequence, bytesMax: bytesMax, countMax: countMax, in: source)
    }

    /// The same for the replica of `replica.no` `number`.
    static func rows(
        numbered number: Int64, from sequence: UInt64, bytesMax: Int, countMax: Int, in source: some StatementSource
    ) throws -> [StoredLogRow] {
        guard countMax > 0, sequence <= LogKey.sequenceMax else { return [] }
        let statement = try source.statement(
            """
            SELECT log.id, log.hash, epoch.id, log.body, log.contents, signature.signature
            FROM log JOIN epoch ON epoch.no = log.epoch LEFT JOIN signature ON signature.id = log.id
            WHERE log.id BETWEEN ? AND ? ORDER BY log.id
            """)
        defer { statement.reset() }
        statement.bind(1, LogKey(number: number, sequence: max(1, sequence)).rawValue)
        statement.bind(2, LogKey(number: number, sequence: LogKey.sequenceMax).rawValue)
        var rows: [StoredLogRow] = []
        var byteCount = 0
        while rows.count < countMax, try statement.step() {
            byteCount += statement.borrowedBlob(3).count + statement.borrowedBlob(4).count
            if !rows.isEmpty && byteCount > bytesMax { break }
            rows.append(
                StoredLogRow(
                    sequence: LogKey(rawValue: statement.integer(0)).sequence, hash: try statement.hash(1), epoch: statement.blob(2),
                    body: statement.blob(3), contents: statement.blob(4),
                    signature: statement.isNull(5) ? nil : statement.blob(5)))
        }
        return rows
    }

    /// The row of one change set, or nil.
    static func row(at dot: Dot, in source: some StatementSource) throws -> StoredLogRow? {
        guard dot.sequence > 0 else { return nil }
        let rows = try rows(of: dot.replica, from: dot.sequence, bytesMax: 0, countMax: 1, in: source)
        return rows.first?.sequence == dot.sequence ? rows.first : nil
    }

    /// All progress, ascending by replica.
    static func progress(in source: some StatementSource) throws -> [ReplicaProgress] {
        try ReplicaTable(loading: source).progress
    }

    /// Roster changes in the order in which they were added.
    static func roster(in source: some StatementSource) throws -> [RosterRow] {
        var rows: [RosterRow] = []
        try source.forEachRow(
            """
            SELECT replica.id, roster.id, roster.bytes, log.hash
            FROM roster JOIN replica ON replica.no = roster.id >> 40 JOIN log ON log.id = roster.id ORDER BY roster.position
            """
        ) {
            rows.append(RosterRow(dot: dot($0), hash: try $0.hash(3), bytes: $0.blob(2)))
        }
        return rows
    }

    /// What is held and not merged, ascending by dot.
    static func quarantine(in source: some StatementSource) throws -> [QuarantinedSet] {
        var rows: [QuarantinedSet] = []
        try source.forEachRow(
            """
            SELECT replica.id, quarantine.id, reason, received_at
            FROM quarantine JOIN replica ON replica.no = quarantine.id >> 40
            """
        ) {
            rows.append(QuarantinedSet(dot: dot($0), reason: $0.text(2), receivedAt: $0.integer(3)))
        }
        return rows.sorted { $0.dot < $1.dot }
    }

    /// A node-local setting, or nil.
    static func setting(_ key: String, in source: some StatementSource) throws -> [UInt8]? {
        try source.firstRow("SELECT value FROM setting WHERE key = ?", bind: { $0.bindCopy(1, key) }) { $0.blob(0) }
    }

    private static func number(of replica: ReplicaID, in source: some StatementSource) throws -> Int64? {
        try source.firstRow(
            "SELECT no FROM replica WHERE id = ?", bind: { $0.bind(1, Int64(bitPattern: replica.rawValue)) }
        ) { $0.integer(0) }
    }

    /// The dot of a row whose first columns are the replica's id and the log key.
    private static func dot(_ row: PreparedStatement) -> Dot {
        Dot(ReplicaID(UInt64(bitPattern: row.integer(0))), LogKey(rawValue: row.integer(1)).sequence)
    }
}
