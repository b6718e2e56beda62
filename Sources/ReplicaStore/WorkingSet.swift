import Causality
import InboxModel

/// What the writer keeps in memory across transactions: the position of every log, the threads touched lately, the
/// directory, and the compiled statements.
///
/// Rules: inside a transaction memory may be ahead of the tables and `ReplicaTransaction.flush()` evens it out before
/// the commit. After a rollback `restore` throws away whatever the transaction touched; the tables are the truth.
final class WorkingSet {
    let connection: WriteConnection
    let rows: ThreadRows
    let insertLog: PreparedStatement
    let insertStep: PreparedStatement
    var replicas: ReplicaTable
    var epochs: NumberTable
    var threads: ThreadCache
    var offices = DocumentTable<OfficeEntity, OfficeProfile>()
    var staff = DocumentTable<StaffEntity, StaffProfile>()
    var queues = DocumentTable<QueueEntity, QueueProfile>()
    var categories = DocumentTable<CategoryEntity, CategoryProfile>()
    var accounts = DocumentTable<AccountEntity, AccountProfile>()
    var tokens = DocumentTable<TokenEntity, TokenProfile>()
    var authorities = DocumentTable<AuthorityEntity, AuthorityProfile>()
    var counters: Counters
    /// Counts transactions, so that a cached thread knows whether the present one touched it.
    var transaction: UInt64 = 0

    /// Totals kept as node-local settings, because counting would read the whole table.
    struct Counters: Equatable {
        /// Messages in all threads.
        var messages: UInt64
        /// Changes that this version could not read.
        var unknownChanges: UInt64
    }

    init(_ connection: WriteConnection, cacheCapacity: Int) throws {
        self.connection = connection
        rows = try ThreadRows(connection)
        insertLog = try connection.statement("INSERT INTO log (id, hash, epoch, body, contents) VALUES (?, ?, ?, ?, ?)")
        insertStep = try connection.statement(
            "INSERT INTO timeline (thread, time, replica, sequence, kinds) VALUES (?, ?, ?, ?, ?)")
        replicas = try ReplicaTable(loading: connection)
        epochs = try NumberTable("epoch", loading: connection)
        threads = ThreadCache(capacity: cacheCapacity)
        counters = try Self.loadCounters(connection)
    }

    /// Takes what the tables hold and forgets everything in memory.
    func reload() throws {
        threads.removeAll()
        try rows.reload()
        try reloadTables()
    }

    /// Takes what the tables hold after a rollback; only `touched` of the cached threads are forgotten.
    func restore(forgetting touched: [ThreadID]) throws {
        for id in touched { threads.remove(id) }
        try rows.reload()
        try reloadTables()
    }

    private func reloadTables() throws {
        replicas = try ReplicaTable(loading: connection)
        epochs = try NumberTable("epoch", loading: connection)
        offices = DocumentTable()
        staff = DocumentTable()
        queues = DocumentTable()
        categories = DocumentTable()
        accounts = DocumentTable()
        tokens = DocumentTable()
        authorities = DocumentTable()
        counters = try Self.loadCounters(connection)
    }

    private static func loadCounters(_ source: some StatementSource) throws -> Counters {
        Counters(
            messages: try counter(SettingKey.messages, in: source), unknownChanges: try counter(SettingKey.unknownChanges, in: source))
    }

    /// A count that is kept as a setting of eight bytes, big-endian; 0 where there is none.
    static func counter(_ key: String, in source: some StatementSource) throws -> UInt64 {
        guard let bytes = try LogQueries.setting(key, in: source), bytes.count == 8 else { return 0 }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The settings that this module itself keeps.
enum SettingKey {
    static let messages = "message-count"
    static let unknownChanges = "unknown-changes"
}
