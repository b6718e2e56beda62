import Causality
import ChangeLog
public import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

/// Where messages go on that are about another matter.
public enum SplitTarget: Hashable, Sendable {
    /// In a new thread of the same patient, at an office or the one of the thread they come from, under a category that says who is
    /// accountable.
    case new(CategoryID, office: OfficeID?, subject: String)
    /// In a thread that the patient has already.
    case existing(ThreadID)
}

/// A message that is to go on elsewhere, with what it says now.
private struct MovingMessage {
    let stamp: Stamp
    let posting: MessagePosting
    let text: String

    var part: ThreadSplit.Part { ThreadSplit.Part(posting.id, in: stamp.dot) }
}

// Splitting: copies of the patient's messages are posted in the other thread, sealed under that thread's key, and both threads say so. All
// of it is one change set. Copies, because what is kept and what is destroyed is decided for each thread by itself. What is under clinical
// review stays so: splitting is no way around it.
extension Turn {
    /// How many messages go on elsewhere at once.
    static let splitMax = 30

    /// Lets messages go on in another thread; `task` learns which.
    mutating func split(_ messages: [MessageID], into target: SplitTarget, _ task: inout ThreadTask) throws {
        let moving = try movingMessages(Set(messages), of: task)
        let isWaiting = moving.contains { task.state.unanswered.contains($0.stamp.dot) }
        // The patient has waited since the first of those that wait was written, whatever thread it stands in.
        let waiting = isWaiting ? moving.filter { task.state.unanswered.contains($0.stamp.dot) } : moving
        let since = min(now, waiting.map(\.stamp.timestamp.milliseconds).min() ?? now)
        let other: ThreadID
        switch target {
        case .new: other = newID()
        case .existing(let id): other = id
        }
        task.add(.split(ThreadSplit(moving.map(\.part), into: other)))
        var there: ThreadTask
        switch target {
        case .new(let category, let office, let subject):
            there = try opened(other, category, office, subject, isWaiting ? since : nil, from: task)
        case .existing: there = try resumed(other, isWaiting ? since : nil, from: task)
        }
        let key = try contentKey(for: &there)
        for message in moving {
            let copy = MessagePosting(
                id: newID(), direction: .inbound, channel: message.posting.channel,
                content: there.draft.say(message.text, under: key.key), key: key.tag)
            there.add(.message(copy))
        }
        there.add(.continued(ThreadContinuation(from: task.id, moving.map(\.part), isWaiting: isWaiting)))
        task.draft = there.draft
        task.into = other
    }

    // MARK: What goes on

    /// The messages with those ids, in the order of the thread's history, as they read now.
    private func movingMessages(_ wanted: Set<MessageID>, of task: ThreadTask) throws -> [MovingMessage] {
        guard (1...Self.splitMax).contains(wanted.count) else {
            throw CommandRefusal(.invalid, "1 to \(Self.splitMax) messages go on elsewhere at once; \(wanted.count) were chosen")
        }
        let sets = try changeSets(at: try transaction.steps(of: .thread(task.id)))
        var found: [(stamp: Stamp, posting: MessagePosting)] = []
        for set in sets {
            let postings = set.changes.compactMap { change -> MessagePosting? in
                if case .thread(task.id, _, .message(let posting)) = change { posting } else { nil }
            }
            let chosen = postings.filter { wanted.contains($0.id) }
            if chosen.isEmpty { continue }
            // What waits is known by the change set that brought it.
            guard chosen.count == postings.count else {
                throw CommandRefusal(.conflict, "messages that came together go on together: choose all of them")
            }
            found += chosen.map { (set.stamp, $0) }
        }
        guard found.count == wanted.count else { throw CommandRefusal(.notFound, "the thread has no such message here") }
        let keys = try contentKeys(of: task.state)
        return try found.sorted { $0.stamp < $1.stamp }.map { stamp, posting in
            try checkMovable(posting, at: stamp, of: task)
            let content = try latestContent(of: posting, at: stamp, in: sets)
            return MovingMessage(stamp: stamp, posting: posting, text: try text(at: content, keys))
        }
    }

