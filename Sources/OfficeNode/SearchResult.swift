import Causality
import ChangeLog
public import InboxModel
import ReplicaStore

/// One match of a search.
public struct SearchResult: Sendable {
    /// The thread.
    public let thread: ThreadID
    /// When and by which change set it was said.
    public let stamp: Stamp
    /// What the thread is about.
    public let subject: String
    /// What was said.
    public let text: String
    /// Whose thread.
    public let patient: String
}

extension InboxReader {
    /// Threads with the best matches for `text`, newest first, of those that `isVisible` lets through. Finds what pages show: a text that
    /// was corrected or redacted since is left out.
    public func search(
        _ text: String, limit: Int = 50, isVisible: (ThreadState) -> Bool = { _ in true }
    ) throws -> [SearchResult] {
        var hidden: [ThreadID: Set<ContentReference>] = [:]
        return try store.search(text, limit: limit).compactMap { hit in
            guard let (state, timeline) = try store.thread(hit.thread), isVisible(state), withholds?(state) != true else { return nil }
            let reference = ContentReference(hit.stamp.dot, UInt16(clamping: hit.item))
            if state.isPurged(hit.stamp.dot) { return nil }
            if hidden[hit.thread] == nil { hidden[hit.thread] = try supersededTexts(of: state, timeline) }
            if hidden[hit.thread]?.contains(reference) == true { return nil }
            var texts = ThreadTexts(reader: self, state: state)
            return SearchResult(
                thread: hit.thread, stamp: hit.stamp, subject: texts.subject(), text: texts.text(reference),
                patient: try patientName(state.opening?.patient))
        }
    }

    /// Where the texts lie that no page of the thread shows any more.
    private func supersededTexts(of state: ThreadState, _ timeline: [TimelineRow]) throws -> Set<ContentReference> {
        let thread = state.id
        // Corrections count as notes: without one there is nothing to look for.
        guard timeline.contains(where: { $0.kinds.contains(.note) }) else { return [] }
        var shown: [MessageID: ContentReference] = [:]
        var said: [MessageID: [ContentReference]] = [:]
        var corrected: [MessageID: ContentReference] = [:]
        var redacted: Set<MessageID> = []
        for line in timeline.sorted() where !line.kinds.isDisjoint(with: [.inbound, .outbound, .note]) {
            guard let body = try body(at: line.stamp.dot) else { continue }
            for case .thread(thread, _, let change) in body.set.changes {
                switch change {
                case .message(let posting): shown[posting.id] = ContentReference(body.set.dot, posting.content)
                case .note(let id, let content): shown[id] = ContentReference(body.set.dot, content)
                case .correction(let id, let content?):
                    let reference = ContentReference(body.set.dot, content)
                    said[id, default: []].append(reference)
                    corrected[id] = reference
                case .correction(let id, nil): redacted.insert(id)
                default: break
                }
            }
        }
        var hidden: Set<ContentReference> = []
        for (id, original) in shown {
            let all = [original] + (said[id] ?? [])
            let isGone = redacted.contains(id) || state.isPurged(original.dot)
            let current = isGone ? nil : corrected[id] ?? original
            hidden.formUnion(all.filter { $0 != current })
        }
        return hidden
    }
}
