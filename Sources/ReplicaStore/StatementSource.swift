import GRDB
import GRDBSQLite

/// A connection that keeps compiled statements. Queries are written once over it, for the writer and for readers.
protocol StatementSource {
    /// The compiled form of `sql`, reset. The same text gives the same statement, so a query must not be nested in
    /// itself.
    func statement(_ sql: String) throws -> PreparedStatement
}

extension StatementSource {
    /// Calls `body` for each row of `sql`, after `bind` has bound its parameters.
    func forEachRow(
        _ sql: String, bind: (PreparedStatement) -> Void = { _ in }, _ body: (PreparedStatement) throws -> Void
    ) throws {
        let statement = try statement(sql)
        defer { statement.reset() }
        bind(statement)
        while try statement.step() { try body(statement) }
    }

    /// What `body` makes of the first row of `sql`, or nil where there is none.
    func firstRow<Result>(
        _ sql: String, bind: (PreparedStatement) -> Void = { _ in }, _ body: (PreparedStatement) throws -> Result
    ) throws -> Result? {
        let statement = try statement(sql)
        defer { statement.reset() }
        bind(statement)
        return try statement.step() ? try body(statement) : nil
    }

    /// Runs `sql`, which gives no rows.
    func run(_ sql: String, bind: (PreparedStatement) -> Void = { _ in }) throws {
        let statement = try statement(sql)
        bind(statement)
        try statement.run()
    }
}

/// The one connection that writes, with its statements, which live as long as it does.
final class WriteConnection: StatementSource {
    private let handle: OpaquePointer
    private var statements: [String: PreparedStatement] = [:]
    /// Whether the next step of any statement begins a transaction first.
    private(set) var isArmed = false
    private var durability: Durability?
    private var durabilityAsked = Durability.full

    init(_ handle: OpaquePointer) { self.handle = handle }

    func statement(_ sql: String) throws -> PreparedStatement {
        if let statement = statements[sql] { return statement }
        let statement = try PreparedStatement(sql, on: handle, of: self)
        statements[sql] = statement
        return statement
    }

    /// From the next statement on there is a transaction. One that runs no statement never begins: most ticks and greetings of
    /// an idle node touch nothing, and should cost nothing.
    func arm(_ durability: Durability) {
        durabilityAsked = durability
        isArmed = true
    }

    /// Begins the transaction that was asked for.
    func begin() throws {
        isArmed = false
        if durability != durabilityAsked {
            // Not possible inside a transaction, hence before BEGIN.
            try run(durabilityAsked == .full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
            durability = durabilityAsked
        }
        try run("BEGIN IMMEDIATE")
    }

    /// Commits what was begun; false where nothing was.
    func commit() throws -> Bool {
        isArmed = false
        guard isInTransaction else { return false }
        try run("COMMIT")
        return true
    }

    /// Undoes what was begun.
    func rollBack() throws {
        isArmed = false
        // A full disk or a failed read has ended the transaction already.
        if isInTransaction { try run("ROLLBACK") }
    }

    /// Whether a transaction is open. SQLite ends one by itself on some failures.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Gives every statement back. Before the connection closes.
    func finalizeStatements() {
        for statement in statements.values { statement.finalize() }
        statements = [:]
    }
}

/// A connection that reads one snapshot, with the statements that GRDB keeps for it.
struct ReadConnection: StatementSource {
    private let database: Database
    private let handle: OpaquePointer

    init(_ database: Database) throws {
        guard let handle = database.sqliteConnection else {
            throw ReplicaStoreError(.other, "The database was closed; open the store again.")
        }
        self.database = database
        self.handle = handle
    }

    func statement(_ sql: String) throws -> PreparedStatement {
        do {
            return PreparedStatement(borrowing: try database.cachedStatement(sql: sql), on: handle)
        } catch {
            throw ReplicaStoreError(error, during: "Preparing a query")
        }
    }
}
