import Causality
public import InboxModel

extension ReplicaReader {
    /// The threads that fit `filter`, in the order of work: the most urgent first, then the earliest due, then the
    /// one that has rested longest. `.resolved` and `.all` run from the latest activity to the earliest.
    ///
    /// - Parameters:
    ///   - filter: Which.
    ///   - limit: How many at most.
    ///   - cursor: The cursor of the last thread shown, to go on after it.
    public func threads(_ filter: ThreadFilter, limit: Int = 50, after cursor: ThreadCursor? = nil) throws -> [ThreadRow] {
        try read("Reading a list of threads") { source in
            let query = try ThreadQuery(filter, after: cursor, in: source)
            guard let query else { return [] }
            var rows: [ThreadRow] = []
            try source.forEachRow(query.sql(limit: max(0, limit)), bind: query.bind) { rows.append(try Self.row($0)) }
            return rows
        }
    }

    /// The threads that a short code fits, such as `TOW-4F7K` or `4f7k`. Ascending by id; none where the text is no
    /// code.
    public func threads(matching code: String) throws -> [ThreadRow] {
        guard let number = ShortCode.number(of: code) else { return [] }
        return try read("Looking up a short code") { source in
            // No index of its own: codes are random, so each new thread would dirty another page, while reading
            // through the index of ids takes milliseconds and people type codes seldom. Two bytes are compared there,
            // the other four bits here.
            var rows: [ThreadRow] = []
            try source.forEachRow(
                """
                SELECT rank, due, activity, id, state FROM thread
                WHERE no IN (SELECT no FROM thread WHERE substr(id, 15) = ?) ORDER BY id
                """, bind: { $0.bindCopy(1, [UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]) }
            ) { row in
                let found = try Self.row(row)
                if ShortCode.number(of: found.id) == number { rows.append(found) }
            }
            return rows
        }
    }

    /// Calls `body` with the threads of `patients` that were not purged, until it says no: those of the first patient first, each
    /// patient's from the latest activity to the earliest. Of patients that it does not get to, no thread is read.
    public func forEachThread(of patients: [PatientID], _ body: (ThreadState) throws -> Bool) throws {
        var rest = patients[...]
        while let last = rest.prefix(PatientThreads.someMax).last {
            let some = rest.prefix(PatientThreads.someMax)
            rest = rest.dropFirst(some.count)
            var numbers: [PatientID: [Int64]] = [:]
            try read("Looking for patients' threads") { source in
                try source.forEachRow(
                    PatientThreads.ofSome,
                    bind: { statement in
                        for place in 0..<PatientThreads.someMax {
                            let patient = place < some.count ? some[some.startIndex + place] : last
                            statement.bindCopy(Int32(place + 1), high: patient.high, low: patient.low)
                        }
                    }
                ) { row in
                    let patient: PatientID = try StoredState.id(row.borrowedBlob(0))
                    numbers[patient, default: []].append(row.integer(1))
                }
            }
            for patient in some {
                // One that is named twice has its threads once.
                guard let mine = numbers.removeValue(forKey: patient) else { continue }
                for thread in try threads(numbered: mine) where try !body(thread.state) { return }
            }
        }
    }

    /// The threads of those numbers that were not purged, from the latest activity to the earliest.
    private func threads(numbered numbers: [Int64]) throws -> [(state: ThreadState, activity: Int64)] {
        var threads: [(state: ThreadState, activity: Int64)] = []
        try read("Reading patients' threads") { source in
            for number in numbers {
                let thread = try source.firstRow(
                    "SELECT activity, id, state FROM thread WHERE no = ? AND (flags & \(ThreadFlags.purged.rawValue) = 0 OR status < 4)",
                    bind: { $0.bind(1, number) }
                ) { row in
                    let id: ThreadID = try StoredState.id(row.borrowedBlob(1))
                    return (try StoredState.decode(ThreadState.self, row.borrowedBlob(2), "thread", "\(id)"), row.integer(0))
                }
                if let thread { threads.append(thread) }
            }
        }
        return threads.sorted { ($1.activity, $0.state.id) < ($0.activity, $1.state.id) }
    }

