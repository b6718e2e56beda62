import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// What a page's forms do to a thread, by the last word of their addresses.
enum ThreadAction: String, CaseIterable {
    case reply, note, message, claim, release, offer, accept, decline, assign, escalate, acknowledge, category, priority, review, tag,
        untag,
        snooze, due, move, merge, split, share, unshare, resolve, reopen, draft, correct, undo, fetch
    case acknowledgeTwice = "acknowledge-twice"

    /// What the next page says.
    var done: String {
        switch self {
        case .reply, .draft, .undo: "Kept."
        case .note: "The note is written."
        case .message: "The message is entered."
        case .claim: "You look after this now."
        case .release: "The thread is released."
        case .offer: "They were asked; you stay accountable until they accept."
        case .accept: "You look after this now."
        case .decline: "Declined; whoever asked stays accountable."
        case .assign: "The thread is assigned."
        case .escalate: "The thread is escalated."
        case .acknowledge: "You look after the escalation."
        case .category: "The category is set."
        case .priority: "The priority is set."
        case .review: "Clinical review is set."
        case .tag, .untag: "The tags are changed."
        case .snooze: "The snooze is set."
        case .due: "The due time is set."
        case .move: "The thread is moved."
        case .merge: "The merge is done."
        case .split: "The messages go on in the other thread."
        case .share: "The thread is shared."
        case .unshare: "The thread is shared no more."
        case .resolve: "The thread is resolved."
        case .reopen: "The thread is open again."
        case .correct: "The correction is written."
        case .acknowledgeTwice: "Settled."
        case .fetch: "An office was asked: what was said is shown here as soon as it arrives."
        }
    }

    /// What the form asks of the node. Throws as below.
    func order(_ page: PageRequest, _ state: ThreadState) throws -> Command {
        if self == .fetch { return .fetch(state.id) }
        return .thread(state.id, shown: try page.shown(), try command(page, state))
    }

    /// The command that the form asks for. Throws `PageFault` where a field is missing or makes no sense.
    func command(_ page: PageRequest, _ state: ThreadState) throws -> ThreadCommand {
        let form = page.form
        let note = form.exact("note")?.trimmed ?? ""
        switch self {
        case .note: return .note(text: try Self.text(page))
        case .message: return .patientMessage(form["channel"].flatMap(ChannelWords.channel) ?? .phone, text: try Self.text(page))
        case .claim: return .claim
        case .release: return .release(to: nil)
        case .offer: return .offer(to: try Self.owner(page), note: note)
        case .accept: return .accept
        case .decline: return .decline(note: note)
        case .assign: return .assign(to: try Self.owner(page), note: note)
        case .escalate: return .escalate(level: state.escalationLevel < 255 ? state.escalationLevel + 1 : 255, note: note)
        case .acknowledge: return .acknowledgeEscalation
        case .resolve:
            guard let told = ToldWords.told(try form.required("told")) else {
                throw PageFault.malformed("Say whether the patient was told.")
            }
            return .resolve(outcome: try form.required("outcome"), told: told, note: note)
        case .reopen: return .reopen(note: note)
        case .acknowledgeTwice: return .acknowledgeAnsweredTwice
        case .correct:
            guard let message = MessageID(hexadecimal: try form.required("message")) else {
                throw PageFault.malformed("There is no such message.")
            }
            return .correct(message, text: form.isOn("redact") ? nil : try Self.text(page))
        default: return try fieldCommand(page)
        }
    }

    private func fieldCommand(_ page: PageRequest) throws -> ThreadCommand {
        let form = page.form
        switch self {
        case .category:
            guard let id = CategoryID(hexadecimal: try form.required("category")) else {
                throw PageFault.malformed("There is no such category.")
            }
            return .setCategory(id)
        case .priority:
            let word = try form.required("priority")
            guard let priority = Priority.allCases.first(where: { "\($0)" == word }) else {
                throw PageFault.malformed("There is no such priority.")
            }
            return .setPriority(priority)
        case .review: return .setReview(form.isOn("review"))
        case .tag: return .tag(try form.required("tag"))
        case .untag: return .untag(try form.required("tag"))
        case .snooze: return .snooze(until: try Self.moment(form["until"], page))
        case .due: return .setDue(try Self.moment(form["due"], page))
        case .move:
            guard let id = OfficeID(hexadecimal: try form.required("office")) else { throw PageFault.malformed("There is no such office.") }
            return .move(id)
        case .merge: return .merge(into: try form["into"].map { try Self.thread($0, page) })
        case .split: return try split(page)
        case .share: return .share(with: try Self.partner(page), until: page.now + (try Self.days(page)) * 86_400_000)
        case .unshare: return .unshare(with: try Self.partner(page))
        default: throw PageFault.notFound
        }
    }

