public import Causality
import ChangeLog
public import InboxModel
import ReplicaStore

/// One thing in a thread's history, ready to show.
public struct ThreadPageEntry: Sendable {
    /// What kind of thing.
    public enum Kind: Hashable, Sendable {
        /// A message, and whether it came in or went out, and how.
        case message(MessageID, Direction, Channel)
        /// An internal note.
        case note(MessageID)
        /// Ownership moved, or was offered or refused.
        case ownership(OwnershipAct, from: Owner?, to: Owner)
        /// The matter ended.
        case resolved(outcome: String, told: PatientTold)
        /// It was opened again.
        case reopened
        /// Something else changed, in words.
        case changed(String)
    }

    /// Which change set, and when.
    public let stamp: Stamp
    /// What kind of thing.
    public let kind: Kind
    /// Who did it, by name.
    public let actor: String
    /// At which office's node, by name.
    public let office: String
    /// What was said, if anything was.
    public var text: String
    /// Whether the text is a correction of an earlier one, or was redacted.
    public var isCorrected: Bool
    /// What its author had seen of the thread.
    public let context: VersionVector
    /// Whether something concurrent to it stands earlier in the history: it was done while apart.
    public var wasApart: Bool
}

/// A thread with its history, ready to show. `state.clock` is the context for what its reader does next.
public struct ThreadPage: Sendable {
    /// The line it has in the daily list.
    public let item: ThreadListItem
    /// The merged state.
    public let state: ThreadState
    /// What happened, ordered by (time, dot).
    public let entries: [ThreadPageEntry]
    /// Unfinished replies, by person.
    public let drafts: [(staff: String, text: String)]
    /// What forbids that anything of it is destroyed.
    public let holds: [HoldNotice]
    /// The purges in effect: what to show in the place of what was said.
    public let purges: [PurgeCertificate]
}

extension InboxReader {
    /// A thread with its whole history; nil where there is none of that id.
    public func page(of id: ThreadID) throws -> ThreadPage? {
        guard let (state, timeline) = try store.thread(id) else { return nil }
        let directory = try directory()
        var texts = ThreadTexts(reader: self, state: state)
        let patient = try patientName(state.opening?.patient)
        var builder = ThreadPageBuilder(thread: id, directory: directory, patient: patient) { state.isPurged($0) }
        for line in timeline.sorted() where !line.kinds.isSubset(of: .privateMark) {
            guard let body = try body(at: line.stamp.dot) else { continue }
            builder.add(body, texts: &texts)
        }
        let item = ThreadListItem(
            state: state, cursor: nil, directory: directory, subject: texts.subject(), patient: patient)
        let drafts = state.drafts.flatMap { draft in
            draft.values.entries.map { (directory.name(of: draft.staff), texts.text($0.value)) }
        }
        return ThreadPage(
            item: item, state: state, entries: builder.corrected(), drafts: drafts, holds: holds(of: state),
            purges: try certificates(of: state, directory))
    }
}

/// Folds change sets into the entries of a page.
private struct ThreadPageBuilder {
    let thread: ThreadID
    let directory: Directory
    let patient: String
    private let isPurged: (Dot) -> Bool
    private var entries: [ThreadPageEntry] = []
    private var corrections: [MessageID: String] = [:]
    private var redactions: Set<MessageID> = []

    init(thread: ThreadID, directory: Directory, patient: String, isPurged: @escaping (Dot) -> Bool) {
        self.isPurged = isPurged
        self.thread = thread
        self.directory = directory
        self.patient = patient
    }

    mutating func add(_ body: ChangeSetBody, texts: inout ThreadTexts) {
        for case .thread(thread, let context, let change) in body.set.changes {
            add(change, context: context, of: body.set, texts: &texts)
        }
    }

    private mutating func add(
        _ change: ThreadChange, context: VersionVector, of set: ChangeSet, texts: inout ThreadTexts
    ) {
        func text(_ index: UInt16?) -> String { index.map { texts.text(ContentReference(set.dot, $0)) } ?? "" }
        func append(_ kind: ThreadPageEntry.Kind, _ said: String = "") {
            let apart = entries.contains { !context.covers($0.stamp.dot) && $0.stamp.dot != set.dot }
            entries.append(
                ThreadPageEntry(
                    stamp: set.stamp, kind: kind, actor: directory.name(of: set.actor, patient: patient),
                    office: set.office.map { directory.name(of: $0) } ?? "", text: said, isCorrected: false,
                    context: context, wasApart: apart))
        }
        switch change {
        case .message(let posting):
            append(.message(posting.id, posting.direction, posting.channel), text(posting.content))
        case .note(let id, let content): append(.note(id), text(content))
        case .ownership(let step): append(.ownership(step.act, from: step.from, to: step.to), text(step.note))
        case .resolved(let end): append(.resolved(outcome: end.outcome, told: end.told), text(end.note))
        case .reopened(let note): append(.reopened, text(note))
        case .correction(let id, let content?): corrections[id] = text(content)
        case .correction(let id, nil): redactions.insert(id)
        default: if let words = change.words(directory) { append(.changed(words)) }
        }
    }

    /// The entries with the last correction in each message's place. A redaction wins over any correction, whichever came first.
    ///
    /// Done at the end: where a clock was wrong, a correction can stand before what it corrects.
    func corrected() -> [ThreadPageEntry] {
        var entries = entries
        for index in entries.indices {
            guard let id = entries[index].kind.message, !isPurged(entries[index].stamp.dot) else { continue }
            if redactions.contains(id) {
                entries[index].text = "(redacted)"
                entries[index].isCorrected = true
            } else if let text = corrections[id] {
                entries[index].text = text
                entries[index].isCorrected = true
            }
        }
        return entries
    }
}

extension ThreadPageEntry.Kind {
    /// The message or note, if it is one.
    var message: MessageID? {
        switch self {
        case .message(let id, _, _), .note(let id): id
        default: nil
        }
    }
}

extension ThreadChange {
    /// The change in words, for changes of fields; nil for what a history does not show.
    fileprivate func words(_ directory: Directory) -> String? {
        switch self {
        case .opened(let opening): "opened as \(directory.name(of: opening.category))"
        case .priority(let value): "priority \(value)"
        case .review(let flag): flag ? "flagged for clinical review" : "clinical review cleared"
        case .escalated(let level): "escalated to level \(level)"
        case .escalationAcknowledged: "escalation acknowledged"
        case .category(let id, _): "filed as \(directory.name(of: id))"
        case .tagged(let tag): "tagged \(tag)"
        case .untagged(let tag): "tag \(tag) taken off"
        case .moved(let office): "moved to \(directory.name(of: office))"
        case .language(let tag): "language \(tag)"
        case .mergedInto(let target): target == nil ? "merge taken back" : "merged into another thread"
        case .snoozed(let until): until == nil ? "woken" : "snoozed"
        case .answeredTwiceAcknowledged: "answered twice: settled"
        case .holdPlaced(let hold): "hold \(hold.token) placed: \(hold.reason)"
        case .holdReleased(let token): "hold \(token) released"
        case .purged(let order): "purged (\(order.retentionClass)): \(order.reason)"
        case .due, .subject, .read, .draft, .contentKey, .purgeNoted: nil
        case .message, .note, .correction, .ownership, .resolved, .reopened: nil
        }
    }
}