    /// How many threads each list has at `now` (milliseconds since 1970), seen by one person, of what `reach` allows. What is snoozed
    /// counts only as snoozed, open and in conflict, as `ThreadFilter.awakeAt` has it.
    public func counts(
        now: Int64, staff: StaffID? = nil, queues: [QueueID] = [], office: OfficeID? = nil, reach: ThreadReach? = nil
    ) throws -> ThreadCounts {
        // Before the snapshot, as `CommitCount` wants it.
        let asOf = threadCommits
        return try read("Counting threads") { source in
            let person = try staff.flatMap { try ThreadQuery.number(of: $0, in: source) }
            let pools = try queues.compactMap { try ThreadQuery.number(of: $0, in: source) }
            let place = try office.map { try ThreadQuery.number(of: $0, in: source) ?? -1 }
            var reach = try reach.map { try ReachNumbers($0, in: source) }
            var threads: [ListedThread] = []
            if let shared = reach, shared.sharedAt != nil {
                // Few, and found by what they are shared as: what is kept in memory does not know of it.
                try source.forEachRow(
                    "SELECT \(ListedThread.columns) FROM thread NOT INDEXED WHERE listed = 1 AND \(shared.condition)"
                ) { threads.append(ListedThread($0)) }
                reach = nil
            } else {
                threads = try listedThreads(asOf: asOf, in: source)
            }
            var counts = ThreadCounts()
            for thread in threads {
                if let place, thread.office != place { continue }
                if let reach, !reach.covers(thread) { continue }
                counts.add(thread, now: now, person: person, pools: pools)
            }
            return counts
        }
    }

    /// A thread and its history by (time, dot), or nil where nothing is known of it.
    public func thread(_ id: ThreadID) throws -> (state: ThreadState, timeline: [TimelineRow])? {
        try read("Reading a thread") { source in
            let found = try source.firstRow(
                "SELECT no, state FROM thread WHERE id = ?", bind: { $0.bindCopy(1, high: id.high, low: id.low) }
            ) { row in
                (row.integer(0), try StoredState.decode(ThreadState.self, row.borrowedBlob(1), "thread", "\(id)"))
            }
            guard let (number, state) = found else { return nil }
            return (state, try TimelineQuery.rows(ofThread: number, in: source))
        }
    }

    /// The state of a thread, or nil where nothing is known of it.
    public func state(of id: ThreadID) throws -> ThreadState? {
        try read("Reading a thread") { source in
            try source.firstRow("SELECT state FROM thread WHERE id = ?", bind: { $0.bindCopy(1, high: id.high, low: id.low) }) {
                try StoredState.decode(ThreadState.self, $0.borrowedBlob(0), "thread", "\(id)")
            }
        }
    }

    /// The threads that a purge is in effect on, ascending.
    public func purgedThreads() throws -> [ThreadID] {
        try read("Looking for purged threads") { try PurgedThreads.all(in: $0) }
    }

    private static func row(_ row: PreparedStatement) throws -> ThreadRow {
        let id: ThreadID = try StoredState.id(row.borrowedBlob(3))
        let cursor = ThreadCursor(rank: row.integer(0), due: row.integer(1), activity: row.integer(2), id: id)
        return ThreadRow(state: try StoredState.decode(ThreadState.self, row.borrowedBlob(4), "thread", "\(id)"), cursor: cursor)
    }
}

/// Reads the history of threads.
enum TimelineQuery {
    /// The history of the thread of `thread.no` `number`, by (time, dot).
    static func rows(ofThread number: Int64, in source: some StatementSource) throws -> [TimelineRow] {
        var rows: [TimelineRow] = []
        try source.forEachRow(
            """
            SELECT time, replica.id, sequence, kinds FROM timeline JOIN replica ON replica.no = timeline.replica
            WHERE thread = ?
            """, bind: { $0.bind(1, number) }
        ) { row in
            let dot = Dot(ReplicaID(UInt64(bitPattern: row.integer(1))), UInt64(bitPattern: row.integer(2)))
            let kinds = TimelineKinds(rawValue: UInt16(truncatingIfNeeded: row.integer(3)))
            rows.append(TimelineRow(stamp: Stamp(dot, HybridTimestamp(sortable: row.integer(0))), kinds: kinds))
        }
        // The table orders by this database's replica numbers where times are equal; people and digests need the
        // dots' order.
        return rows.sorted()
    }
}
