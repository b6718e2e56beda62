public import Causality
import ChangeLog
public import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

/// A change set that is kept and not merged, for people to look at.
public struct QuarantinedItem: Sendable {
    /// One thing that it says.
    public struct Statement: Sendable {
        /// The thread that it is about; nil where it is about something else.
        public let thread: ThreadID?
        /// What kind of change, in one word.
        public let kind: String
        /// What was said, where something was and the reader may know it.
        public let text: String?
    }

    /// Which.
    public let dot: Dot
    /// The device that wrote it.
    public let author: Member?
    /// Why it is kept apart: a `QuarantineReason`.
    public let reason: String
    /// When it was set aside here, in milliseconds since 1970.
    public let receivedAt: Int64
    /// When it was made, by its author's clock; nil where its key is not here.
    public let madeAt: HybridTimestamp?
    /// Who acted, as the device says.
    public let actor: Actor?
    /// What it says, in order; empty where its key is not here.
    public let statements: [Statement]
}

extension InboxReader {
    /// What is kept and not merged, ascending by log and number. Messages and notes are opened where `staff` may read the threads of
    /// the office whose device wrote them; for nobody without.
    public func quarantine(readBy staff: StaffID? = nil) throws -> [QuarantinedItem] {
        let roster = try roster()
        let profile = try staff.flatMap { id in try directory().staff.first { $0.id == id }?.profile }
        return try store.quarantine().map { set in
            let body = try body(at: set.dot)
            let texts = profile.map { reader in
                AccessPolicy.decision(.read, by: reader, on: AccessScope(office: body?.set.office)) == .allowed
            } ?? false
            return QuarantinedItem(
                dot: set.dot, author: roster.author(of: set.dot.replica), reason: set.reason, receivedAt: set.receivedAt,
                madeAt: body?.set.stamp.timestamp, actor: body?.set.actor,
                statements: try body.map { try statements(of: $0.set, texts: texts) } ?? [])
        }
    }

    private func statements(of set: ChangeSet, texts: Bool) throws -> [QuarantinedItem.Statement] {
        var keys: [ThreadID: ThreadTexts] = [:]
        return try set.changes.map { change in
            guard case .thread(let id, _, let kind) = change else {
                return QuarantinedItem.Statement(thread: nil, kind: change.word, text: nil)
            }
            var text: String?
            if texts, let index = kind.contentIndex {
                var source = try keys[id] ?? self.texts(of: id)
                text = source.text(ContentReference(set.dot, index))
                keys[id] = source
            }
            return QuarantinedItem.Statement(thread: id, kind: kind.word, text: text)
        }
    }

    private func texts(of id: ThreadID) throws -> ThreadTexts {
        ThreadTexts(reader: self, state: try store.thread(id)?.0 ?? ThreadState(id: id))
    }
}

extension Change {
    /// What it is about, in one word.
    var word: String {
        switch self {
        case .thread(_, _, let kind): kind.word
        case .patient(_, _, .details): "patient"
        case .patient(_, _, .consent): "consent"
        case .patient: "link"
        case .directory: "directory"
        case .audit: "audit"
        case .unknown: "unknown"
        }
    }
}

extension ThreadChange {
    /// Which content of the change set it shows people, where it is words.
    fileprivate var contentIndex: UInt16? {
        switch self {
        case .message(let posting): posting.content
        case .note(_, let content), .subject(let content): content
        case .correction(_, let content): content
        default: nil
        }
    }

    /// What happened, in one word.
    var word: String {
        switch self {
        case .opened: "opened"
        case .subject: "subject"
        case .message(let posting): posting.direction == .inbound ? "message" : "reply"
        case .note: "note"
        case .correction: "correction"
        case .ownership(let change): "\(change.act)"
        case .resolved: "resolved"
        case .reopened: "reopened"
        case .priority: "priority"
        case .review: "review"
        case .escalated: "escalated"
        case .escalationAcknowledged: "acknowledged"
        case .category: "category"
        case .due: "due"
        case .snoozed: "snoozed"
        case .tagged, .untagged: "tag"
        case .read: "read"
        case .draft: "draft"
        case .moved: "moved"
        case .language: "language"
        case .mergedInto: "merged"
        case .contentKey: "key"
        case .answeredTwiceAcknowledged: "settled"
        case .holdPlaced, .holdReleased: "hold"
        case .purged, .purgeNoted: "purge"
        case .split, .continued: "split"
        case .shared, .unshared: "share"
        }
    }
}
