import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

/// A thread command with everything that checking and carrying it out needs.
struct ThreadTask {
    let id: ThreadID
    let state: ThreadState
    let context: VersionVector
    let actor: Actor
    var draft = ActionDraft()
    /// The thread in which messages go on, where some do.
    var into: ThreadID?
    /// The content key that what is said is sealed under, once something was.
    var key: (key: ContentKey, tag: UInt32)?

    mutating func add(_ kinds: ThreadChange...) { draft.add(kinds, to: id, context: context) }
}

extension Turn {
    /// Carries out one thread command.
    mutating func perform(
        _ command: ThreadCommand, on id: ThreadID, shown: VersionVector?, by actor: Actor
    ) throws -> CommandOutcome {
        guard let state = try transaction.threadState(id), let opening = state.opening else {
            throw CommandRefusal(.notFound, "there is no thread \(id) here")
        }
        try allow(command.action, by: actor, scope: try scope(of: state, actor: actor), patient: opening.patient)
        var task = ThreadTask(id: id, state: state, context: try context(shown: shown, now: state.clock), actor: actor)
        switch command {
        case .patientMessage, .reply, .note, .correct, .saveDraft, .markRead: try say(command, &task)
        case .claim, .release, .offer, .accept, .decline, .assign, .escalate: try own(command, &task)
        case .placeHold, .releaseHold, .purge: try keep(command, &task)
        case .share, .unshare: try share(command, &task)
        case .split(let messages, let target): try split(messages, into: target, &task)
        default: try setField(command, &task)
        }
        var outcome = try author(task.draft, on: id, by: actor)
        outcome.into = task.into
        return outcome
    }

    // MARK: What is said

    private mutating func say(_ command: ThreadCommand, _ task: inout ThreadTask) throws {
        switch command {
        case .patientMessage(let channel, let text):
            try check(text, name: "message")
            let message = MessagePosting(
                id: newID(), direction: .inbound, channel: channel, content: try say(text, in: &task),
                key: try contentKey(for: &task).tag)
            task.add(.message(message))
            guard let filed = task.state.category, let category = try transaction.category(filed.category)?.current else {
                return
            }
            for change in InboundRouting.inbound(state: task.state, category: category, receivedAt: now, calendar: nil) {
                task.add(change)
            }
        case .reply(let channel, let text, let override):
            try check(text, name: "reply")
            try reply(channel, text, override: override, &task)
        case .note(let text):
            try check(text, name: "note")
            task.add(.note(newID(), content: try say(text, in: &task)))
        case .correct(let message, let text):
            if let text { try check(text, name: "correction") }
            if try isPurged(message, in: task.state) { throw CommandRefusal(.conflict, "that was purged: it cannot be corrected") }
            task.add(.correction(of: message, content: try text.map { try say($0, in: &task) }))
        case .saveDraft(let text):
            try requireStaff(task.actor)
            if let text { try check(text, name: "draft") }
            task.add(.draft(content: try text.map { try say($0, in: &task) }))
        default:
            try requireStaff(task.actor)
            task.add(.read)
        }
    }

    /// Answers the patient, unless something happened that the author's page did not show: then the text is kept as a draft.
    private mutating func reply(
        _ channel: Channel, _ text: String, override: Bool, _ task: inout ThreadTask
    ) throws {
        if let staff = task.actor.staff {
            let collisions = ReplyGuard.collisions(shown: task.context, now: task.state, replying: staff)
            if !collisions.isEmpty && !override {
                task.add(.draft(content: try say(text, in: &task)))
                _ = try author(task.draft, by: task.actor)
                throw CommandRefusal(
                    .held,
                    PlantedBug.isPlanted(.quotesThePatient)
                        ? text : "the reply was held and kept as a draft: something happened since the page was shown",
                    collisions: collisions)
            }
            // A draft is its writer's own: the one kept here goes, also where it was kept after the page was shown.
            if task.state.drafts.contains(where: { $0.staff == staff }) {
                task.draft.add([.draft(content: nil)], to: task.id, context: task.state.clock)
            }
        }
        let answers = task.state.unanswered.filter { task.context.covers($0) }
        let message = MessagePosting(
            id: newID(), direction: .outbound, channel: channel, content: try say(text, in: &task),
            key: try contentKey(for: &task).tag, answers: answers)
        task.add(.message(message))
    }

    private func requireStaff(_ actor: Actor) throws {
        if actor.staff == nil { throw CommandRefusal(.invalid, "drafts and read marks belong to a member of staff: say who acts") }
    }

    // MARK: Who is accountable

