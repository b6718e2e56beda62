public import Causality

extension ReplicaTransaction {
    /// Appends verified change sets to the log of `replica`. Verifying is the caller's duty; contiguity is checked
    /// here.
    ///
    /// - Parameters:
    ///   - rows: Change sets in the order of their sequence, the first one after the head. Their memory is not copied
    ///     before it reaches SQLite.
    ///   - replica: Whose log.
    ///   - epoch: The epoch that all of them are sealed under.
    ///   - signature: The signature of one of them, normally the last.
    /// - Throws: `.inconsistent` on a gap or a repetition; nothing was appended then.
    public func append(
        _ rows: some Collection<LogRow>, of replica: ReplicaID, epoch: [UInt8], signature: LogSignature? = nil
    ) throws {
        try requireOpen()
        try checkContiguity(rows, of: replica)
        guard !rows.isEmpty else { return }
        isHalfApplied = true
        let position = try working.replicas.intern(replica)
        let number = working.replicas[position].number
        let epochNumber = try working.epochs.number(of: epoch, in: working.connection)
        let insert = working.insertLog
        var head = working.replicas[position].received
        for row in rows {
            insert.bind(1, LogKey(number: number, sequence: row.sequence).rawValue)
            insert.bind(3, epochNumber)
            try row.hash.withUnsafeBytes { hash in
                try row.body.withUnsafeBytes { body in
                    try row.contents.withUnsafeBytes { contents in
                        insert.bind(2, hash)
                        insert.bind(4, body)
                        insert.bind(5, contents)
                        try insert.run()
                    }
                }
            }
            head = LogHead(replica, row.sequence, row.hash)
        }
        if let signature { try store(signature, number: number) }
        working.replicas.update(position) { $0.received = head }
        isHalfApplied = false
    }

    private func checkContiguity(_ rows: some Collection<LogRow>, of replica: ReplicaID) throws {
        var expected = head(of: replica).sequence + 1
        for row in rows {
            guard row.sequence == expected, expected <= LogKey.sequenceMax else {
                throw ReplicaStoreError(
                    .inconsistent, "The log of \(replica) continues with change set \(expected), not \(row.sequence).")
            }
            expected += 1
        }
    }

    private func store(_ signature: LogSignature, number: Int64) throws {
        try working.connection.run("INSERT OR REPLACE INTO signature (id, signature) VALUES (?, ?)") {
            $0.bind(1, LogKey(number: number, sequence: signature.sequence).rawValue)
            $0.bindCopy(2, signature.bytes)
        }
    }

    /// The log of `replica` from `sequence` on: at least one row where there is any, then as many as stay within
    /// `bytesMax` bytes of bodies and contents and within `countMax`.
    public func rows(
        of replica: ReplicaID, from sequence: UInt64, bytesMax: Int, countMax: Int = .max
    ) throws -> [StoredLogRow] {
        try requireOpen()
        guard let position = working.replicas.position(of: replica) else { return [] }
        return try LogQueries.rows(
            numbered: working.replicas[position].number, from: sequence, bytesMax: bytesMax, countMax: countMax,
            in: working.connection)
    }

    /// One change set of the log, or nil.
    public func row(at dot: Dot) throws -> StoredLogRow? {
        try rows(of: dot.replica, from: dot.sequence, bytesMax: 0, countMax: 1).first { $0.sequence == dot.sequence }
    }

    // MARK: Roster

    /// Keeps the roster changes of a change set of the log, behind those kept before. The same dot again replaces its
    /// bytes.
    ///
    /// - Throws: `.inconsistent` where the log does not hold `dot`.
    public func addRoster(_ dot: Dot, _ bytes: [UInt8]) throws {
        let key = try heldKey(dot)
        try working.connection.run(
            "INSERT INTO roster (id, bytes) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET bytes = ?2"
        ) {
            $0.bind(1, key.rawValue)
            $0.bindCopy(2, bytes)
        }
    }

    /// The roster changes kept, in the order in which they were added.
    public func roster() throws -> [RosterRow] {
        try requireOpen()
        try working.replicas.flush(to: working.connection)
        return try LogQueries.roster(in: working.connection)
    }

    // MARK: Quarantine

    /// What is held and not merged, ascending by dot.
    public func quarantine() throws -> [QuarantinedSet] {
        try requireOpen()
        try working.replicas.flush(to: working.connection)
        return try LogQueries.quarantine(in: working.connection)
    }

    /// Takes a change set out of quarantine, because an administrator adopted it. It is merged by the next rebuild.
    public func removeQuarantine(_ dot: Dot) throws {
        let key = try heldKey(dot)
        try working.connection.run("DELETE FROM quarantine WHERE id = ?") { $0.bind(1, key.rawValue) }
    }

    // MARK: Settings

    /// A node-local setting, or nil.
    public func setting(_ key: String) throws -> [UInt8]? {
        try requireOpen()
        return try LogQueries.setting(key, in: working.connection)
    }

    /// Writes a node-local setting; nil removes it.
    public func set(_ value: [UInt8]?, for key: String) throws {
        try requireOpen()
        if let value {
            try working.connection.run("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2") {
                $0.bindCopy(1, key)
                $0.bindCopy(2, value)
            }
        } else {
            try working.connection.run("DELETE FROM setting WHERE key = ?") { $0.bindCopy(1, key) }
        }
    }

    func heldKey(_ dot: Dot) throws -> LogKey {
        try requireOpen()
        guard let position = working.replicas.position(of: dot.replica), dot.sequence > 0,
            dot.sequence <= working.replicas[position].received.sequence
        else { throw ReplicaStoreError(.inconsistent, "The log does not hold change set \(dot).") }
        return LogKey(number: working.replicas[position].number, sequence: dot.sequence)
    }
}
