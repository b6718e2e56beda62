import Causality
import InboxModel

/// Writes and reads the rows of `thread`. Lives as long as the writing connection.
final class ThreadRows {
    private let source: any StatementSource
    private let insertRow: PreparedStatement
    private let updateRow: PreparedStatement
    private let updateState: PreparedStatement
    private let selectRow: PreparedStatement
    private var entities: EntityNumbers
    private var writer = ByteWriter(capacity: 1024)
    private var lastNumber: Int64
    private var patientThreads: PatientThreads

    init(_ source: some StatementSource) throws {
        self.source = source
        insertRow = try source.statement(
            """
            INSERT INTO thread (no, state, office, category, owner, owner_kind, status, flags, listed, rank, due, snoozed,
                activity, patient, id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """)
        // Without `patient`: naming an indexed column rewrites its index entry even where the value stays, and it
        // nearly always does.
        updateRow = try source.statement(
            """
            UPDATE thread SET state = ?2, office = ?3, category = ?4, owner = ?5, owner_kind = ?6, status = ?7, flags = ?8,
                listed = ?9, rank = ?10, due = ?11, snoozed = ?12, activity = ?13
            WHERE no = ?1
            """)
        updateState = try source.statement("UPDATE thread SET state = ?2 WHERE no = ?1")
        selectRow = try source.statement("SELECT no, state FROM thread WHERE id = ?")
        entities = try EntityNumbers(loading: source)
        lastNumber = try Self.lastNumber(source)
        patientThreads = try PatientThreads(loading: source)
    }

    private static func lastNumber(_ source: some StatementSource) throws -> Int64 {
        try source.firstRow("SELECT max(no) FROM thread") { $0.integer(0) } ?? 0
    }

    /// Takes what the tables hold, after a transaction was undone or the tables were emptied.
    func reload() throws {
        entities = try EntityNumbers(loading: source)
        lastNumber = try Self.lastNumber(source)
        patientThreads = try PatientThreads(loading: source)
    }

    /// Adds new threads to their patients, after they were written.
    func addPatientThreads() throws { try patientThreads.add(upTo: lastNumber, in: source) }

    /// The stored thread, or nil.
    func load(_ id: ThreadID) throws -> CachedThread? {
        defer { selectRow.reset() }
        selectRow.bindCopy(1, high: id.high, low: id.low)
        guard try selectRow.step() else { return nil }
        let state = try StoredState.decode(ThreadState.self, selectRow.borrowedBlob(1), "thread", "\(id)")
        return CachedThread(id: id, number: selectRow.integer(0), state: state, stored: ThreadColumns(state))
    }

    /// A thread that has no row yet, with the next number.
    func make(_ id: ThreadID) -> CachedThread {
        lastNumber += 1
        return CachedThread(id: id, number: lastNumber, state: ThreadState(id: id), stored: nil)
    }

    /// Writes a thread's row.
    func write(_ thread: CachedThread) throws {
        let columns = ThreadColumns(thread.state)
        writer.removeAll()
        thread.state.encode(into: &writer)
        if columns == thread.stored {
            try run(updateState, thread)
        } else if let stored = thread.stored {
            try bind(columns, to: updateRow)
            try run(updateRow, thread)
            if stored.patient != columns.patient { try movePatient(of: thread, from: stored.patient, to: columns.patient) }
        } else {
            try bind(columns, to: insertRow)
            bindIdentity(columns, of: thread)
            try run(insertRow, thread)
        }
        if columns.shares != thread.stored?.shares ?? [] { try writeShares(columns.shares, of: thread) }
        thread.stored = columns
        thread.isDirty = false
    }

    /// Deletes a thread's row, as if nothing of it had come.
    func remove(_ thread: CachedThread) throws {
        guard let stored = thread.stored else { return }
        if !stored.shares.isEmpty { try writeShares([], of: thread) }
        if let patient = stored.patient { try patientThreads.move(thread.number, from: patient, to: nil, in: source) }
        try source.run("DELETE FROM thread WHERE no = ?") { $0.bind(1, thread.number) }
        thread.stored = nil
    }

    /// What counting needs of a thread as its row has it; nil where no daily list shows it.
    func listed(_ thread: CachedThread) -> ListedThreads.Change {
        guard let columns = thread.stored, columns.isListed else { return (thread.number, nil) }
        let owner: Int64? = switch columns.summary.owner {
        case nil: nil
        case .queue(let id): entities.known(id)
        case .staff(let id): entities.known(id)
        }
        let listed = ListedThread(
            columns, owner: owner ?? 0, office: columns.office.flatMap { entities.known($0) },
            category: columns.category.flatMap { entities.known($0) })
        return (thread.number, listed)
    }

    private func run(_ statement: PreparedStatement, _ thread: CachedThread) throws {
        statement.bind(1, thread.number)
        try writer.bytes.withUnsafeBytes {
            statement.bind(2, $0)
            try statement.run()
        }
    }

    private func bind(_ columns: ThreadColumns, to statement: PreparedStatement) throws {
        let owner = columns.summary.owner
        statement.bind(3, try columns.office.map { try number($0) })
        statement.bind(4, try columns.category.map { try number($0) })
        switch owner {
        case nil: statement.bind(5, nil)
        case .queue(let id): statement.bind(5, try number(id))
        case .staff(let id): statement.bind(5, try number(id))
        }
        statement.bind(6, OwnerKind(owner).rawValue)
        statement.bind(7, Int64(columns.summary.status.rawValue))
        statement.bind(8, Int64(columns.summary.flags.rawValue))
        statement.bind(9, columns.isListed ? 1 : 0)
        statement.bind(10, columns.rank)
        statement.bind(11, columns.due)
        statement.bind(12, columns.snoozed)
        statement.bind(13, columns.activity)
    }

    private func bindIdentity(_ columns: ThreadColumns, of thread: CachedThread) {
        if let patient = columns.patient {
            insertRow.bindCopy(14, high: patient.high, low: patient.low)
        } else {
            insertRow.bind(14, nil)
        }
        insertRow.bindCopy(15, high: thread.id.high, low: thread.id.low)
    }

    /// Writes with whom a thread is shared, in the place of what its row said.
    private func writeShares(_ shares: [SharedAccount], of thread: CachedThread) throws {
        for share in thread.stored?.shares ?? [] {
            let staff = try number(share.staff)
            try source.run("DELETE FROM thread_share WHERE staff = ? AND thread = ?") {
                $0.bind(1, staff)
                $0.bind(2, thread.number)
            }
        }
        for share in shares {
            let staff = try number(share.staff)
            try source.run("INSERT INTO thread_share (staff, thread, until) VALUES (?, ?, ?)") {
                $0.bind(1, staff)
                $0.bind(2, thread.number)
                $0.bind(3, share.until)
            }
        }
    }

    private func movePatient(of thread: CachedThread, from old: PatientID?, to new: PatientID?) throws {
        try source.run("UPDATE thread SET patient = ? WHERE no = ?") {
            if let new { $0.bindCopy(1, high: new.high, low: new.low) } else { $0.bind(1, nil) }
            $0.bind(2, thread.number)
        }
        try patientThreads.move(thread.number, from: old, to: new, in: source)
    }

    private func number<Entity>(_ id: EntityID<Entity>) throws -> Int64 { try entities.number(of: id, in: source) }
}

/// `thread.owner_kind`.
enum OwnerKind: Int64 {
    case nobody = 0
    case queue = 1
    case staff = 2

    init(_ owner: Owner?) {
        switch owner {
        case nil: self = .nobody
        case .queue: self = .queue
        case .staff: self = .staff
        }
    }
}
