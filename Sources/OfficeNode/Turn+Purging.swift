import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

// Carrying out purges. Three steps, each told to the others by a change set: acknowledge, destroy when everybody has acknowledged and no
// hold is known, and say so once nothing is left in the files.

extension Turn {
    /// Whether this node writes about purges: it can read them, and may write.
    private var looksAfterPurges: Bool {
        !node.state.isRelay && node.state.writing != nil && node.state.roster.formerMember(node.member) == nil
    }

    /// Looks at the threads whose purges have something new, a slice of them.
    mutating func lookAfterPurges() throws {
        node.state.purges.add(transaction.touchedPurges)
        // A change of members or keys puts them there again.
        guard looksAfterPurges else { return node.state.purges.forgetDue() }
        // What waits to be merged comes first: a hold may be among it.
        guard !node.state.hasBacklog else { return }
        if case .merging(let isFirst) = node.state.purges.scrubbing {
            node.state.purges.merged(isMore: try transaction.mergeSearch(isFirst: isFirst))
        }
        guard !node.state.purges.due.isEmpty else { return }
        let witnesses = purgeWitnesses()
        var draft = ActionDraft()
        for thread in node.state.purges.take() {
            let notes = try lookAfter(thread, witnesses: witnesses)
            if notes.isEmpty { continue }
            if mayAuthor {
                draft.add(notes, to: thread, context: try transaction.threadState(thread)?.clock ?? VersionVector())
            } else {
                node.state.mustAuthor = true
            }
            // Looked at once more: the last acknowledgement may have been this node's own.
            node.state.purges.add(CollectionOfOne(thread))
        }
        if !draft.changes.isEmpty { _ = try author(draft, by: .system) }
    }

    /// Whether this replica has said of every purge of a thread that it has destroyed: then only what comes to the thread later is to
    /// be looked at.
    func isDestroyedHere(_ thread: ThreadID) throws -> Bool {
        guard let state = try transaction.threadState(thread) else { return true }
        return state.purgesInEffect.allSatisfy { state.note(of: node.replica, .destroyed, of: $0.stamp.dot) != nil }
    }

    /// Destroys what is due in one thread. Returns what is to be said about it.
    private mutating func lookAfter(_ thread: ThreadID, witnesses: PurgeWitnesses) throws -> [ThreadChange] {
        guard let state = try transaction.threadState(thread), !state.purgesInEffect.isEmpty else { return [] }
        let held = try heldContents(of: thread)
        let due = witnesses.isComplete ? state.purgesDue(acknowledgedBy: witnesses.replicas) : []
        let condemned = held.remaining(among: state.contents(destroyedBy: due, in: held.sets))
        if !condemned.isEmpty {
            try forget(condemned, of: state, in: held)
            try held.destroy(condemned, in: transaction)
            node.state.purges.soil(thread)
        }
        var notes: [ThreadChange] = []
        for purge in state.purgesInEffect {
            let name = purge.stamp.dot
            if state.note(of: node.replica, .acknowledged, of: name) == nil {
                let holdsSomething = !held.remaining(among: state.contents(destroyedBy: [purge], in: held.sets)).isEmpty
                let othersWait = witnesses.replicas.contains { $0 != node.replica && state.note(of: $0, .destroyed, of: name) == nil }
                if holdsSomething || othersWait { notes.append(.purgeNoted(.acknowledged, of: name)) }
            } else if due.contains(purge), state.note(of: node.replica, .destroyed, of: name) == nil {
                if node.state.purges.isClean(thread) {
                    notes.append(.purgeNoted(.destroyed, of: name))
                } else if condemned.isEmpty {
                    // Destroyed before a restart perhaps: the files may hold it still.
                    node.state.purges.soil(thread)
                }
            }
        }
        return notes
    }

    /// Takes the words of texts out of the search index, while the texts can still be opened.
    mutating func forget(_ contents: [ContentReference], of state: ThreadState, in held: HeldContents) throws {
        let condemned = Set(contents)
        let keys = try contentKeys(of: state)
        for item in try transaction.searchItems(of: state.id) where condemned.contains(item.content) {
            guard let entry = held.entries[item.content.dot] else { continue }
            guard let text = try? ContentKeys.text(item.content, in: entry, opener: opener, keys: keys) else {
                // Without the text its words cannot be taken out one by one.
                return try transaction.emptySearch()
            }
            try transaction.removeSearchItem(item, text: text)
        }
    }

    /// Whose acknowledgement a purge waits for: the logs that members speak with.
    private func purgeWitnesses() -> PurgeWitnesses {
        let current = CurrentLogs(logs: transaction.progress(), roster: node.state.roster, clocks: node.state.logClocks)
        let isComplete = node.state.roster.members.values.allSatisfy { $0.kind == .relay || current.logs[$0.id]?.isEmpty == false }
        return PurgeWitnesses(replicas: current.logs.values.flatMap(\.self).sorted(), isComplete: isComplete)
    }
}

/// The replicas whose acknowledgement a purge waits for.
private struct PurgeWitnesses {
    /// Those that members write, ascending.
    let replicas: [ReplicaID]
    /// Whether every member has written something that is known here.
    let isComplete: Bool
}

extension OfficeNode {
    /// Whether there is something to destroy, or to remove from the database's files, or to say about that.
    public var isPurging: Bool { !state.purges.isDone }

    /// Empties the write-ahead log where a purge wants it, outside of any transaction. Returns what follows.
    func emptyLogAfterPurge(now: Int64) -> [Directive] {
        guard state.purges.mayEmpty(at: now) else { return [] }
        do {
            guard try store.truncateLog() else {
                state.purges.postpone(at: now)
                return []
            }
            state.purges.emptied()
            return [.wake]
        } catch {
            state.purges.postpone(at: now)
            return [.warning(NodeWarning("storage", "what was purged is still in the write-ahead log: \(error)"))]
        }
    }
}
