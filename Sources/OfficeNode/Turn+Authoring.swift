import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

/// The changes and contents of an action in the making.
struct ActionDraft {
    private(set) var changes: [Change] = []
    private(set) var contents: [ContentDraft] = []

    mutating func add(_ change: Change) { changes.append(change) }

    mutating func add(_ kinds: [ThreadChange], to thread: ThreadID, context: VersionVector) {
        for kind in kinds { changes.append(.thread(thread, context: context, kind)) }
    }

    /// Begins a thread: `opening` is what its category and office say, the opening itself first; `key` seals what is said in it.
    mutating func begin(_ thread: ThreadID, _ opening: [ThreadChange], subject: String, under key: ContentKey) {
        let none = VersionVector()
        add([opening[0], .contentKey(tag: 0, content: carry(key))], to: thread, context: none)
        add([.subject(content: say(subject, under: key))], to: thread, context: none)
        add(Array(opening.dropFirst()), to: thread, context: none)
    }

    /// Adds something that is said; returns its number in the change set.
    mutating func say(_ text: String, under key: ContentKey) -> UInt16 {
        contents.append(ContentDraft(text, under: .thread(key)))
        return UInt16(contents.count - 1)
    }

    /// Adds a thread's content key; returns its number in the change set.
    mutating func carry(_ key: ContentKey) -> UInt16 {
        contents.append(ContentDraft(key.bytes, under: .epoch))
        return UInt16(contents.count - 1)
    }
}

extension Turn {
    /// Seals, stores and merges one change set of this replica.
    mutating func author(
        _ draft: ActionDraft, by actor: Actor, roster: [RosterRecord] = []
    ) throws -> Dot {
        guard mayAuthor else {
            throw NodeError(
                .inconsistent, "a change set was to be authored in a transaction that a power cut may undo: nothing was written")
        }
        // The signers' order counts whoever writes it down: also where everybody was removed.
        let isRecovery = roster.contains { if case .recovered = $0 { true } else { false } }
        if !isRecovery && node.state.roster.formerMember(node.member) != nil {
            throw CommandRefusal(.notAllowed, "this device was removed from the group: it can show what it holds, and write no more")
        }
        if node.state.isRelay { return try announce(roster, isEmpty: draft.changes.isEmpty) }
        guard let epoch = node.state.writing.flatMap({ node.state.epochs[$0] }) else {
            throw CommandRefusal(
                .waitingForKey, "this node waits for its key: it can write once it has reached the office that invited it")
        }
        try startReplicaIfOwed()
        let roster = try naming(roster)
        let dot = Dot(node.replica, node.state.sealer.head.sequence + 1)
        let stamp = Stamp(dot, node.state.clock.tick(now: now))
        let office = node.state.roster.members[node.member]?.office
        let set = ChangeSet(stamp: stamp, actor: actor, office: office, changes: draft.changes)
        // As the others will: what they would set aside is not written.
        if let refusal = try refusal(of: set, past: pastHere(of: dot)) { throw CommandRefusal(.notAllowed, refusal.message) }
        let isFull = dot.sequence == 1 || dot.sequence % LogLimits.fullClockInterval == 0
        let announced = node.state.announced
        let body = ChangeSetBody(set: set, clock: try clockDelta(full: isFull), isFullClock: isFull)
        let seen = node.state.roster.frontier(without: node.replica)
        let bytes = roster.isEmpty ? [] : try RosterCodec.encode(RosterChanges(roster, seen: seen))
        let sealed = try seal(body, draft.contents, bytes, under: epoch)
        guard let entry = sealed else {
            // One person's oversized action must not undo what others asked for in the same transaction.
            node.state.announced = announced
            throw CommandRefusal(.invalid, "it is too large for one change set: leave something out, or do it in several steps")
        }
        let signature = node.identity.signing.sign(LogDomain.changeSetSignature, try entry.hash.digest)
        try transaction.append(
            CollectionOfOne(LogRow(entry)), of: node.replica, epoch: epoch.id.digest.bytes,
            signature: (entry.sequence, signature.bytes))
        if !bytes.isEmpty { try takeRoster([(LogHead(node.replica, entry.sequence, entry.hash), bytes)]) }
        node.state.logClocks.advance(body, of: node.replica)
        noteAuthored(VerifiedEntry(entry: entry, rosterChanges: bytes.isEmpty ? nil : bytes, body: body, needsKey: false))
        try transaction.merge(set)
        tell(dot, body, isAuthored: true)
        advance(to: LogHead(node.replica, entry.sequence, entry.hash), authored: true)
        return dot
    }

