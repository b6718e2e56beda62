public import Causality

// What a node asks beyond the log and the inbox: its own bookkeeping.

extension ReplicaReader {
    /// Node-local settings whose keys begin with `prefix`, ascending by key.
    public func settings(prefix: String) throws -> [(key: String, value: [UInt8])] {
        try read("Reading settings") { source in
            var rows: [(key: String, value: [UInt8])] = []
            let sql = "SELECT key, value FROM setting WHERE key >= ? ORDER BY key"
            let statement = try source.statement(sql)
            defer { statement.reset() }
            statement.bindCopy(1, prefix)
            // They lie together: a laptop keeps one for each thread of which it let something go.
            while try statement.step() {
                let key = statement.text(0)
                guard key.utf8.starts(with: prefix.utf8) else { break }
                rows.append((key, statement.blob(1)))
            }
            return rows
        }
    }
}

extension ReplicaTransaction {
    /// The hash of a change set that the log holds, or nil.
    public func hash(at dot: Dot) throws -> ChangeSetHash? {
        try requireOpen()
        guard dot.sequence > 0, let position = working.replicas.position(of: dot.replica) else { return nil }
        let key = LogKey(number: working.replicas[position].number, sequence: dot.sequence)
        return try working.connection.firstRow("SELECT hash FROM log WHERE id = ?", bind: { $0.bind(1, key.rawValue) }) {
            try $0.hash(0)
        }
    }
}
