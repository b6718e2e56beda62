public import Causality
public import InboxModel

extension ReplicaTransaction {
    /// Applies a change set to the inbox.
    ///
    /// Changes that this version does not know are skipped and counted; they stay in the log for a rebuild after an
    /// upgrade.
    ///
    /// - Throws: `.inconsistent` where `set` is not the next one of its log to be merged, or is not in the log.
    public func merge(_ changeSet: ChangeSet) throws {
        let position = try nextMerge(changeSet.dot)
        // Between change sets only: a change set's changes to one thread share a timeline row, which must not be
        // written in between.
        try makeRoom()
        isHalfApplied = true
        for change in changeSet.changes {
            switch change {
            case .thread(let id, let context, let change):
                try apply(change, to: id, context: context, of: changeSet, at: position)
            case .patient(let id, let context, let change):
                try apply(change, to: id, context: context, of: changeSet)
                let key = LogKey(number: working.replicas[position].number, sequence: changeSet.dot.sequence)
                try noteStep(of: IDWords(id), at: key)
            case .directory(let document, let context):
                try apply(document, context: context, of: changeSet)
                let key = LogKey(number: working.replicas[position].number, sequence: changeSet.dot.sequence)
                try noteStep(of: document.name.words, at: key)
            case .audit:
                // The log is where the audit is read.
                break
            case .unknown:
                working.counters.unknownChanges += 1
            }
        }
        working.replicas.update(position) { $0.merged = changeSet.dot.sequence }
        isHalfApplied = false
    }

    /// Counts a change set as merged without applying it: it is set aside (`quarantineReason`), or holds nothing for
    /// the inbox.
    ///
    /// - Parameters:
    ///   - dot: The next change set of its log to be merged.
    ///   - quarantineReason: Why it is set aside, in words for an administrator; nil where it is not.
    ///   - now: When, in milliseconds since 1970; kept with the reason.
    /// - Throws: `.inconsistent` as `merge`.
    public func skip(_ dot: Dot, quarantineReason: String? = nil, at now: Int64 = 0) throws {
        let position = try nextMerge(dot)
        if let quarantineReason {
            let key = LogKey(number: working.replicas[position].number, sequence: dot.sequence)
            try working.connection.run("INSERT OR REPLACE INTO quarantine (id, reason, received_at) VALUES (?, ?, ?)") {
                $0.bind(1, key.rawValue)
                $0.bindCopy(2, quarantineReason)
                $0.bind(3, now)
            }
        }
        working.replicas.update(position) { $0.merged = dot.sequence }
    }

    /// Empties everything that follows from the log (threads, patients, directory, full text), so that the layer
    /// above can merge the log again from its first change sets. The log, the roster, quarantine and settings stay.
    public func resetMaterialised() throws {
        try requireOpen()
        isHalfApplied = true
        for sql in [
            "DELETE FROM thread", "DELETE FROM thread_patient", "DELETE FROM thread_patient_end", "DELETE FROM thread_share",
            "DELETE FROM timeline", "DELETE FROM entity", "DELETE FROM patient", "DELETE FROM document", "DELETE FROM record_step",
            "DELETE FROM search_item",
            "INSERT INTO search (search) VALUES ('delete-all')",
            "UPDATE replica SET merged = 0, indexed = 0",
        ] {
            try working.connection.run(sql)
        }
        try working.replicas.flush(to: working.connection)
        try working.reload()
        for position in working.replicas.entries.indices {
            working.replicas.update(position) {
                $0.merged = $0.base
                $0.indexed = $0.base
            }
        }
        working.counters = WorkingSet.Counters(messages: 0, unknownChanges: 0)
        countersStored = working.counters
        try clearCounters()
        forgetTouches()
        hasEmptied = true
        dirtyThreads = []
        steps = []
        patients = [:]
        dirtyPatients = []
        isHalfApplied = false
    }

    private func clearCounters() throws {
        try set(nil, for: SettingKey.messages)
        try set(nil, for: SettingKey.unknownChanges)
    }

    /// The position of the log whose next change set to merge is `dot`.
    private func nextMerge(_ dot: Dot) throws -> Int {
        try requireOpen()
        guard let position = working.replicas.position(of: dot.replica) else {
            throw ReplicaStoreError(.inconsistent, "Change set \(dot) cannot be merged: nothing of its log is held.")
        }
        let entry = working.replicas[position]
        guard dot.sequence == entry.merged + 1, dot.sequence <= entry.received.sequence else {
            throw ReplicaStoreError(
                .inconsistent,
                """
                Change set \(dot) cannot be merged: the log is merged up to \(entry.merged) and received up to \
                \(entry.received.sequence).
                """)
        }
        return position
    }

    // MARK: Threads

    func apply(
        _ change: ThreadChange, to id: ThreadID, context: VersionVector, of changeSet: ChangeSet, at position: Int
    ) throws {
        let thread = try threadForWriting(id)
        let messages = thread.state.messageCount
        thread.state.apply(change, context: context, of: changeSet)
        working.counters.messages += thread.state.messageCount - messages
        let key = LogKey(number: working.replicas[position].number, sequence: changeSet.dot.sequence)
        let kinds = TimelineKinds(change)
        // One row for each thread and change set: an earlier change of this set may have made it.
        var index = steps.count - 1
        while index >= 0 && steps[index].key == key {
            if steps[index].thread == thread.number {
                steps[index].kinds.formUnion(kinds)
                return
            }
            index -= 1
        }
        steps.append(PendingStep(thread: thread.number, time: changeSet.stamp.timestamp.sortable, key: key, kinds: kinds))
    }

    func threadForWriting(_ id: ThreadID) throws -> CachedThread {
        let thread: CachedThread
        if let known = try self.thread(id) {
            thread = known
        } else {
            thread = working.rows.make(id)
            working.threads.insert(thread)
        }
        noteTouch(thread)
        if !thread.isDirty {
            thread.isDirty = true
            dirtyThreads.append(thread)
        }
        return thread
    }

    /// The thread from memory or its row, or nil where there is none.
    func thread(_ id: ThreadID) throws -> CachedThread? {
        if let thread = working.threads.find(id) { return thread }
        guard let thread = try working.rows.load(id) else { return nil }
        working.threads.insert(thread)
        return thread
    }

    /// Writes dirty threads and forgets the old ones where memory is full.
    func makeRoom() throws {
        guard working.threads.isFull else { return }
        try flushThreads()
        working.threads.rotate()
    }

    func flushThreads() throws {
        // In the order of row numbers, so that neighbours share pages and new rows go to the end.
        dirtyThreads.sort { $0.number < $1.number }
        for thread in dirtyThreads { try working.rows.write(thread) }
        dirtyThreads.removeAll(keepingCapacity: true)
        steps.sort {
            $0.thread == $1.thread
                ? ($0.time == $1.time ? $0.key.rawValue < $1.key.rawValue : $0.time < $1.time) : $0.thread < $1.thread
        }
        let insert = working.insertStep
        for step in steps {
            insert.bind(1, step.thread)
            insert.bind(2, step.time)
            insert.bind(3, step.key.number)
            insert.bind(4, Int64(step.key.sequence))
            insert.bind(5, Int64(step.kinds.rawValue))
            try insert.run()
        }
        steps.removeAll(keepingCapacity: true)
    }
}