    /// Writes what a relay has to say: roster changes about itself, which need no key.
    private mutating func announce(_ roster: [RosterRecord], isEmpty: Bool) throws -> Dot {
        try startReplicaIfOwed()
        let roster = try naming(roster)
        guard isEmpty, !roster.isEmpty else {
            throw CommandRefusal(.notAllowed, "this node is a relay: it holds no keys, and writes nothing into the inbox")
        }
        let seen = node.state.roster.frontier(without: node.replica)
        let bytes = try RosterCodec.encode(RosterChanges(roster, seen: seen))
        let epoch = node.state.roster.firstEpoch
        let entry = try node.state.sealer.seal(rosterChanges: bytes, epoch: epoch)
        let signature = node.identity.signing.sign(LogDomain.changeSetSignature, try entry.hash.digest)
        let head = LogHead(node.replica, entry.sequence, entry.hash)
        try transaction.append(
            CollectionOfOne(LogRow(entry)), of: node.replica, epoch: epoch.digest.bytes,
            signature: (entry.sequence, signature.bytes))
        try takeRoster([(head, bytes)])
        try transaction.skip(head.dot)
        tell(head.dot, nil, isAuthored: true)
        advance(to: head, authored: true)
        return head.dot
    }

    /// Seals a change set; nil where it is beyond the sizes of the log.
    private mutating func seal(
        _ body: ChangeSetBody, _ contents: [ContentDraft], _ roster: [UInt8], under epoch: EpochKey
    ) throws -> LogEntry? {
        do {
            return try node.state.sealer.seal(
                body, contents: contents, rosterChanges: roster, under: epoch, random: node.random)
        } catch {
            if error.code == .tooLarge { return nil }
            throw error
        }
    }

    /// The entries of what is merged here that this replica's log has not told yet; all of them in a full clock.
    private mutating func clockDelta(full: Bool) throws -> [TaggedClockEntry] {
        var entries: [TaggedClockEntry] = []
        for progress in transaction.progress() where progress.replica != node.replica && progress.merged > progress.base {
            guard full || progress.merged > node.state.announced[progress.replica] else { continue }
            let dot = Dot(progress.replica, progress.merged)
            guard let hash = try hash(at: dot) else {
                throw NodeError(.inconsistent, "the log has lost change set \(dot): run `suture log verify`")
            }
            entries.append(TaggedClockEntry(progress.replica, progress.merged, tag: hash.tag))
            node.state.announced.advance(to: dot)
        }
        return entries
    }

    /// A new id.
    func newID<Entity>() -> EntityID<Entity> {
        EntityID(milliseconds: now, entropy: (node.random.uint64(), node.random.uint64()))
    }

    /// The key of a thread that lies at `entry`.
    private func open(_ entry: ContentKeyEntry) throws -> ContentKey {
        guard let row = try transaction.row(at: entry.reference.dot) else {
            throw NodeError(.inconsistent, "the log has lost change set \(entry.reference.dot): run `suture log verify`")
        }
        return try ContentKeys.open(entry.reference, row: row, opener: opener, epochs: node.state.epochs)
    }

    /// The keys that a thread's contents are sealed under, as far as they can be opened here.
    func contentKeys(of state: ThreadState) throws -> [ContentKey] {
        try state.contentKeys.compactMap { entry in
            do {
                return try open(entry)
            } catch let error as LogError where error.code == .purged || error.code == .missingKey {
                return nil
            }
        }
    }

    /// The key for what is said in a thread now: the first that no purge covers. Where there is none left, a new one, which the draft
    /// then carries: what is said after a purge must not keep the key of what was purged.
    mutating func contentKey(for task: inout ThreadTask) throws -> (key: ContentKey, tag: UInt32) {
        if let key = task.key { return key }
        let key: (key: ContentKey, tag: UInt32)
        if let entry = task.state.contentKeysInUse.first {
            key = (try open(entry), entry.tag)
        } else if task.state.contentKeys.isEmpty {
            throw CommandRefusal(.conflict, "the thread has no content key here yet: try again when its opening has arrived")
        } else {
            key = (try ContentKey(random: node.random), task.state.nextContentKeyTag)
            task.add(.contentKey(tag: key.tag, content: task.draft.carry(key.key)))
        }
        task.key = key
        return key
    }

    /// Adds something that is said in a thread; returns its number in the change set.
    mutating func say(_ text: String, in task: inout ThreadTask) throws -> UInt16 {
        let key = try contentKey(for: &task).key
        return task.draft.say(text, under: key)
    }
}
