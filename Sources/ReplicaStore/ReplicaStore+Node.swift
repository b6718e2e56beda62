public import Causality

// What a node asks beyond the log and the inbox: its own bookkeeping.

extension ReplicaReader {
    /// Node-local settings whose keys begin with `prefix`, ascending by key.
    public func settings(prefix: String) throws -> [(key: String, value: [UInt8])] {
        try read("Reading settings") { source in
            var rows: [(key: String, value: [UInt8])] = []
            try source.forEachRow("SELECT key, value FROM setting ORDER BY key") { row in
                let key = row.text(0)
                if key.hasPrefix(prefix) { rows.append((key, row.blob(1))) }
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
