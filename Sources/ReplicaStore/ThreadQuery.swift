import InboxModel

/// A filter as SQL. Ids are looked up first, so that the list is answered from an index of small numbers.
struct ThreadQuery {
    private var conditions: [String] = []
    private var numbers: [Int64] = []
    private let filter: ThreadFilter
    private let cursor: ThreadCursor?

    /// The query, or nil where the filter names something that no thread has.
    init?(_ filter: ThreadFilter, after cursor: ThreadCursor?, in source: some StatementSource) throws {
        self.filter = filter
        self.cursor = cursor
        guard try addList(source) else { return nil }
        if let office = filter.office {
            guard let number = try Self.number(of: office, in: source) else { return nil }
            add("office = ?", number)
        }
        if let reach = filter.reach { conditions.append(try ReachNumbers(reach, in: source).condition) }
        if let category = filter.category {
            guard let number = try Self.number(of: category, in: source) else { return nil }
            add("category = ?", number)
        }
        if let now = filter.awakeAt, filter.list.honoursSnooze { add("snoozed <= ?", now) }
    }

    /// The conditions of the list; false where nothing can fit.
    private mutating func addList(_ source: some StatementSource) throws -> Bool {
        let isOpen = "listed = 1 AND status < 4"
        switch filter.list {
        case .needsReply: add("\(isOpen) AND flags & \(ThreadFlags.needsReply.rawValue) <> 0")
        case .mine(let staff):
            guard let number = try Self.number(of: staff, in: source) else { return false }
            add("\(isOpen) AND owner_kind = 2 AND owner = ?", number)
        case .queues(let queues):
            let known = try queues.compactMap { try Self.number(of: $0, in: source) }
            if known.isEmpty { return false }
            // Numbers of our own making: nothing here came from a person.
            add("\(isOpen) AND owner_kind = 1 AND owner IN (\(known.map(String.init).joined(separator: ", ")))")
        case .unassigned: add("\(isOpen) AND status <> 2 AND owner_kind <> 2")
        case .contested: add("\(isOpen) AND flags & \(ThreadFlags.contested.rawValue) <> 0")
        case .clinicalReview: add("\(isOpen) AND flags & \(ThreadFlags.clinicalReview.rawValue) <> 0")
        case .overdue(let now): add("\(isOpen) AND status <> 2 AND due < ?", now)
        case .waitingOnPatient: add("\(isOpen) AND status = 2")
        case .snoozed(let now): add("\(isOpen) AND snoozed > ?", now)
        case .resolved: add("status = 4 AND flags & \(ThreadFlags.purged.rawValue) = 0")
        case .open: add(isOpen)
        case .conflicts:
            add(
                """
                listed = 1 AND (status < 4 AND flags & \(ThreadFlags.conflicts.rawValue) <> 0
                    OR flags & \(ThreadFlags.answeredTwice.rawValue) <> 0)
                """)
        // What a purge had not seen is work like any other.
        case .all: add("(flags & \(ThreadFlags.purged.rawValue) = 0 OR status < 4)")
        case .every: break
        case .held: add("flags & \(ThreadFlags.held.rawValue) <> 0")
        case .purged: add("flags & \(ThreadFlags.purged.rawValue) <> 0")
        // Few threads are shared at once, and fewer were ever.
        case .shared(let now): add("no IN (SELECT thread FROM thread_share WHERE until > ?)", now)
        }
        return true
    }

    /// The statement. Parameters: those of `bind`.
    func sql(limit: Int) -> String {
        var all = conditions
        if filter.patient != nil { all.append(PatientThreads.condition) }
        if cursor != nil {
            all.append(
                filter.list.isByRecency
                    ? "(activity < ? OR activity = ? AND id > ?)" : "(rank, due, activity, id) > (?, ?, ?, ?)")
        }
        let place = all.isEmpty ? "" : "WHERE " + all.joined(separator: " AND ")
        let order = filter.list.isByRecency ? "activity DESC, id" : "rank, due, activity, id"
        return "SELECT rank, due, activity, id, state FROM thread \(index) \(place) ORDER BY \(order) LIMIT \(limit)"
    }

    /// Without statistics SQLite may prefer sorting; the index gives the order and nearly all conditions.
    private var index: String {
        // Not the thread's own order: a patient has few threads, found by number, and so has somebody from outside the practice.
        if filter.patient != nil || filter.reach?.sharedAt != nil { return "NOT INDEXED" }
        switch filter.list {
        case .resolved: return "INDEXED BY thread_resolved"
        case .all, .every: return ""
        case .shared: return "NOT INDEXED"
        case .held: return "INDEXED BY thread_held"
        case .purged: return "INDEXED BY thread_purged"
        default: return "INDEXED BY thread_work"
        }
    }

    /// Binds what `sql` asks for.
    func bind(_ statement: PreparedStatement) {
        var index: Int32 = 1
        func next(_ value: Int64) {
            statement.bind(index, value)
            index += 1
        }
        numbers.forEach(next)
        if let patient = filter.patient {
            statement.bindCopy(index, high: patient.high, low: patient.low)
            statement.bindCopy(index + 1, high: patient.high, low: patient.low)
            index += 2
        }
        guard let cursor else { return }
        if filter.list.isByRecency {
            next(cursor.activity)
        } else {
            next(cursor.rank)
            next(cursor.due)
        }
        next(cursor.activity)
        statement.bindCopy(index, high: cursor.id.high, low: cursor.id.low)
    }

    private mutating func add(_ condition: String, _ number: Int64? = nil) {
        conditions.append(condition)
        if let number { numbers.append(number) }
    }

    /// The number of an office, category, queue or person, or nil where no thread names it.
    static func number<Entity>(of id: EntityID<Entity>, in source: some StatementSource) throws -> Int64? {
        try source.firstRow("SELECT no FROM entity WHERE id = ?", bind: { $0.bindCopy(1, high: id.high, low: id.low) }) {
            $0.integer(0)
        }
    }
}
