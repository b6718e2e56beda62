public import Causality
public import InboxModel

/// Something that changes are about, and that can be made anew from them.
public enum EntityName: Hashable, Comparable, Sendable {
    /// A thread.
    case thread(ThreadID)
    /// A patient's record.
    case patient(PatientID)
    /// A document of the directory.
    case document(DocumentID)

    /// What `change` is about; nil where this version does not know.
    public init?(_ change: Change) {
        switch change {
        case .thread(let id, _, _): self = .thread(id)
        case .patient(let id, _, _): self = .patient(id)
        case .directory(let document, _): self = .document(document.name)
        case .audit, .unknown: return nil
        }
    }

    /// Threads, then patients, then documents; each by id.
    public static func < (left: EntityName, right: EntityName) -> Bool {
        left.kind == right.kind ? (left.words.high, left.words.low) < (right.words.high, right.words.low) : left.kind < right.kind
    }

    private var kind: Int {
        switch self {
        case .thread: 0
        case .patient: 1
        case .document(let id): 2 + Int(id.kind)
        }
    }

    var words: IDWords {
        switch self {
        case .thread(let id): IDWords(id)
        case .patient(let id): IDWords(id)
        case .document(let id): id.words
        }
    }
}

// Making single entities anew: when change sets that were merged must not count any more, or some that were set aside do.

extension ReplicaTransaction {
    /// The change sets that `entity` was made from, ascending.
    public func steps(of entity: EntityName) throws -> [Dot] {
        try requireOpen()
        try flush()
        var dots: [Dot] = []
        let words = entity.words
        let isThread = if case .thread = entity { true } else { false }
        let sql = isThread
            ? """
            SELECT replica.id, timeline.sequence FROM timeline JOIN replica ON replica.no = timeline.replica
            WHERE timeline.thread = (SELECT no FROM thread WHERE id = ?)
            """
            : """
            SELECT replica.id, record_step.sequence FROM record_step JOIN replica ON replica.no = record_step.replica
            WHERE record_step.entity = ?
            """
        try working.connection.forEachRow(sql, bind: { $0.bindCopy(1, high: words.high, low: words.low) }) { row in
            dots.append(Dot(ReplicaID(UInt64(bitPattern: row.integer(0))), UInt64(row.integer(1))))
        }
        return dots.sorted()
    }

    /// Makes `entity` anew from `sets`, and from nothing else: what they say of other entities is passed over.
    ///
    /// Ordering duties: each change set after those that its context names. Every one of them is in the log.
    public func rebuild(_ entity: EntityName, from sets: [ChangeSet]) throws {
        try requireOpen()
        try flush()
        isHalfApplied = true
        switch entity {
        case .thread(let id): try rebuild(id, from: sets)
        case .patient(let id):
            try forgetSteps(of: entity)
            patients[id] = nil
            dirtyPatients.remove(id)
            try PatientRows.remove(id, from: working.connection)
        case .document(let id):
            try forgetSteps(of: entity)
            try remove(id)
        }
        for set in sets {
            for change in set.changes where EntityName(change) == entity {
                switch change {
                case .patient(let id, let context, let change): try apply(change, to: id, context: context, of: set)
                case .directory(let document, let context): try apply(document, context: context, of: set)
                case .thread, .audit, .unknown: continue
                }
                try noteStep(of: entity.words, at: try heldKey(set.dot))
            }
        }
        touch(entity)
        isHalfApplied = false
    }

    /// Counts a change set that was merged as set aside. What it changed is to be rebuilt, which is the caller's duty.
    public func setAside(_ dot: Dot, reason: String, at now: Int64) throws {
        let key = try heldKey(dot)
        try working.connection.run("INSERT OR REPLACE INTO quarantine (id, reason, received_at) VALUES (?, ?, ?)") {
            $0.bind(1, key.rawValue)
            $0.bindCopy(2, reason)
            $0.bind(3, now)
        }
        // The index keeps its words, which name nothing any more.
        try working.connection.run("DELETE FROM search_item WHERE replica = ? AND sequence = ?") {
            $0.bind(1, key.number)
            $0.bind(2, Int64(key.sequence))
        }
    }

    private func rebuild(_ id: ThreadID, from sets: [ChangeSet]) throws {
        guard let thread = try thread(id) ?? (sets.isEmpty ? nil : threadForWriting(id)) else { return }
        noteTouch(thread)
        working.counters.messages -= thread.state.messageCount
        thread.state = ThreadState(id: id)
        try working.connection.run("DELETE FROM timeline WHERE thread = ?") { $0.bind(1, thread.number) }
        if sets.isEmpty {
            try working.rows.remove(thread)
            working.threads.remove(id)
            return
        }
        for set in sets {
            guard let position = working.replicas.position(of: set.dot.replica) else { continue }
            for case .thread(id, let context, let change) in set.changes {
                try apply(change, to: id, context: context, of: set, at: position)
            }
        }
        if !thread.isDirty {
            thread.isDirty = true
            dirtyThreads.append(thread)
        }
    }

    private func touch(_ entity: EntityName) {
        switch entity {
        case .thread: break
        case .patient(let id): touchedPatientIDs.insert(id)
        case .document(let id): if !touchedDocumentIDs.contains(id) { touchedDocumentIDs.append(id) }
        }
    }

    private func remove(_ id: DocumentID) throws {
        switch id {
        case .office(let id): try working.offices.remove(id, in: working.connection)
        case .staff(let id): try working.staff.remove(id, in: working.connection)
        case .queue(let id): try working.queues.remove(id, in: working.connection)
        case .category(let id): try working.categories.remove(id, in: working.connection)
        case .account(let id): try working.accounts.remove(id, in: working.connection)
        case .token(let id): try working.tokens.remove(id, in: working.connection)
        case .authority(let id): try working.authorities.remove(id, in: working.connection)
        }
    }

    private func forgetSteps(of entity: EntityName) throws {
        let words = entity.words
        try working.connection.run("DELETE FROM record_step WHERE entity = ?") { $0.bindCopy(1, high: words.high, low: words.low) }
    }

    /// Remembers that a change set touched a patient or document.
    func noteStep(of words: IDWords, at key: LogKey) throws {
        try working.connection.run("INSERT OR IGNORE INTO record_step (entity, replica, sequence) VALUES (?, ?, ?)") {
            $0.bindCopy(1, high: words.high, low: words.low)
            $0.bind(2, key.number)
            $0.bind(3, Int64(key.sequence))
        }
    }
}
