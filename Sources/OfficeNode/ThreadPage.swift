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
    /// Who did it.
    public let by: Actor
    /// Who did it, by name.
    public let actor: String
    /// At which office's node, by name.
    public let office: String
    /// What was said, if anything was.
    public var text: String
    /// Whether the text is a correction of an earlier one, or was redacted.
    public var isCorrected: Bool
    /// The texts of a corrected message, from the one it was written with to the one it has. Empty for what was not corrected or was
    /// redacted.
    public var versions: [ThreadPageVersion] = []
    /// Who redacted it and when, where somebody did.
    public var redaction: ThreadPageVersion?
    /// Where a message was written first that goes on here.
    public var origin: ThreadPageOrigin?
    /// What its author had seen of the thread.
    public let context: VersionVector
    /// Whether something concurrent to it stands earlier in the history: it was done while apart.
    public var wasApart: Bool
}

extension ThreadPageEntry {
    /// The entry as somebody from outside the practice sees it: what was said as it reads now, and whether the matter ended. Nil for
    /// how the practice works on it: who is accountable, labels, holds, other threads.
    fileprivate var forOutside: ThreadPageEntry? {
        switch kind {
        case .message, .note, .resolved, .reopened: break
        case .ownership, .changed: return nil
        }
        var entry = self
        entry.versions = []
        entry.origin = nil
        return entry
    }
}

/// Where a message was written that goes on in another thread.
public struct ThreadPageOrigin: Hashable, Sendable {
    /// The thread in which it was written.
    public let thread: ThreadID
    /// When, and in which change set.
    public let stamp: Stamp
}

/// A text that a message or note once had, or that took its place.
public struct ThreadPageVersion: Hashable, Sendable {
    /// The text; empty for a redaction.
    public let text: String
    /// Who wrote it, by name.
    public let actor: String
    /// When, and by which change set.
    public let stamp: Stamp
}

/// A person's unfinished reply. More than one of a person where they wrote at two offices while apart.
public struct ThreadPageDraft: Hashable, Sendable {
    /// Whose.
    public let staff: StaffID
    /// Whose, by name.
    public let name: String
    /// The text.
    public let text: String
    /// When it was kept.
    public let stamp: Stamp
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
    public let drafts: [ThreadPageDraft]
    /// What forbids that anything of it is destroyed.
    public let holds: [HoldNotice]
    /// The purges in effect: what to show in the place of what was said.
    public let purges: [PurgeCertificate]
    /// How many of its texts are not held on this laptop, and can be fetched from an office.
    public let missing: Int
}

extension InboxReader {
    /// A thread with its whole history; nil where there is none of that id.
    public func page(of id: ThreadID) throws -> ThreadPage? { try onOneState { try $0.pageOfOneState(id) } }

    private func pageOfOneState(_ id: ThreadID) throws -> ThreadPage? {
        guard let (state, timeline) = try store.thread(id) else { return nil }
        let directory = try directory()
        var texts = ThreadTexts(reader: self, state: state)
        let patient = try patientName(state.opening?.patient)
        var builder = ThreadPageBuilder(thread: id, directory: directory, patient: patient) { state.isPurged($0) }
        for line in timeline.sorted() where !line.kinds.isSubset(of: .privateMark) {
            guard let set = try changeSet(at: line.stamp.dot) else { continue }
            builder.add(set, texts: &texts)
            for case .thread(id, _, .continued(let continuation)) in set.changes {
                builder.add(try origins(of: continuation), to: set.dot)
            }
        }
        let item = ThreadListItem(
            state: state, cursor: nil, directory: directory, subject: texts.subject(), patient: patient)
        let drafts = state.drafts.flatMap { draft in
            draft.values.entries.map {
                ThreadPageDraft(
                    staff: draft.staff, name: directory.name(of: draft.staff), text: texts.text($0.value), stamp: $0.stamp)
            }
        }
        if isForOutside {
            let entries = builder.corrected().compactMap(\.forOutside)
            return ThreadPage(
                item: item, state: state, entries: entries, drafts: [], holds: [], purges: [], missing: texts.gaps.count)
        }
        return ThreadPage(
            item: item, state: state, entries: builder.corrected(), drafts: drafts, holds: holds(of: state),
            purges: try certificates(of: state, directory), missing: texts.gaps.count)
    }
}

