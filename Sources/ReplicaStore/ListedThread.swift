import InboxModel

/// What counting needs of a thread that a daily list shows. Offices, categories and owners by their numbers in this database.
struct ListedThread {
    let due: Int64
    let snoozed: Int64
    let owner: Int64
    let office: Int64?
    let category: Int64?
    let flags: ThreadFlags
    let status: ThreadStatus
    let ownerKind: OwnerKind

    /// The columns of `ListedThread`, in the order in which `init(_:)` reads them.
    static let columns = "status, flags, owner_kind, owner, due, snoozed, office, category"

    init(_ row: PreparedStatement) {
        status = ThreadStatus(rawValue: UInt8(truncatingIfNeeded: row.integer(0))) ?? .queued
        flags = ThreadFlags(rawValue: UInt16(truncatingIfNeeded: row.integer(1)))
        ownerKind = OwnerKind(rawValue: row.integer(2)) ?? .nobody
        owner = row.integer(3)
        due = row.integer(4)
        snoozed = row.integer(5)
        office = row.isNull(6) ? nil : row.integer(6)
        category = row.isNull(7) ? nil : row.integer(7)
    }

    init(_ columns: ThreadColumns, owner: Int64, office: Int64?, category: Int64?) {
        status = columns.summary.status
        flags = columns.summary.flags
        ownerKind = OwnerKind(columns.summary.owner)
        self.owner = owner
        due = columns.due
        snoozed = columns.snoozed
        self.office = office
        self.category = category
    }
}

extension ThreadCounts {
    /// Counts one listed thread wherever `ThreadQuery` would list it.
    mutating func add(_ thread: ListedThread, now: Int64, person: Int64?, pools: [Int64]) {
        let isOpen = thread.status != .resolved && thread.status != .merged
        if thread.flags.contains(.answeredTwice) || (isOpen && !thread.flags.isDisjoint(with: .conflicts)) { conflicts += 1 }
        guard isOpen else { return }
        open += 1
        if thread.flags.contains(.contested) { contested += 1 }
        if thread.snoozed > now {
            snoozed += 1
            return
        }
        if thread.flags.contains(.needsReply) { needsReply += 1 }
        if thread.flags.contains(.clinicalReview) { clinicalReview += 1 }
        if let person, thread.ownerKind == .staff, thread.owner == person { mine += 1 }
        if thread.ownerKind == .queue && pools.contains(thread.owner) { queues += 1 }
        if thread.status == .waitingOnPatient {
            waitingOnPatient += 1
        } else {
            if thread.ownerKind != .staff { unassigned += 1 }
            if thread.due < now { overdue += 1 }
        }
    }
}
