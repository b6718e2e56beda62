public import Causality

extension ThreadState {
    /// Merges one change. Callers apply change sets in causal order, each once, and a set's changes in their order.
    ///
    /// - Parameters:
    ///   - change: What happened.
    ///   - context: The thread's clock as the author's page showed it: what the change supersedes.
    ///   - set: The change set it is part of.
    public mutating func apply(_ change: ThreadChange, context: VersionVector, of set: ChangeSet) {
        let seen = SeenContext(context, own: set.dot)
        let stamp = set.stamp
        clock.advance(to: set.dot)
        if !change.isPrivate { lastActivity = lastActivity.map { max($0, stamp) } ?? stamp }
        switch change {
        case .opened(let opening): open(opening, at: stamp)
        case .message(let posting): post(posting, seen: seen, at: stamp)
        case .ownership(let step): move(step, seen: seen, by: set.actor, at: stamp)
        case .resolved(let resolution):
            settleAttention(seen: seen)
            escalations.remove(seen: seen)
            settleAnswers(seen: seen)
            let mark = ResolutionMark(outcome: resolution.outcome, told: resolution.told, by: set.actor)
            resolutions.write(mark, at: stamp, seen: seen)
        case .reopened:
            resolutions.remove(seen: seen)
            insertAttention(AttentionItem(stamp: stamp, kind: .reopening))
        case .answeredTwiceAcknowledged: settleAnswers(seen: seen)
        // A level that was seen stays until it is acknowledged: a lower one does not clear it.
        case .escalated(let level): escalations.insert(EscalationLevel(level), at: stamp)
        case .escalationAcknowledged: escalations.remove(seen: seen)
        case .note, .correction: break
        case .holdPlaced, .holdReleased, .purged, .purgeNoted: keep(change, seen: seen, of: set)
        case .split, .continued: split(change, seen: seen, at: stamp)
        case .shared, .unshared: share(change, seen: seen, at: stamp)
        default: setField(change, seen: seen, of: set)
        }
    }

    /// The fields that are plain live values or sets.
    private mutating func setField(_ change: ThreadChange, seen: SeenContext, of set: ChangeSet) {
        let stamp = set.stamp
        switch change {
        case .subject(let content): subjects.write(ContentReference(set.dot, content), at: stamp, seen: seen)
        case .priority(let value): priorities.write(value, at: stamp, seen: seen)
        case .review(let flag): reviews.write(flag, at: stamp, seen: seen)
        case .category(let id, let urgency): categories.write(FiledCategory(id, urgency), at: stamp, seen: seen)
        case .due(let time): dues.write(DueTime(time), at: stamp, seen: seen)
        case .snoozed(let until):
            // The context alone: a clock that covers this set would cover all before it in this replica's log, and with
            // that the messages that arrived here after the page was opened.
            snoozes.write(Snooze(until: until, seen: seen.context), at: stamp, seen: seen)
        case .tagged(let tag): addTag(tag, dot: set.dot)
        case .untagged(let tag): removeTag(tag, seen: seen)
        case .read: if let staff = set.actor.staff { markRead(staff, seen: seen) }
        case .draft(let content): if let staff = set.actor.staff { saveDraft(content, of: staff, at: stamp, seen: seen) }
        case .moved(let office): offices.write(office, at: stamp, seen: seen)
        case .language(let tag): languages.write(tag, at: stamp, seen: seen)
        case .mergedInto(let thread): merges.write(MergeTarget(thread), at: stamp, seen: seen)
        case .contentKey(let tag, let content):
            contentKeys.append(ContentKeyEntry(tag: tag, reference: ContentReference(set.dot, content)))
            contentKeys.sort()
        default: break
        }
    }

    private mutating func open(_ opening: ThreadOpening, at stamp: Stamp) {
        openings.insert(opening, at: stamp)
        owners.insert(OwnershipClaim(owner: .queue(opening.queue), rank: .automation, act: .routed), at: stamp)
        categories.insert(FiledCategory(opening.category, opening.urgency), at: stamp)
    }

    private mutating func post(_ posting: MessagePosting, seen: SeenContext, at stamp: Stamp) {
        messageCount += 1
        switch posting.direction {
        case .inbound:
            lastInbound = lastInbound.map { max($0, stamp) } ?? stamp
            inboundClock.advance(to: stamp.dot)
            insertAttention(AttentionItem(stamp: stamp, kind: .inbound))
            // A resolution that the message's node had seen is over. One it had not seen stays live, and the thread
            // says "a message arrived that the resolver had not seen".
            resolutions.remove(seen: seen)
        case .outbound:
            lastOutbound = lastOutbound.map { max($0, stamp) } ?? stamp
            settleAttention(seen: seen)
            resolutions.remove(seen: seen)
            for message in posting.answers { recordAnswer(to: message, by: stamp.dot, seen: seen) }
        }
    }

