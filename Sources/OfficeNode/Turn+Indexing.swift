import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import Vault

extension Turn {
    /// How many change sets one turn puts into the search index.
    static let indexSliceMax = 256

    /// Whether merged change sets wait to be indexed.
    var hasUnindexed: Bool { transaction.progress().contains { $0.indexed < $0.merged } }

    /// Puts a slice of merged messages, notes, corrections and subjects into the search index: catch-up comes first, searching
    /// follows.
    mutating func indexSlice() throws {
        guard !node.state.hasBacklog else { return }
        for progress in transaction.progress() where progress.indexed < progress.merged {
            let count = Int(min(progress.merged - progress.indexed, UInt64(Self.indexSliceMax)))
            let entries = try loadEntries(of: progress.replica, from: progress.indexed + 1, countMax: count)
            guard let last = entries.last else { return }
            let heldBack = Set(try transaction.quarantine().map(\.dot))
            for entry in entries where !heldBack.contains(Dot(progress.replica, entry.entry.sequence)) {
                try index(entry, of: progress.replica)
            }
            try transaction.markIndexed(progress.replica, to: last.entry.sequence)
            return
        }
    }

    /// Puts a change set into the search index that was passed over while it was set aside, or those of its contents that were let go and
    /// are back.
    mutating func indexAgain(_ dot: Dot, contents: Set<UInt16>? = nil) throws {
        guard let progress = transaction.progress().first(where: { $0.replica == dot.replica }), dot.sequence <= progress.indexed,
            let entry = try loadEntries(of: dot.replica, from: dot.sequence, countMax: 1).first
        else { return }
        try index(entry, of: dot.replica, contents: contents)
    }

    private mutating func index(_ entry: VerifiedEntry, of replica: ReplicaID, contents: Set<UInt16>? = nil) throws {
        guard let body = entry.body else { return }
        for case .thread(let id, _, let kind) in body.set.changes {
            let content: UInt16
            switch kind {
            case .message(let posting): content = posting.content
            case .note(_, let index): content = index
            case .subject(let index): content = index
            case .correction(_, let index?): content = index
            default: continue
            }
            if let contents, !contents.contains(content) { continue }
            let reference = ContentReference(body.set.dot, content)
            // What was purged meanwhile would only have to be taken out again; what cannot be opened has no words here.
            guard let state = try transaction.threadState(id), !state.isPurged(body.set.dot),
                let text = try? ContentKeys.text(
                    reference, in: entry.entry, opener: opener, keys: try contentKeys(of: state))
            else { continue }
            try transaction.addSearchItem(text, thread: id, stamp: body.set.stamp, item: Int(content))
        }
    }
}