    private func checkMovable(_ posting: MessagePosting, at stamp: Stamp, of task: ThreadTask) throws {
        guard posting.direction == .inbound else {
            throw CommandRefusal(.conflict, "only what the patient wrote goes on elsewhere: a reply stays where it was given")
        }
        guard task.context.covers(stamp.dot) else {
            throw CommandRefusal(.conflict, "a message was chosen that the page did not show: look at the thread again")
        }
        guard task.state.continuations(of: posting.id).isEmpty else {
            throw CommandRefusal(.conflict, "a message was chosen that goes on in another thread already")
        }
        guard !task.state.isPurged(stamp.dot) else { throw CommandRefusal(.conflict, "what was purged goes on nowhere") }
    }

    /// Where the text of a message lies as it reads now: of its corrections the last. Throws where it was redacted.
    private func latestContent(of posting: MessagePosting, at stamp: Stamp, in sets: [ChangeSet]) throws -> ContentReference {
        var content = ContentReference(stamp.dot, posting.content)
        for set in sets.sorted(by: { $0.stamp < $1.stamp }) {
            for case .thread(_, _, .correction(posting.id, let corrected)) in set.changes {
                guard let corrected else { throw CommandRefusal(.conflict, "what was redacted goes on nowhere") }
                content = ContentReference(set.dot, corrected)
            }
        }
        return content
    }

    private func text(at reference: ContentReference, _ keys: [ContentKey]) throws -> String {
        guard let entry = try loadEntries(of: reference.dot.replica, from: reference.dot.sequence, countMax: 1).first?.entry else {
            throw NodeError(.inconsistent, "the log has lost change set \(reference.dot): run `suture log verify`")
        }
        do {
            return try ContentKeys.text(reference, in: entry, opener: opener, keys: keys)
        } catch let error as LogError where error.code == .purged || error.code == .missingKey || error.code == .notHeld {
            throw CommandRefusal(.conflict, "a message was chosen whose text this node does not hold: do it at another office")
        }
    }

    // MARK: Where it goes on

    /// A new thread of the same patient, as its opening says; `since` is when the first message that waits was written.
    private mutating func opened(
        _ id: ThreadID, _ categoryID: CategoryID, _ office: OfficeID?, _ subject: String, _ since: Int64?, from task: ThreadTask
    ) throws -> ThreadTask {
        guard let patientID = task.state.opening?.patient, let officeID = office ?? task.state.office else {
            throw CommandRefusal(.conflict, "the opening of this thread has not arrived here yet: try again later")
        }
        try check(subject, name: "subject", limit: LogLimits.labelBytesMax)
        try allow(.openThread, by: task.actor, scope: AccessScope(office: officeID), patient: patientID)
        var opening = try opening(
            patient: patientID, office: officeID, category: categoryID, language: task.state.language, receivedAt: since ?? now)
        // Nothing is due where nobody waits.
        if since == nil { opening.removeAll { if case .due = $0 { true } else { false } } }
        let key = try ContentKey(random: node.random)
        var draft = task.draft
        draft.begin(id, opening, subject: subject, under: key)
        var there = ThreadTask(id: id, state: ThreadState(id: id), context: VersionVector(), actor: task.actor, draft: draft, key: (key, 0))
        if task.state.needsReview && !opening.contains(.review(true)) { there.add(.review(true)) }
        return there
    }

    /// A thread that the patient has already.
    private mutating func resumed(_ id: ThreadID, _ since: Int64?, from task: ThreadTask) throws -> ThreadTask {
        guard id != task.id, let state = try transaction.threadState(id), let opening = state.opening else {
            throw CommandRefusal(.notFound, "there is no other thread \(id) here")
        }
        guard opening.patient == task.state.opening?.patient else {
            throw CommandRefusal(.conflict, "the other thread is another patient's")
        }
        guard state.mergedInto == nil else {
            throw CommandRefusal(.conflict, "the other thread was merged: choose the one in which it goes on")
        }
        try allow(
            .enterPatientMessage, by: task.actor, scope: try scope(of: state, actor: task.actor), patient: opening.patient)
        var there = ThreadTask(id: id, state: state, context: state.clock, actor: task.actor, draft: task.draft)
        if task.state.needsReview && !state.needsReview { there.add(.review(true)) }
        if let since, let filed = state.category, let category = try transaction.category(filed.category)?.current {
            for change in InboundRouting.inbound(state: state, category: category, receivedAt: since, calendar: nil) { there.add(change) }
        }
        return there
    }
}