    private mutating func own(_ command: ThreadCommand, _ task: inout ThreadTask) throws {
        let owner = task.state.owner
        switch command {
        case .claim:
            guard let staff = task.actor.staff else { throw CommandRefusal(.invalid, "only a member of staff can claim") }
            let settled = task.state.owners.entries.count == 1
            if owner == .staff(staff) && settled && task.state.offers.isEmpty { return }
            task.add(.ownership(OwnershipChange(act: .claimed, from: owner, to: .staff(staff))))
        case .release(let queue):
            let target = queue ?? task.state.opening?.queue
            guard let target, try transaction.queue(target) != nil else {
                throw CommandRefusal(.notFound, "there is no such queue here")
            }
            task.add(.ownership(OwnershipChange(act: .released, from: owner, to: .queue(target))))
        case .offer(let to, let note):
            try check(owner: to)
            if to == owner { throw CommandRefusal(.conflict, "they own the thread already") }
            try move(.offered, to: to, note: note, &task)
        case .accept: try answerOffer(.accepted, note: "", &task)
        case .decline(let note): try answerOffer(.declined, note: note, &task)
        case .assign(let to, let note):
            try check(owner: to)
            try move(.assigned, to: to, note: note, &task)
        case .escalate(let level, let note):
            guard level > 0 else { throw CommandRefusal(.invalid, "escalation levels begin at 1") }
            task.add(.escalated(level: level))
            if !note.isEmpty {
                try check(note, name: "note")
                task.add(.note(newID(), content: try say(note, in: &task)))
            }
        default: break
        }
    }

    private mutating func answerOffer(_ act: OwnershipAct, note: String, _ task: inout ThreadTask) throws {
        guard !task.state.offers.isEmpty, let staff = task.actor.staff else {
            throw CommandRefusal(.conflict, "nobody was asked to take this thread")
        }
        try move(act, to: .staff(staff), note: note, &task)
    }

    private mutating func move(_ act: OwnershipAct, to: Owner, note: String, _ task: inout ThreadTask) throws {
        var content: UInt16?
        if !note.isEmpty {
            try check(note, name: "note")
            content = try say(note, in: &task)
        }
        task.add(.ownership(OwnershipChange(act: act, from: task.state.owner, to: to, note: content)))
    }

    private func check(owner: Owner) throws {
        switch owner {
        case .staff(let id):
            let profile = try profile(of: id)
            guard profile.isActive else {
                throw CommandRefusal(.conflict, "that person's account is not in use: choose somebody else")
            }
            // Nobody is made accountable for what their role could never take.
            guard AccessPolicy.decision(.claim, by: profile, on: AccessScope(office: nil, isOwner: true)).isAllowed else {
                throw CommandRefusal(.conflict, "that account's role does not work on threads: choose somebody else")
            }
        case .queue(let id):
            if try transaction.queue(id) == nil { throw CommandRefusal(.notFound, "there is no queue \(id) here") }
        }
    }

    // MARK: Fields

    private mutating func setField(_ command: ThreadCommand, _ task: inout ThreadTask) throws {
        switch command {
        case .acknowledgeEscalation:
            if task.state.escalationLevel == 0 { throw CommandRefusal(.conflict, "the thread is not escalated") }
            task.add(.escalationAcknowledged)
        case .setCategory(let id):
            guard let category = try transaction.category(id)?.current else {
                throw CommandRefusal(.notFound, "there is no category \(id) here")
            }
            task.add(.category(id, category.urgency))
            if category.needsReview && !task.state.needsReview { task.add(.review(true)) }
        case .setPriority(let value): task.add(.priority(value))
        case .setReview(let flag): task.add(.review(flag))
        case .tag(let tag):
            try check(tag, name: "tag", limit: LogLimits.labelBytesMax)
            task.add(.tagged(tag))
        case .untag(let tag):
            guard task.state.tags.contains(where: { $0.tag == tag }) else { return }
            task.add(.untagged(tag))
        case .setDue(let time): task.add(.due(time))
        case .snooze(let until):
            if let until, until <= now { throw CommandRefusal(.invalid, "a thread can be snoozed only until a later time") }
            task.add(.snoozed(until: until))
        case .move(let office):
            guard try transaction.office(office) != nil else {
                throw CommandRefusal(.notFound, "there is no office \(office) here")
            }
            task.add(.moved(office))
        case .setLanguage(let tag):
            try check(tag, name: "language", limit: LogLimits.labelBytesMax)
            task.add(.language(tag))
        case .merge(let target): try merge(into: target, &task)
        case .resolve(let outcome, let told, let note): try resolve(outcome, told, note, &task)
        case .reopen(let note): task.add(.reopened(note: try content(note, &task)))
        default:
            guard task.state.flags.contains(.answeredTwice) else {
                throw CommandRefusal(.conflict, "the patient was not answered twice, or somebody settled it already")
            }
            task.add(.answeredTwiceAcknowledged)
        }
    }

    private mutating func merge(into target: ThreadID?, _ task: inout ThreadTask) throws {
        if let target {
            guard target != task.id, let other = try transaction.threadState(target), other.mergedInto == nil else {
                throw CommandRefusal(.conflict, "a thread can go on only in another thread that is not merged itself")
            }
        }
        task.add(.mergedInto(target))
    }

    private mutating func resolve(
        _ outcome: String, _ told: PatientTold, _ note: String, _ task: inout ThreadTask
    ) throws {
        try check(outcome, name: "outcome", limit: LogLimits.labelBytesMax)
        if task.state.status == .resolved && task.context.dominates(task.state.clock) {
            throw CommandRefusal(.conflict, "the thread is resolved already")
        }
        let resolution = Resolution(outcome: outcome, told: told, note: try content(note, &task))
        task.add(.resolved(resolution))
    }

    private mutating func content(_ note: String, _ task: inout ThreadTask) throws -> UInt16? {
        if note.isEmpty { return nil }
        try check(note, name: "note")
        return try say(note, in: &task)
    }
}
