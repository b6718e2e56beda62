import Causality

/// The replicas and how far each is held, in memory; the table `replica` follows once a transaction.
///
/// Loaded anew after a rollback.
struct ReplicaTable {
    struct Entry {
        let number: Int64
        let replica: ReplicaID
        var received: LogHead
        var merged: UInt64
        var indexed: UInt64
        /// Where the log begins: 0, or the last change set that a branch has in common with the log that it leaves.
        var base: UInt64
        var isDirty: Bool

        var progress: ReplicaProgress {
            ReplicaProgress(replica: replica, received: received, merged: merged, indexed: indexed, base: base)
        }
    }

    private(set) var entries: [Entry] = []
    private var positions: [ReplicaID: Int] = [:]
    /// Positions of entries that differ from the table.
    private(set) var dirty: [Int] = []
    /// Positions, ascending by replica.
    private var order: [Int] = []

    init(loading source: some StatementSource) throws {
        let sql = """
            SELECT no, id, received, hash, merged, indexed,
                (SELECT MIN(log.id) FROM log WHERE log.id BETWEEN replica.no << 40 AND (replica.no + 1 << 40) - 1)
            FROM replica ORDER BY no
            """
        try source.forEachRow(sql) { row in
            let replica = ReplicaID(UInt64(bitPattern: row.integer(1)))
            let head = LogHead(replica, UInt64(bitPattern: row.integer(2)), try row.hash(3))
            positions[replica] = entries.count
            let base = row.isNull(6) ? head.sequence : LogKey(rawValue: row.integer(6)).sequence - 1
            entries.append(
                Entry(
                    number: row.integer(0), replica: replica, received: head, merged: UInt64(bitPattern: row.integer(4)),
                    indexed: UInt64(bitPattern: row.integer(5)), base: base, isDirty: false))
        }
        order = entries.indices.sorted { entries[$0].replica < entries[$1].replica }
    }

    /// The position of `replica`, if anything of it is held.
    func position(of replica: ReplicaID) -> Int? { positions[replica] }

    /// The position of `replica`, with the next number where it is new.
    mutating func intern(_ replica: ReplicaID) throws -> Int {
        if let position = positions[replica] { return position }
        let number = (entries.last?.number ?? 0) + 1
        guard number <= LogKey.numberMax else {
            throw ReplicaStoreError(.inconsistent, "The database holds logs of \(number - 1) replicas and has no number left.")
        }
        let head = LogHead(empty: replica)
        entries.append(Entry(number: number, replica: replica, received: head, merged: 0, indexed: 0, base: 0, isDirty: false))
        positions[replica] = entries.count - 1
        order.insert(entries.count - 1, at: order.firstIndex { entries[$0].replica > replica } ?? order.count)
        return entries.count - 1
    }

    subscript(position: Int) -> Entry { entries[position] }

    /// Changes an entry and marks it for writing.
    mutating func update(_ position: Int, _ change: (inout Entry) -> Void) {
        change(&entries[position])
        if !entries[position].isDirty {
            entries[position].isDirty = true
            dirty.append(position)
        }
    }

    /// The replica of the number `number`.
    func replica(numbered number: Int64) throws -> ReplicaID {
        // Numbers are given out from 1 without gaps.
        let position = Int(number) - 1
        guard entries.indices.contains(position), entries[position].number == number else {
            throw ReplicaStoreError(.corrupt, "A row names replica number \(number), which does not exist.")
        }
        return entries[position].replica
    }

    /// All progress, ascending by replica.
    var progress: [ReplicaProgress] { order.map { entries[$0].progress } }

    /// Writes what changed.
    mutating func flush(to source: some StatementSource) throws {
        if dirty.isEmpty { return }
        let statement = try source.statement(
            """
            INSERT INTO replica (no, id, received, hash, merged, indexed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (no) DO UPDATE SET received = ?3, hash = ?4, merged = ?5, indexed = ?6
            """)
        for position in dirty {
            let entry = entries[position]
            statement.bind(1, entry.number)
            statement.bind(2, Int64(bitPattern: entry.replica.rawValue))
            statement.bind(3, Int64(bitPattern: entry.received.sequence))
            statement.bind(5, Int64(bitPattern: entry.merged))
            statement.bind(6, Int64(bitPattern: entry.indexed))
            try entry.received.hash.withUnsafeBytes {
                statement.bind(4, $0)
                try statement.run()
            }
            entries[position].isDirty = false
        }
        dirty.removeAll()
    }
}