    /// The messages that were chosen, and where they go on: in a thread that is named by its code, or in a new one.
    private func split(_ page: PageRequest) throws -> ThreadCommand {
        let messages = try page.form.all("message").map { text throws(PageFault) -> MessageID in
            guard let id = MessageID(hexadecimal: text) else { throw .malformed("There is no such message.") }
            return id
        }
        guard !messages.isEmpty else {
            throw PageFault.malformed("Choose the messages that go on in another thread: tick them in the conversation.")
        }
        if let code = page.form["into"] { return .split(messages, into: .existing(try Self.thread(code, page))) }
        guard let category = CategoryID(hexadecimal: try page.form.required("category")) else {
            throw PageFault.malformed("There is no such category.")
        }
        let office = try page.form["office"].map { text throws(PageFault) -> OfficeID in
            guard let id = OfficeID(hexadecimal: text) else { throw .malformed("There is no such office.") }
            return id
        }
        guard let subject = page.form["subject"] else { throw PageFault.malformed("Say what the new thread is about.") }
        return .split(messages, into: .new(category, office: office, subject: subject))
    }

    private static func partner(_ page: PageRequest) throws(PageFault) -> StaffID {
        guard let id = StaffID(hexadecimal: try page.form.required("with")) else { throw .malformed("There is no such partner.") }
        return id
    }

    /// For how many days a thread is shared.
    private static func days(_ page: PageRequest) throws(PageFault) -> Int64 {
        guard let text = page.form["days"] else { return ThreadShare.lifetimeUsual / 86_400_000 }
        let most = ThreadShare.lifetimeMax / 86_400_000
        guard let days = Int64(text), (1...most).contains(days) else { throw .malformed("A thread is shared for 1 to \(most) days.") }
        return days
    }

    /// The thread of a short code, if the person may read it.
    private static func thread(_ code: String, _ page: PageRequest) throws -> ThreadID {
        let rows = try page.reader.store.threads(matching: code).filter { page.access.decision(.read, on: $0.state).isAllowed }
        guard rows.count == 1, let target = rows.first else {
            throw PageFault.malformed(
                rows.isEmpty ? "There is no thread “\(code)” here." : "Several threads have the code “\(code)”.")
        }
        return target.state.id
    }

    /// The form's text, as it was typed.
    static func text(_ page: PageRequest) throws(PageFault) -> String {
        let text = page.form.exact("text") ?? ""
        guard !text.trimmed.isEmpty else { throw .malformed("The text is empty.") }
        return text
    }

    private static func moment(_ text: String?, _ page: PageRequest) throws(PageFault) -> Int64? {
        guard let text else { return nil }
        guard let time = PageTime(for: page).time(field: text) else { throw .malformed("“\(text)” is no date and time.") }
        return time
    }

    /// The person or queue that a form chose, such as `staff:` and an id.
    private static func owner(_ page: PageRequest) throws(PageFault) -> Owner {
        let parts = try page.form.required("to").split(separator: ":", maxSplits: 1)
        if parts.count == 2, parts[0] == "staff", let id = StaffID(hexadecimal: String(parts[1])) { return .staff(id) }
        if parts.count == 2, parts[0] == "queue", let id = QueueID(hexadecimal: String(parts[1])) { return .queue(id) }
        throw .malformed("Choose a person or a queue.")
    }
}

/// What happened since a page was shown, in sentences.
struct CollisionWords {
    let thread: ThreadPage
    let page: PageRequest

    func sentences(_ collisions: [Collision]) -> [String] {
        let time = PageTime(for: page)
        func entry(_ stamp: (Stamp) -> Bool) -> ThreadPageEntry? { thread.entries.last { stamp($0.stamp) } }
        return collisions.map { collision in
            switch collision {
            case .messageArrived(let dots):
                let times = thread.entries.filter { dots.contains($0.stamp.dot) }.map { time.short($0.stamp.timestamp.milliseconds) }
                let what = dots.count == 1 ? "A message" : "\(dots.count) messages"
                let when = times.isEmpty ? "" : " at " + times.joined(separator: " and ")
                return "\(what) came in from the patient\(when)."
            case .answeredBy(let dot):
                guard let entry = entry({ $0.dot == dot }) else { return "Somebody answered the patient." }
                let place = entry.office.isEmpty ? "" : " from \(entry.office)"
                return "\(entry.actor) answered at \(time.short(entry.stamp.timestamp.milliseconds))\(place)."
            case .ownershipMoved(let owner): return "The thread went to \(page.directory.name(of: owner))."
            case .resolved(let dot):
                return entry { $0.dot == dot }.map { "\($0.actor) resolved the thread at \(time.short($0.stamp.timestamp.milliseconds))." }
                    ?? "Somebody resolved the thread."
            case .merged: return "The thread was merged into another one."
            case .split(let dot):
                return entry { $0.dot == dot }.map {
                    "\($0.actor) let messages go on in another thread at \(time.short($0.stamp.timestamp.milliseconds))."
                } ?? "Messages went on in another thread."
            }
        }
    }
}