    private mutating func move(_ step: OwnershipChange, seen: SeenContext, by actor: Actor, at stamp: Stamp) {
        switch step.act {
        case .offered: offers.write(step.to, at: stamp, seen: seen)
        case .declined: offers.remove(seen: seen)
        case .routed, .claimed, .released, .accepted, .assigned, .escalated:
            offers.remove(seen: seen)
            let rank: OwnershipClaim.Rank =
                !actor.isPerson ? .automation : step.act == .assigned ? .assignment : .person
            if PlantedBug.isPlanted(.claimDropsDrafts) { drafts = drafts.filter { .staff($0.staff) == step.to } }
            if PlantedBug.isPlanted(.firstArrivalOwns),
                owners.entries.contains(where: { $0.value.rank > .automation && !seen.covers($0.stamp.dot) })
            {
                return
            }
            owners.write(OwnershipClaim(owner: step.to, rank: rank, act: step.act), at: stamp, seen: seen)
            if PlantedBug.isPlanted(.releaseToNobody), step.act == .released { owners = LiveValues() }
        }
    }

    private mutating func settleAttention(seen: SeenContext) {
        if PlantedBug.isPlanted(.resolveCoversEverything) { attention = [] }
        attention.removeAll { seen.covers($0.stamp.dot) }
    }

    private mutating func settleAnswers(seen: SeenContext) {
        for index in answered.indices where answered[index].replies.count > 1 { answered[index].settle(seen: seen) }
    }

    private mutating func recordAnswer(to message: Dot, by reply: Dot, seen: SeenContext) {
        let index = answered.firstIndex { !($0.message < message) } ?? answered.endIndex
        if index < answered.endIndex && answered[index].message == message {
            answered[index].add(reply)
            // Somebody who had seen a reply and answered again did not answer apart from it.
            answered[index].settle(seen: seen)
        } else {
            answered.insert(AnsweredMessage(message: message, reply: reply), at: index)
        }
    }

    private mutating func insertAttention(_ item: AttentionItem) {
        guard let last = attention.last, !(last < item) else {
            attention.append(item)
            return
        }
        // Two messages of one change set are one item, wherever in the list it stands.
        let index = attention.firstIndex { !($0 < item) } ?? attention.endIndex
        if index == attention.endIndex || attention[index] != item { attention.insert(item, at: index) }
    }

    /// Labels are told apart by their bytes. `==` holds two spellings of one letter equal, and then the spelling that
    /// arrived first would stay.
    private func indexOfTag(_ tag: String) -> Int? { tags.firstIndex { $0.tag.utf8.elementsEqual(tag.utf8) } }

    private mutating func addTag(_ tag: String, dot: Dot) {
        if let index = indexOfTag(tag) {
            if !tags[index].added.contains(dot) {
                tags[index].added.append(dot)
                tags[index].added.sort()
            }
        } else {
            tags.append(TagEntry(tag: tag, added: [dot]))
            tags.sort { $0.tag.utf8.lexicographicallyPrecedes($1.tag.utf8) }
        }
    }

    private mutating func removeTag(_ tag: String, seen: SeenContext) {
        guard let index = indexOfTag(tag) else { return }
        tags[index].added.removeAll { seen.covers($0) || PlantedBug.isPlanted(.removeWins) }
        if tags[index].added.isEmpty { tags.remove(at: index) }
    }

    private mutating func markRead(_ staff: StaffID, seen: SeenContext) {
        if let index = readMarks.firstIndex(where: { $0.staff == staff }) {
            readMarks[index].seen.join(seen.context)
        } else {
            readMarks.append(ReadMark(staff: staff, seen: seen.context))
            readMarks.sort { $0.staff < $1.staff }
        }
    }

    private mutating func saveDraft(_ content: UInt16?, of staff: StaffID, at stamp: Stamp, seen: SeenContext) {
        var index = drafts.firstIndex { $0.staff == staff }
        if index == nil && content != nil {
            drafts.append(DraftEntry(staff: staff, values: LiveValues()))
            drafts.sort { $0.staff < $1.staff }
            index = drafts.firstIndex { $0.staff == staff }
        }
        guard let index else { return }
        if let content {
            drafts[index].values.write(ContentReference(stamp.dot, content), at: stamp, seen: seen)
        } else {
            drafts[index].values.remove(seen: seen)
            if drafts[index].values.isEmpty { drafts.remove(at: index) }
        }
    }
}

extension ThreadChange {
    /// Whether the change is no activity of the thread: one person's own affair (reading and drafting), or the sealing's.
    public var isPrivate: Bool {
        switch self {
        case .read, .draft, .contentKey, .purgeNoted: true
        default: false
        }
    }
}