extension InboxReader {
    /// Where the messages of a continuation were written, in their order; nil for one that is not held here.
    private func origins(of continuation: ThreadContinuation) throws -> [ThreadPageOrigin?] {
        try continuation.parts.map { part in
            try changeSet(at: part.changeSet).map { ThreadPageOrigin(thread: continuation.from, stamp: $0.stamp) }
        }
    }
}

/// Folds change sets into the entries of a page.
private struct ThreadPageBuilder {
    let thread: ThreadID
    let directory: Directory
    let patient: String
    private let isPurged: (Dot) -> Bool
    private var entries: [ThreadPageEntry] = []
    private var corrections: [MessageID: [ThreadPageVersion]] = [:]
    private var redactions: [MessageID: ThreadPageVersion] = [:]

    init(thread: ThreadID, directory: Directory, patient: String, isPurged: @escaping (Dot) -> Bool) {
        self.isPurged = isPurged
        self.thread = thread
        self.directory = directory
        self.patient = patient
    }

    mutating func add(_ set: ChangeSet, texts: inout ThreadTexts) {
        for case .thread(thread, let context, let change) in set.changes {
            add(change, context: context, of: set, texts: &texts)
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
                    stamp: set.stamp, kind: kind, by: set.actor, actor: directory.name(of: set.actor, patient: patient),
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
        case .correction(let id, let content?): corrections[id, default: []].append(version(of: set, text(content)))
        case .correction(let id, nil): redactions[id] = redactions[id] ?? version(of: set, "")
        default: if let words = change.words(directory) { append(.changed(words)) }
        }
    }

    /// Says where the last messages of a change set were written first.
    mutating func add(_ origins: [ThreadPageOrigin?], to dot: Dot) {
        let copies = entries.indices.filter { index in
            if case .message = entries[index].kind { entries[index].stamp.dot == dot } else { false }
        }
        for (index, origin) in zip(copies.suffix(origins.count), origins) { entries[index].origin = origin }
    }

    private func version(of set: ChangeSet, _ text: String) -> ThreadPageVersion {
        ThreadPageVersion(text: text, actor: directory.name(of: set.actor, patient: patient), stamp: set.stamp)
    }

    /// The entries with the last correction in each message's place. A redaction wins over any correction, whichever came first.
    ///
    /// Done at the end: where a clock was wrong, a correction can stand before what it corrects.
    func corrected() -> [ThreadPageEntry] {
        var entries = entries
        for index in entries.indices {
            guard let id = entries[index].kind.message, !isPurged(entries[index].stamp.dot) else { continue }
            if let redaction = redactions[id] {
                entries[index].text = "(redacted)"
                entries[index].isCorrected = true
                entries[index].redaction = redaction
            } else if let versions = corrections[id], let last = versions.last {
                let first = ThreadPageVersion(
                    text: entries[index].text, actor: entries[index].actor, stamp: entries[index].stamp)
                entries[index].versions = [first] + versions
                entries[index].text = last.text
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
        case .split(let split): "\(Self.messages(split.parts)) on in thread \(ShortCode.suffix(of: split.into))"
        case .continued(let continuation):
            "\(Self.messages(continuation.parts)) on here from thread \(ShortCode.suffix(of: continuation.from))"
        case .shared(let staff, _): "shared with \(directory.name(of: staff))"
        case .unshared(let staff): "sharing with \(directory.name(of: staff)) taken back"
        case .due, .subject, .read, .draft, .contentKey, .purgeNoted: nil
        case .message, .note, .correction, .ownership, .resolved, .reopened: nil
        }
    }

    private static func messages(_ parts: [ThreadSplit.Part]) -> String {
        parts.count == 1 ? "a message goes" : "\(parts.count) messages go"
    }
}
