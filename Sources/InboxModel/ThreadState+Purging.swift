public import Causality

// Holds and purges (`merge.md`, rows "hold" and "retention purge"). A purge removes nothing from the state: it decides what of the
// thread is shown, and what may be destroyed. So a hold that arrives late stops it and everything is there as before.
extension ThreadState {
    /// Merges what is said about keeping and destroying.
    mutating func keep(_ change: ThreadChange, seen: SeenContext, of set: ChangeSet) {
        switch change {
        case .holdPlaced(let hold):
            holds.insert(hold, at: set.stamp)
            holdClock.advance(to: set.dot)
        case .holdReleased(let token):
            holds.remove(seen: seen) { $0.token.utf8.elementsEqual(token.utf8) }
        case .purged(let order):
            let mark = PurgeMark(stamp: set.stamp, order: order, by: set.actor, seen: seen.context)
            let index = purges.firstIndex { mark.stamp.dot < $0.stamp.dot } ?? purges.endIndex
            purges.insert(mark, at: index)
        case .purgeNoted(let step, let purge):
            let note = PurgeNote(purge: purge, step: step, stamp: set.stamp)
            guard !purgeNotes.contains(note) else { return }
            purgeNotes.append(note)
            purgeNotes.sort()
        default: break
        }
    }

    /// Whether a purge is carried out: there is no hold, and its author had seen every hold that ever was. One that met a hold stays
    /// stopped when the hold is released; whoever releases it may order another.
    public func isInEffect(_ purge: PurgeMark) -> Bool {
        if PlantedBug.isPlanted(.purgesWhatIsHeld) { return true }
        return holds.isEmpty && purge.seen.dominates(holdClock)
    }

    /// The purges that are carried out, ascending by dot.
    public var purgesInEffect: [PurgeMark] { purges.isEmpty ? [] : purges.filter { isInEffect($0) } }

    /// Whether what change set `dot` said in the thread is purged. What was said without knowing of the purge is not: nothing that a
    /// patient wrote is lost because two offices acted at the same time.
    public func isPurged(_ dot: Dot) -> Bool { purgesInEffect.contains { $0.seen.covers(dot) } }

    /// When `replica` took a step of the purge named `purge`; nil where it has not.
    public func note(of replica: ReplicaID, _ step: PurgeStep, of purge: Dot) -> Stamp? {
        purgeNotes.first { $0.purge == purge && $0.step == step && $0.stamp.dot.replica == replica }?.stamp
    }

    /// The purges in effect that all of `replicas` have acknowledged: what they cover may be destroyed. Of `replicas`, those that
    /// this state has no acknowledgement of may hold back a hold.
    public func purgesDue(acknowledgedBy replicas: [ReplicaID]) -> [PurgeMark] {
        purgesInEffect.filter { purge in
            replicas.allSatisfy { note(of: $0, .acknowledged, of: purge.stamp.dot) != nil }
        }
    }

    /// What the purges `due` destroy, ascending: everything that the change sets which they cover said in the thread, corrections of
    /// it whoever wrote them when, and the thread's keys, unless something that stays was sealed under them.
    ///
    /// - Parameters:
    ///   - due: Purges of this thread.
    ///   - sets: All change sets about the thread.
    public func contents(destroyedBy due: [PurgeMark], in sets: [ChangeSet]) -> [ContentReference] {
        if due.isEmpty { return [] }
        let covered = due.reduce(into: VersionVector()) { $0.join($1.seen) }
        var messages: Set<MessageID> = []
        for (set, _, change) in steps(in: sets) where covered.covers(set.dot) {
            if let message = change.message { messages.insert(message) }
        }
        var destroyed: Set<ContentReference> = []
        var keys: [ContentReference] = []
        var keysStay = false
        for (set, context, change) in steps(in: sets) {
            if case .contentKey(_, let content) = change {
                if covered.covers(set.dot) { keys.append(ContentReference(set.dot, content)) }
                continue
            }
            guard let content = change.content else { continue }
            var corrects = false
            if case .correction(let message, _) = change { corrects = messages.contains(message) }
            if covered.covers(set.dot) || corrects {
                destroyed.insert(ContentReference(set.dot, content))
            } else if !due.contains(where: { context.covers($0.stamp.dot) }) {
                // Its author did not know of the purge, so it is sealed under a key from before.
                keysStay = true
            }
        }
        if !keysStay { destroyed.formUnion(keys) }
        return destroyed.sorted()
    }

    /// Everything that was said in the thread, keys excepted, ascending. `sets` are all change sets about it.
    public func contentsSaid(in sets: [ChangeSet]) -> [ContentReference] {
        Set(steps(in: sets).compactMap { step in step.change.content.map { ContentReference(step.set.dot, $0) } }).sorted()
    }

    /// The keys that may be used for what is said from now on, the oldest first: those that no purge covers.
    public var contentKeysInUse: [ContentKeyEntry] { contentKeys.filter { !isPurged($0.reference.dot) } }

    /// The tag for a new key.
    public var nextContentKeyTag: UInt32 { (contentKeys.last?.tag).map { $0 &+ 1 } ?? 0 }

    private func steps(in sets: [ChangeSet]) -> [(set: ChangeSet, context: VersionVector, change: ThreadChange)] {
        sets.flatMap { set in
            set.changes.compactMap { change in
                guard case .thread(id, let context, let kind) = change else { return nil }
                return (set, context, kind)
            }
        }
    }
}

extension ThreadChange {
    /// The content that holds what the change says; nil where it says nothing, and for a content key, which says nothing to people.
    public var content: UInt16? {
        switch self {
        case .subject(let content), .note(_, let content): content
        case .message(let posting): posting.content
        case .correction(_, let content), .reopened(let content), .draft(let content): content
        case .ownership(let step): step.note
        case .resolved(let resolution): resolution.note
        default: nil
        }
    }

    /// The message or note that the change makes.
    fileprivate var message: MessageID? {
        switch self {
        case .message(let posting): posting.id
        case .note(let id, _): id
        default: nil
        }
    }
}
