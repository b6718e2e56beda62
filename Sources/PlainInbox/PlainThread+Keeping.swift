public import Causality
public import InboxModel

// Holds: observed-remove set of hold tokens, add wins; a release removes the tokens it saw. A purge is carried out unless a hold holds, or
// one was ever placed that the purge's author had not seen.
extension PlainThread {
    private var placements: [Write<ThreadChange>] {
        writes.filter { if case .holdPlaced = $0.change { true } else { false } }
    }

    /// The holds that nobody released having seen them, by (time, dot).
    public var holds: [LegalHold] {
        let releases = writes.filter { if case .holdReleased = $0.change { true } else { false } }
        let live = placements.filter { placed in
            guard case .holdPlaced(let hold) = placed.change else { return false }
            return !releases.contains { release in
                guard case .holdReleased(let token) = release.change else { return false }
                return Array(token.utf8) == Array(hold.token.utf8) && release.saw(placed)
            }
        }
        return live.sorted { $0.dot == $1.dot ? $0.place < $1.place : $0.dot < $1.dot }.compactMap {
            if case .holdPlaced(let hold) = $0.change { hold } else { nil }
        }
    }

    /// The purges that are carried out.
    public var purges: [Write<ThreadChange>] {
        guard holds.isEmpty else { return [] }
        return writes.filter { write in
            guard case .purged = write.change else { return false }
            return placements.allSatisfy { write.context.covers($0.dot) }
        }
    }

    /// Whether what change set `dot` said is purged.
    public func isPurged(_ dot: Dot) -> Bool { purges.contains { $0.context.covers(dot) } }

    /// What the purges carried out destroy: what was said in what they cover, and corrections of it. Without keys.
    public var purgedContents: [ContentReference] {
        let covered = writes.filter { isPurged($0.dot) }
        let messages = covered.compactMap { write -> MessageID? in
            switch write.change {
            case .message(let posting): posting.id
            case .note(let id, _): id
            default: nil
            }
        }
        let corrections = writes.filter { write in
            if case .correction(let message, _) = write.change { messages.contains(message) } else { false }
        }
        let places = (covered + corrections).compactMap { write in
            write.change.content.map { ContentReference(write.dot, $0) }
        }
        return Set(places).sorted()
    }

    /// The steps of purges that replicas have taken, ascending.
    var purgeNotes: [PurgeNote] {
        let notes = writes.compactMap { write -> PurgeNote? in
            guard case .purgeNoted(let step, let purge) = write.change else { return nil }
            return PurgeNote(purge: purge, step: step, stamp: write.stamp)
        }
        return Set(notes).sorted()
    }
}
